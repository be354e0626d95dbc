//! A host with the victim's channel and the attacker's, who is another provider's.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use botbox_tests::{Bot, Channel, Host, HostBuilder, Line};
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::figures::Figures;
use crate::line::{self, Replies};
use crate::victim::Load;

/// The victim's channel.
const VICTIM: &str = "victim";

/// What a host has by default, but for the patience with components that take long to compile.
const RUNTIME: &str = "[runtime]\nslots = 1000\ncompile_cpu_s = 5\n";

/// A host with both.
pub(crate) struct Arena {
    pub(crate) host: Host,
    /// The attacker's channels, by id.
    pub(crate) attackers: Vec<(String, Bot)>,
    /// LINE, as the host knows it.
    pub(crate) api: String,
    pub(crate) replies: Replies,
    victim: Bot,
    /// Where the victim's load and LINE are, so that the attackers do not hold them up.
    apart: runtime::Handle,
    /// Ends that thread.
    _end: oneshot::Sender<()>,
    _line: Line,
}

impl Arena {
    /// A host of the other binary, or the one that was built with the tests, with so many attackers' channels.
    pub(crate) async fn new(
        binary: Option<PathBuf>,
        attackers: usize,
        channel: impl Fn(Channel) -> Channel,
        host: impl FnOnce(HostBuilder) -> HostBuilder,
    ) -> Self {
        let (apart, end) = start_apart();
        let replies = Replies::default();
        let started = apart.spawn(line::start(replies.clone()));
        let api = started.await.unwrap();
        // Makes the bots, and is not called afterwards.
        let line = Line::start().await;
        let victim = line.bot("Victim").await;
        let mut builder = Host::beside(&line).api(&api).env("BOTBOX_LOG", "info");
        if let Some(binary) = binary {
            builder = builder.binary(&binary);
        }
        builder = builder.tables(RUNTIME);
        builder = builder.channel(Channel::new(VICTIM, &victim, "echo").provider("good"));
        let mut bots = Vec::new();
        for number in 0..attackers {
            let id = format!("attacker-{number}");
            let bot = line.bot(&id).await;
            let attacker = Channel::new(&id, &bot, "hostile").provider("bad");
            builder = builder.channel(channel(attacker));
            bots.push((id, bot));
        }
        let host = host(builder).set_up().start().await;
        Self {
            host,
            attackers: bots,
            api,
            replies,
            victim,
            apart,
            _end: end,
            _line: line,
        }
    }

    /// The victim's load, until it is stopped.
    pub(crate) fn load(&self) -> Load {
        let url = self.host.webhook(VICTIM);
        Load::start(&self.apart, url, self.victim.clone(), self.replies.clone())
    }

    /// What the victim feels for a while.
    pub(crate) async fn victim(&self, phase: Duration) -> Figures {
        let load = self.load();
        sleep(phase).await;
        Figures::of(&load.stop().await)
    }
}

/// A thread that runs tasks until its sender is dropped.
fn start_apart() -> (runtime::Handle, oneshot::Sender<()>) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.unwrap();
    let handle = runtime.handle().clone();
    let (end, ended) = oneshot::channel::<()>();
    thread::spawn(move || runtime.block_on(async { drop(ended.await) }));
    (handle, end)
}
