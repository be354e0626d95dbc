//! Looks through all that the plugin can see: its memory, with everything that the host ever gave
//! to it.

use std::hint::black_box;

use botbox_sdk::{bot_info, config, event_json, line_api, profile};

use super::outcome::Outcome;

/// What is looked for is given masked, so that the search does not find itself.
const MASK: u8 = 0x55;

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["search-memory", user, masked] => Some(Ok(search(user, masked).to_string())),
        _ => None,
    }
}

/// How often the bytes of `masked`, which is hexadecimal and masked, are in memory.
fn search(user: &str, masked: &str) -> usize {
    let seen = see_all(user);
    let masked: Vec<u8> = (0..masked.len() / 2)
        .filter_map(|index| u8::from_str_radix(masked.get(index * 2..index * 2 + 2)?, 16).ok())
        .collect();
    let memory = memory();
    let found = memory.windows(masked.len()).filter(|window| {
        let bytes = window.iter().zip(&masked);
        bytes
            .into_iter()
            .all(|(byte, masked)| byte ^ MASK == *masked)
    });
    let found = found.count();
    black_box(seen);
    found
}

/// Asks the host for whatever it tells.
fn see_all(user: &str) -> impl Sized {
    let info = line_api::Request {
        method: String::from("GET"),
        path: String::from("/v2/bot/info"),
        content_type: None,
        body: Vec::new(),
    };
    (
        event_json(),
        config::store::get_all(),
        profile(user),
        bot_info::get_bot_info(),
        line_api::call(&info),
    )
}

#[cfg(target_arch = "wasm32")]
#[allow(
    unsafe_code,
    reason = "a plugin can read all of its own memory, and here it shall"
)]
fn memory() -> &'static [u8] {
    let size = core::arch::wasm32::memory_size(0) << 16;
    // SAFETY: the whole linear memory can be read, and nobody writes while it is looked at.
    unsafe { core::slice::from_raw_parts(core::ptr::without_provenance(1), size - 1) }
}

/// For lints, which look at the native build.
#[cfg(not(target_arch = "wasm32"))]
fn memory() -> &'static [u8] {
    &[]
}
