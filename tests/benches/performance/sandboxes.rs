//! Sandboxes of one plugin in this process, without HTTP on either side.

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
    Provider, Runtime, Services, Settings, Waiter, memory_for_plugins,
};
use botbox_store::Sqlite;
use botbox_tests::binary;

use crate::webhook;

/// The host's default.
const SLOTS: u32 = 256;

/// One event at a time needs one.
const THREADS: usize = 1;

/// A plugin, and a channel for it.
pub(crate) struct Sandboxes {
    runtime: Runtime,
    deployment: Deployment,
    slots: Waiter,
}

impl Sandboxes {
    /// Loads a plugin: from a folder with what was compiled there before, or compiles it.
    pub(crate) async fn of(wasm: &[u8], folder: &Path, limits: Limits) -> anyhow::Result<Self> {
        let runtime = runtime(folder)?;
        let plugin = runtime.plugins().load("bench", wasm).await?;
        let deployment = Deployment {
            plugin,
            environment: Arc::new(environment(folder, limits)?),
        };
        let slots = runtime.slots(Provider::new(1).channel(1));
        Ok(Self {
            runtime,
            deployment,
            slots,
        })
    }

    /// An event that the bot ignores: a new store, instance, call, and the end of them.
    pub(crate) async fn event(&mut self) -> anyhow::Result<Duration> {
        let event = unfollow()?;
        let started = Instant::now();
        let attempt = Attempt {
            event,
            number: 1,
            arrived: Instant::now(),
            position: 1,
            note: None,
        };
        self.slots.want(1);
        let slot = self.slots.granted().await.pop().context("a slot")?;
        let attempted = self.runtime.handle(slot, &self.deployment, attempt).await;
        attempted.result?;
        Ok(started.elapsed())
    }
}

pub(crate) fn runtime(artefacts: &Path) -> anyhow::Result<Runtime> {
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

fn environment(folder: &Path, limits: Limits) -> anyhow::Result<Environment> {
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
        limits,
        push_budget: Option::None,
        log_rate: botbox_runtime::plugin_log_rate("bench"),
        recordings: botbox_runtime::Recordings::default(),
        // Python's bots are in one plugin, whose configuration says which of them it is.
        config: BTreeMap::from([(String::from("bot"), String::from("echo"))]),
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
