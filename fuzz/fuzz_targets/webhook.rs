//! The body of a webhook: parsing refuses it, or finds events that can be kept and restored.

#![no_main]

use std::collections::HashMap;

use botbox_line::webhook::{Callback, Event};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

fuzz_target!(|body: &[u8]| {
    let Ok(callback) = Callback::parse(body) else {
        return;
    };
    for event in callback.events {
        let json = event.json.as_str();
        let restored = Event::restore(event.id.clone(), json, false);
        let restored = restored.expect("what was an event once is one again");
        assert_eq!(restored.chat(), event.chat());
        assert_eq!(restored.message_id(), event.message_id());
        let redacted = event.json.redacted();
        // Value by value: a number may be larger than any that Rust has, and is JSON all the same.
        let redacted: HashMap<String, Box<RawValue>> =
            serde_json::from_str(&redacted).expect("it is JSON");
        assert!(
            !redacted.contains_key("replyToken"),
            "plugins see no reply token"
        );
    }
});
