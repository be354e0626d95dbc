//! The sandbox alone: one event in a fresh instance, without HTTP on either side.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use botbox_clock::Clock;
use botbox_line::token::TokenSource;
use botbox_line::webhook::{Callback, Event};
use botbox_line::{self as line, Client, Platform};
use botbox_runtime::{
    Attempt, Beacons, CompileLimits, CompilerSettings, Deployment, Environment, Grants, Limits,
    Provider, Runtime, Services, Settings, memory_for_plugins,
};
use botbox_store::Sqlite;
use botbox_tests::binary;

use crate::figures::{median, microseconds, milliseconds, percentile};
use crate::targets::{Target, at_most};
use crate::webhook;

const EVENTS: usize = 20_000;
const WARM_UP: usize = 2_000;
const LOADS: usize = 5;

/// The host's default.
const SLOTS: u32 = 256;

/// One event at a time needs one.
const THREADS: usize = 1;

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

/// Microseconds for each event: a new store, instance, call, and the end of them.
async fn events(wasm: &[u8]) -> anyhow::Result<Vec<f64>> {
    let folder = tempfile::tempdir()?;
    let runtime = runtime(folder.path())?;
    let plugin = runtime.plugins().load("bench", wasm).await?;
    let deployment = Deployment {
        plugin,
        environment: Arc::new(environment(folder.path())?),
    };
    let mut slots = runtime.slots(Provider::new(1).channel(1));
    let mut times = Vec::with_capacity(EVENTS);
    for number in 0..WARM_UP + EVENTS {
        let event = unfollow()?;
        let started = Instant::now();
        let attempt = Attempt {
            event,
            number: 1,
            arrived: Instant::now(),
            position: 1,
            note: None,
        };
        slots.want(1);
        let slot = slots.granted().await.pop().context("a slot")?;
        runtime.handle(slot, &deployment, attempt).await.result?;
        let time = started.elapsed();
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

fn runtime(artefacts: &Path) -> anyhow::Result<Runtime> {
    let settings = Settings {
        slots: SLOTS,
        memory: memory_for_plugins(),
        threads: THREADS,
        artefacts: artefacts.to_owned(),
        compiler: CompilerSettings {
            program: binary(),
            limits: CompileLimits::default(),
            processes: 1,
        },
    };
    Ok(Runtime::new(&settings, Clock::system())?)
}

fn environment(folder: &Path) -> anyhow::Result<Environment> {
    struct None;
    impl Services for None {}
    let platform = Platform::new(line::Settings::default(), Clock::system())?;
    let store = Arc::new(Sqlite::open(folder, Clock::system())?);
    Ok(Environment {
        channel: "bench".into(),
        client: Client::new(
            platform,
            TokenSource::LongLived(String::from("no call needs it").into()),
        ),
        grants: Grants::default(),
        limits: Limits::default(),
        push_budget: Option::None,
        log_rate: botbox_runtime::plugin_log_rate("bench"),
        config: BTreeMap::new(),
        beacons: Beacons::default(),
        store: Arc::clone(&store) as _,
        notes: store,
        services: Arc::new(None),
    })
}

fn unfollow() -> anyhow::Result<Event> {
    let callback = Callback::parse(webhook::unfollow().as_bytes())?;
    callback.events.into_iter().next().context("an event")
}
