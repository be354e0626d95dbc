//! Calls without end.

use std::hint::black_box;

use botbox_sdk::prelude::*;
use botbox_sdk::{config, event_json, store};
use wasip2::cli::stderr::get_stderr;
use wasip2::cli::stdout::get_stdout;
use wasip2::clocks::monotonic_clock::{now, subscribe_duration};
use wasip2::io::poll::poll;
use wasip2::random::random::{get_random_bytes, get_random_u64};

use crate::got::{Got, until_refused};

/// A user to push to.
const USER: &str = "U00000000000000000000000000000001";

pub(crate) fn run(words: &[&str]) -> Option<Got> {
    Some(match *words {
        ["push-flood"] => {
            let mut number = 0;
            until_refused(|| {
                number += 1;
                push(USER, number.to_string())
            })
        }
        ["store-flood"] => {
            let bucket = store::open("").expect("a bucket");
            until_refused(|| bucket.exists("x"))
        }
        ["clock-flood"] => loop {
            black_box(now());
        },
        ["random-flood"] => loop {
            black_box(get_random_u64());
        },
        ["random-giant"] => format!("{} bytes", get_random_bytes(u64::MAX).len()),
        ["config-flood"] => loop {
            black_box(config("x"));
        },
        ["json-flood"] => loop {
            black_box(event_json());
        },
        ["empty-writes"] => loop {
            drop(get_stdout().blocking_write_and_flush(b""));
        },
        ["splices"] => loop {
            let stream = get_stderr();
            drop(stream.check_write());
            drop(stream.flush());
            drop(stream.blocking_flush());
        },
        ["stdout-flood"] => {
            let stream = get_stdout();
            for _ in 0..1_000 {
                stream
                    .blocking_write_and_flush(&[b'x'; 4096])
                    .expect("stdout takes all");
            }
            String::from("1000 writes")
        }
        ["log-flood"] => {
            for number in 0..5_000 {
                log::info!("{number} {}", "\u{1b}[2J\n".repeat(50));
            }
            String::from("5000 lines")
        }
        ["poll-giant"] => {
            let ready = subscribe_duration(0);
            let ready = poll(&vec![&ready; 200_000]);
            format!("{} are ready", ready.len())
        }
        ["hang"] => format!("{:?}", profile("Uhangs").is_ok()),
        ["poll-never"] => {
            let never = subscribe_duration(u64::MAX);
            loop {
                poll(&[&never]);
            }
        }
        _ => return None,
    })
}
