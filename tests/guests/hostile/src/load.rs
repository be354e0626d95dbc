//! What takes as much as there is, and says nothing.

use std::hint::black_box;
use std::thread;
use std::time::Duration;

use botbox_sdk::prelude::*;
use botbox_sdk::schedule::run_at;
use botbox_sdk::store;

pub(crate) fn run(words: &[&str]) -> Option<Result> {
    Some(match *words {
        ["spin"] => spin(),
        ["sleep", milliseconds] => number(milliseconds).map(sleep),
        ["grow", mib, milliseconds] => grow(mib, milliseconds),
        ["write", kib, count] => write(kib, count),
        ["read", count] => read(count),
        ["fill", kib] => fill(kib),
        ["log", count] => log(count),
        ["chain", count] => number(count).and_then(chain),
        _ => return None,
    })
}

fn number<T: std::str::FromStr<Err = std::num::ParseIntError>>(word: &str) -> Result<T> {
    Ok(word.parse()?)
}

/// Until the processor time is used up.
fn spin() -> ! {
    loop {
        black_box(());
    }
}

fn sleep(milliseconds: u64) {
    thread::sleep(Duration::from_millis(milliseconds));
}

/// Holds so much memory for so long.
fn grow(mib: &str, milliseconds: &str) -> Result {
    let held = 0..number::<usize>(mib)?;
    let held: Vec<_> = held.map(|_| black_box(vec![1_u8; 1 << 20])).collect();
    sleep(number(milliseconds)?);
    drop(black_box(held));
    Ok(())
}

/// Writes values of so many KiB, 15 at a time, so often.
fn write(kib: &str, count: &str) -> Result {
    let bucket = store::open("")?;
    let value = vec![b'x'; number::<usize>(kib)? << 10];
    let entries: Vec<_> = (0..15)
        .map(|key| (key.to_string(), value.clone()))
        .collect();
    for _ in 0..number(count)? {
        bucket.set_many(&entries)?;
    }
    Ok(())
}

/// Writes values of so many KiB under keys of their own, until they are refused.
fn fill(kib: &str) -> Result {
    let bucket = store::open("")?;
    let value = vec![b'x'; number::<usize>(kib)? << 10];
    let mut key = 0;
    while bucket.set(key.to_string(), &value).is_ok() {
        key += 1;
    }
    Ok(())
}

/// Reads what [`write`] has written, so often.
fn read(count: &str) -> Result {
    let bucket = store::open("")?;
    let keys: Vec<_> = (0..15).map(|key| key.to_string()).collect();
    for _ in 0..number(count)? {
        black_box(bucket.get_many(&keys)?);
    }
    Ok(())
}

fn log(count: &str) -> Result {
    for number in 0..number::<u32>(count)? {
        log::info!("{number} {}", "x".repeat(200));
    }
    Ok(())
}

/// Sets so many timers, of which each does the same.
pub(crate) fn chain(count: u32) -> Result {
    for _ in 0..count {
        run_at(0, &count.to_string(), None)?;
    }
    Ok(())
}
