//! Takes all that a tenant can get: processor time, slots, memory, the store, the log.
//!
//! Each command is one event's part of an attack; the tests send many of them.

use std::hint::black_box;
use std::thread;
use std::time::Duration;

use botbox_sdk::prelude::*;
use botbox_sdk::schedule::run_at;
use botbox_sdk::store;

bot!(attack);

fn attack(event: Event) -> Result {
    if let EventKind::Timer(timer) = &event.kind {
        return chain(timer.payload.parse()?);
    }
    let command = event.text().unwrap_or_default();
    let words: Vec<&str> = command.split(' ').collect();
    match words[..] {
        ["spin"] => spin(),
        ["sleep", milliseconds] => {
            thread::sleep(Duration::from_millis(milliseconds.parse()?));
            Ok(())
        }
        ["grow", mib, milliseconds] => grow(mib.parse()?, milliseconds.parse()?),
        ["write", kib, count] => write(kib.parse()?, count.parse()?),
        ["read", count] => read(count.parse()?),
        ["log", count] => {
            for number in 0..count.parse::<u32>()? {
                log::info!("{number} {}", "x".repeat(200));
            }
            Ok(())
        }
        ["chain", count] => chain(count.parse()?),
        _ => Err(Failure::reject("no such attack")),
    }
}

/// Until the processor time is used up.
fn spin() -> ! {
    loop {
        black_box(());
    }
}

/// Holds so much memory for so long.
fn grow(mib: usize, milliseconds: u64) -> Result {
    let held: Vec<_> = (0..mib).map(|_| black_box(vec![1_u8; 1 << 20])).collect();
    thread::sleep(Duration::from_millis(milliseconds));
    drop(black_box(held));
    Ok(())
}

/// Writes values of so many KiB, 15 at a time, so often.
fn write(kib: usize, count: u32) -> Result {
    let bucket = store::open("")?;
    let value = vec![b'x'; kib << 10];
    let entries: Vec<_> = (0..15)
        .map(|key| (key.to_string(), value.clone()))
        .collect();
    for _ in 0..count {
        bucket.set_many(&entries)?;
    }
    Ok(())
}

/// Reads what [`write`] has written, so often.
fn read(count: u32) -> Result {
    let bucket = store::open("")?;
    let keys: Vec<_> = (0..15).map(|key| key.to_string()).collect();
    for _ in 0..count {
        black_box(bucket.get_many(&keys)?);
    }
    Ok(())
}

/// Sets so many timers, of which each does the same.
fn chain(count: u32) -> Result {
    for _ in 0..count {
        run_at(0, &count.to_string(), None)?;
    }
    Ok(())
}
