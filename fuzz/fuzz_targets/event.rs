//! An event's JSON, as it comes back from the journal or is the host's own.

#![no_main]

use botbox_line::webhook::Event;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &str| {
    for is_from_host in [false, true] {
        let Ok(event) = Event::restore(String::from("id"), json, is_from_host) else {
            continue;
        };
        event.is_active();
        event.json.redacted();
        event.json.source();
    }
});
