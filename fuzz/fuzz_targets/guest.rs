//! What guests hand over, strings and lists, on its way to LINE, and events on their way to guests: it is refused,
//! or is the JSON that it was made for.

#![no_main]

use botbox_line::webhook::Event;
use botbox_runtime::fuzzing;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: (Vec<u8>, Vec<&str>)| {
    let (shape, texts) = input;
    if let Ok(messages) = fuzzing::messages(&shape, &texts) {
        assert!((1..=5).contains(&messages.len()), "LINE takes 1 to 5");
        messages.iter().for_each(|it| check(it));
    }
    if let Ok(menu) = fuzzing::rich_menu(&shape, &texts) {
        check(&menu);
    }
    for text in texts {
        if let Ok(event) = Event::restore(String::from("id"), text, false) {
            assert_eq!(fuzzing::event(event), "id");
        }
    }
});

/// Fails if it is not one JSON object, as it would not be if a text could leave its quotes.
fn check(json: &str) {
    match serde_json::from_str::<Value>(json) {
        Ok(value) => assert!(value.is_object(), "{json}"),
        // A number of raw JSON may be larger than any that Rust has, and raw JSON may be deep: both are LINE's
        // to refuse.
        Err(error) => assert!(
            serde_json::from_str::<&serde_json::value::RawValue>(json).is_ok(),
            "{error}: {json}"
        ),
    }
}
