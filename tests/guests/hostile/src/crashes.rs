//! What ends the instance, or the event.

use std::hint::black_box;
use std::process;

use botbox_sdk::prelude::*;

pub(crate) fn run(words: &[&str]) -> Option<Result> {
    match *words {
        ["panic"] => panic!("as told"),
        ["panic-with-a-novel"] => panic!("{}", novel()),
        ["abort"] => process::abort(),
        ["exit"] => process::exit(7),
        ["allocate"] => {
            let mut hoard = Vec::new();
            loop {
                hoard.push(black_box(vec![1_u8; 1 << 20]));
            }
        }
        ["recurse"] => {
            black_box(recurse(1));
            Some(Ok(()))
        }
        ["fail-with-a-novel"] => Some(Err(Failure::reject(novel()))),
        _ => None,
    }
}

/// A MiB, with what must not get into a log as it is.
fn novel() -> String {
    "Once\nupon a \u{1b}[31mtime\r\0".repeat(40_000)
}

#[allow(unconditional_recursion, reason = "until the stack ends")]
fn recurse(depth: u64) -> u64 {
    let here = black_box([depth; 64]);
    recurse(here[0] + 1) + here[1]
}
