//! A host with the victim's channel and the attacker's, who is another provider's.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use botbox_tests::{Bot, Channel, Host, Line};
use tokio::runtime;
use tokio::sync::oneshot;

use crate::figures::Figures;
use crate::line::{self, Replies};
use crate::victim;

/// The victim's channel.
const VICTIM: &str = "victim";

/// A host with both.
pub(crate) struct Arena {
    pub(crate) host: Host,
    /// The attacker's channels, by id.
    pub(crate) attackers: Vec<(String, Bot)>,
    victim: Bot,
    replies: Replies,
    /// Where the victim's load and LINE are, so that the attackers do not hold them up.
    apart: runtime::Handle,
    /// Ends that thread.
    _end: oneshot::Sender<()>,
    _line: Line,
}

impl Arena {
    /// A host of the other binary, or the one that was built with the tests, with so many attackers.
    pub(crate) async fn with(
        attackers: usize,
        configured: impl Fn(Channel) -> Channel,
        binary: Option<PathBuf>,
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
        // What a host has by default.
        builder = builder.tables("[runtime]\nslots = 1000\n");
        builder = builder.channel(Channel::new(VICTIM, &victim, "echo").provider("good"));
        let mut bots = Vec::new();
        for number in 0..attackers {
            let id = format!("attacker-{number}");
            let bot = line.bot(&id).await;
            let channel = Channel::new(&id, &bot, "hostile").provider("bad");
            builder = builder.channel(configured(channel));
            bots.push((id, bot));
        }
        let host = builder.set_up().start().await;
        Self {
            host,
            attackers: bots,
            victim,
            replies,
            apart,
            _end: end,
            _line: line,
        }
    }

    /// What the victim feels for a while.
    pub(crate) async fn victim(&self, phase: Duration) -> Figures {
        let url = self.host.webhook(VICTIM);
        let load = victim::load(url, self.victim.clone(), self.replies.clone(), phase);
        self.apart.spawn(load).await.unwrap()
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
