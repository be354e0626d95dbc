//! The event's JSON, which the test gives.

use super::world::with;

/// What [`Bot::answers`](crate::testing::Bot::answers) says for `get-json`, or an empty object.
pub fn get_json() -> String {
    let answer = with(|world| world.answers.get("get-json").map(|answer| answer()));
    let answer = answer.and_then(|answer| answer.downcast().ok());
    answer.map_or_else(|| String::from("{}"), |json| *json)
}
