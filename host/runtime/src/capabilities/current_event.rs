//! `botbox:line/current-event`: the event's own JSON.

use crate::bindings::botbox::line::current_event::Host;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get_json(&mut self) -> String {
        self.event.json.redacted()
    }
}
