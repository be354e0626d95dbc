//! The sandbox alone: one event in a fresh instance, without HTTP on either side.

use std::path::Path;
use std::time::{Duration, Instant};

use botbox_runtime::Limits;

use crate::figures::{median, microseconds, milliseconds, percentile};
use crate::sandboxes::{Sandboxes, runtime};
use crate::targets::{Target, at_most};

const EVENTS: usize = 20_000;
const WARM_UP: usize = 2_000;
const LOADS: usize = 5;

/// Measures the sandbox, and prints how it did.
pub(crate) async fn run() -> anyhow::Result<Target> {
    let wasm = std::fs::read(botbox_tests::plugin("echo"))?;
    let loads = loads(&wasm).await?;
    let events = events(&wasm).await?;
    println!();
    println!("The echo plugin in its sandbox: an event that it ignores, one at a time");
    println!(
        "  event             {:>9.1} µs median, {:.1} µs 99th percentile, of {EVENTS} events",
        percentile(&events, 50.0),
        percentile(&events, 99.0)
    );
    let [cold, warm] = loads;
    println!("  load, compiling   {cold:>9.1} ms median of {LOADS} loads");
    println!("  load, compiled    {warm:>9.1} ms median of {LOADS} loads");
    let what = "an event in its sandbox, µs";
    Ok(at_most(what, percentile(&events, 50.0), 12.0))
}

/// Microseconds for each event.
async fn events(wasm: &[u8]) -> anyhow::Result<Vec<f64>> {
    let folder = tempfile::tempdir()?;
    let mut sandboxes = Sandboxes::of(wasm, folder.path(), Limits::default()).await?;
    let mut times = Vec::with_capacity(EVENTS);
    for number in 0..WARM_UP + EVENTS {
        let time = sandboxes.event().await?;
        if number >= WARM_UP {
            times.push(microseconds(time));
        }
    }
    Ok(times)
}

/// Milliseconds to load the plugin: for the first time, and when another host of the same kind has
/// loaded it before.
async fn loads(wasm: &[u8]) -> anyhow::Result<[f64; 2]> {
    let mut cold = Vec::new();
    let mut warm = Vec::new();
    for _ in 0..LOADS {
        let folder = tempfile::tempdir()?;
        cold.push(milliseconds(load(folder.path(), wasm).await?));
        warm.push(milliseconds(load(folder.path(), wasm).await?));
    }
    Ok([median(&cold), median(&warm)])
}

async fn load(artefacts: &Path, wasm: &[u8]) -> anyhow::Result<Duration> {
    let runtime = runtime(artefacts)?;
    let started = Instant::now();
    runtime.plugins().load("bench", wasm).await?;
    Ok(started.elapsed())
}
