//! The attacks, by a tenant that has what every tenant has: channels with default limits, and their
//! secrets.

use std::fmt::Write as _;
use std::fs;
use std::future::pending;
use std::hint;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use botbox_tests::{Answer, Bot, Channel, ControlGroup, HostBuilder, Sender, SmallDisk};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::arena::Arena;

/// The time after which an attacker sends its events again.
const AGAIN: Duration = Duration::from_millis(500);

/// What goes on until it is dropped.
pub(crate) type Attacking = JoinSet<()>;

/// One attack.
pub(crate) trait Attack {
    /// As the table has it.
    fn name(&self) -> String;

    /// How many channels attack.
    fn channels(&self) -> usize;

    /// How each of them is configured.
    fn channel(&self, channel: Channel) -> Channel {
        channel
    }

    /// How the host is configured.
    fn host(&self, host: HostBuilder) -> HostBuilder {
        host
    }

    /// Begins, and returns when it is at full strength.
    async fn begin(&self, arena: &Arena) -> Attacking;
}

/// Webhooks of 4,000 events, on a backlog that is full.
pub(crate) struct Webhooks {
    pub(crate) connections: usize,
}

impl Attack for Webhooks {
    fn name(&self) -> String {
        format!("webhooks of 4,000 events, {} connections", self.connections)
    }

    fn channels(&self) -> usize {
        1
    }

    /// So that it is full soon. Nothing of it is ever handled in time.
    fn channel(&self, channel: Channel) -> Channel {
        channel.with("grants = []\nlimits = { backlog_events = 8000 }")
    }

    async fn begin(&self, arena: &Arena) -> Attacking {
        let (id, bot) = &arena.attackers[0];
        let url = arena.host.webhook(id);
        let sender = Sender::new();
        let is_taken = |it: Option<Answer>| it.is_some_and(|it| it.status == 200);
        while is_taken(sender.send(&url, bot, &events(4_000, "sleep 30000")).await) {}
        let mut attacking = JoinSet::new();
        for _ in 0..self.connections {
            let (sender, url, bot) = (sender.clone(), url.clone(), bot.clone());
            let events = events(4_000, "sleep 30000");
            attacking.spawn(async move {
                loop {
                    sender.send(&url, &bot, &events).await;
                }
            });
        }
        attacking
    }
}

/// Plugins that compute until their processor time is up.
pub(crate) struct Compute {
    pub(crate) channels: usize,
}

impl Attack for Compute {
    fn name(&self) -> String {
        format!("plugins compute, {} channels", self.channels)
    }

    fn channels(&self) -> usize {
        self.channels
    }

    async fn begin(&self, arena: &Arena) -> Attacking {
        keep_busy(arena, "spin", 64).await
    }
}

/// Threads that compute outside of the host, which is as bad as the machine gets: what the victim feels of them is
/// what no host can spare it when plugins compute.
pub(crate) struct Outside {
    pub(crate) threads: usize,
}

impl Attack for Outside {
    fn name(&self) -> String {
        format!("beside the host, {} threads compute", self.threads)
    }

    fn channels(&self) -> usize {
        0
    }

    async fn begin(&self, _: &Arena) -> Attacking {
        let (end, ended) = oneshot::channel::<()>();
        let ended = Arc::new(Mutex::new(ended));
        for _ in 0..self.threads {
            let ended = Arc::clone(&ended);
            thread::spawn(move || {
                while ended.lock().unwrap().try_recv() == Err(TryRecvError::Empty) {
                    for _ in 0..10_000 {
                        hint::spin_loop();
                    }
                }
            });
        }
        let mut attacking = JoinSet::new();
        attacking.spawn(async move {
            let _end = end;
            pending::<()>().await;
        });
        attacking
    }
}

/// Large values, 15 at a time.
pub(crate) struct Values {
    pub(crate) channels: usize,
    pub(crate) command: &'static str,
}

impl Attack for Values {
    fn name(&self) -> String {
        format!("key-value: {}, {} channels", self.command, self.channels)
    }

    fn channels(&self) -> usize {
        self.channels
    }

    async fn begin(&self, arena: &Arena) -> Attacking {
        // What is read must be there.
        drop(keep_busy(arena, "write 1000 1", 1).await);
        sleep(Duration::from_secs(1)).await;
        keep_busy(arena, self.command, 16).await
    }
}

/// Handlers that sleep, which needs no grant.
pub(crate) struct Sleep {
    pub(crate) channels: usize,
}

impl Attack for Sleep {
    fn name(&self) -> String {
        format!("handlers sleep, {} channels", self.channels)
    }

    fn channels(&self) -> usize {
        self.channels
    }

    fn channel(&self, channel: Channel) -> Channel {
        channel.with("grants = []")
    }

    async fn begin(&self, arena: &Arena) -> Attacking {
        keep_busy(arena, "sleep 60000", 64).await
    }
}

/// Plugins that hold nearly all the memory that they may, on a machine that has little.
pub(crate) struct Memory {
    pub(crate) channels: usize,
    /// What bounds the host's memory, if anything does.
    pub(crate) group: Option<ControlGroup>,
}

impl Attack for Memory {
    fn name(&self) -> String {
        let machine = match self.group {
            Some(_) => "in a GiB",
            None => "in all there is",
        };
        format!(
            "plugins hold 58 MiB each {machine}, {} channels",
            self.channels
        )
    }

    fn channels(&self) -> usize {
        self.channels
    }

    fn host(&self, host: HostBuilder) -> HostBuilder {
        match &self.group {
            Some(group) => host.control_group(group),
            None => host,
        }
    }

    async fn begin(&self, arena: &Arena) -> Attacking {
        keep_busy(arena, "grow 58 2000", 32).await
    }
}

/// Plugins that log what they may, in all their events.
pub(crate) struct Logs {
    /// Whether anybody reads what the host logs.
    pub(crate) is_read: bool,
}

impl Attack for Logs {
    fn name(&self) -> String {
        match self.is_read {
            true => String::from("plugins flood the log, 4 channels"),
            false => String::from("the same, and nobody reads it"),
        }
    }

    fn channels(&self) -> usize {
        4
    }

    fn host(&self, host: HostBuilder) -> HostBuilder {
        match self.is_read {
            true => host,
            false => host.unread_log(),
        }
    }

    async fn begin(&self, arena: &Arena) -> Attacking {
        keep_busy(arena, "log 1000", 64).await
    }
}

/// Connections that send nothing, or half a head.
pub(crate) struct Connections {
    pub(crate) count: usize,
}

impl Attack for Connections {
    fn name(&self) -> String {
        format!("{} idle or slow connections", self.count)
    }

    fn channels(&self) -> usize {
        0
    }

    async fn begin(&self, arena: &Arena) -> Attacking {
        let address = arena.host.url.trim_start_matches("http://").to_owned();
        let mut attacking = JoinSet::new();
        for number in 0..self.count {
            let address = address.clone();
            attacking.spawn(async move {
                loop {
                    if let Ok(mut stream) = TcpStream::connect(&address).await {
                        if number % 2 == 0 {
                            drop(stream.write_all(b"POST /webhook/victim HTTP/1.1\r\n").await);
                        }
                        // Until the host closes it.
                        drop(tokio::io::copy(&mut stream, &mut tokio::io::sink()).await);
                    }
                    sleep(Duration::from_millis(100)).await;
                }
            });
        }
        sleep(Duration::from_secs(1)).await;
        attacking
    }
}

/// Timers whose events set timers.
pub(crate) struct Timers;

impl Attack for Timers {
    fn name(&self) -> String {
        String::from("timers set timers")
    }

    fn channels(&self) -> usize {
        1
    }

    async fn begin(&self, arena: &Arena) -> Attacking {
        let attacking = keep_busy(arena, "chain 20", 16).await;
        sleep(Duration::from_secs(3)).await;
        attacking
    }
}

/// Values until the disk is full, all within what each channel may keep.
pub(crate) struct Disk {
    pub(crate) disk: SmallDisk,
}

impl Attack for Disk {
    fn name(&self) -> String {
        String::from("values fill the disk, 8 channels")
    }

    fn channels(&self) -> usize {
        8
    }

    fn host(&self, host: HostBuilder) -> HostBuilder {
        host.data(&self.disk.path().join("data"))
    }

    async fn begin(&self, arena: &Arena) -> Attacking {
        let attacking = keep_busy(arena, "fill 1000", 4).await;
        // As full as the host lets them make it.
        let full = async {
            let mut last = u64::MAX;
            while self.disk.free() < last {
                last = self.disk.free();
                sleep(Duration::from_millis(1_500)).await;
            }
        };
        full.await;
        attacking
    }
}

/// A component that takes a compiler minutes.
pub(crate) struct Bomb;

impl Attack for Bomb {
    fn name(&self) -> String {
        String::from("a component takes minutes to compile")
    }

    fn channels(&self) -> usize {
        1
    }

    fn channel(&self, channel: Channel) -> Channel {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bomb.wasm");
        fs::write(&path, bomb()).unwrap();
        channel.plugin(&path)
    }

    async fn begin(&self, _: &Arena) -> Attacking {
        JoinSet::new()
    }
}

/// 100,000 loops in one function.
fn bomb() -> Vec<u8> {
    let mut wat = String::from("(component (core module (func (param i32)");
    for _ in 0..10_000 {
        let _ = write!(wat, "(loop (br_if 0 (local.get 0)))");
    }
    wat.push_str(")))");
    wat::parse_str(wat).unwrap()
}

/// Sends each channel so many events of chats of their own, and as many again whenever it took them
/// or has no room.
pub(crate) async fn keep_busy(arena: &Arena, command: &str, count: usize) -> Attacking {
    let mut attacking = JoinSet::new();
    for (id, bot) in &arena.attackers {
        let (url, bot, command) = (arena.host.webhook(id), bot.clone(), command.to_owned());
        send(&url, &bot, &command, count).await;
        attacking.spawn(async move {
            // Tenants who do not know of one another are not in step.
            sleep(AGAIN.mul_f64(fastrand::f64())).await;
            loop {
                sleep(AGAIN).await;
                send(&url, &bot, &command, count).await;
            }
        });
    }
    attacking
}

async fn send(url: &str, bot: &Bot, command: &str, count: usize) {
    drop(Sender::new().send(url, bot, &events(count, command)).await);
}

/// Messages that give a command, each in a chat of its own. As small as they can be: thousands are to
/// fit into a webhook.
fn events(count: usize, command: &str) -> Vec<Value> {
    let event = |_| {
        let id = format!("{:016x}", fastrand::u64(..));
        json!({
            "type": "message",
            "webhookEventId": id,
            "timestamp": 1,
            "mode": "active",
            "source": {"type": "user", "userId": format!("U{id}")},
            "message": {"type": "text", "id": id, "text": command},
        })
    };
    (0..count).map(event).collect()
}
