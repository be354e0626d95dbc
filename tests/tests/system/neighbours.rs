//! What one tenant takes, another one hardly feels.

use std::time::Duration;

use botbox_tests::{Bot, Channel, Host, HostBuilder, Line, PATIENCE, Setup, User};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

/// The grants and limits of those who take what they can get: their events fail once only.
const GREEDY: &str = "grants = [\"reply\"]\nretries = { attempts = 1 }\n";

/// A bot that answers, and channels of another provider that attack.
struct Neighbours {
    line: Line,
    victim: Bot,
    user: User,
    greedy: Vec<(String, Bot)>,
    setup: Setup,
}

impl Neighbours {
    async fn new(channels: usize, lines: &str, tables: &str) -> Self {
        let line = Line::start().await;
        let victim = line.bot("Victim").await;
        let mut host: HostBuilder = Host::beside(&line)
            .tables(tables)
            .channel(Channel::new("victim", &victim, "echo").provider("calm"));
        let mut greedy = Vec::new();
        for number in 0..channels {
            let bot = line.bot(&format!("Greedy {number}")).await;
            let id = format!("greedy-{number}");
            let channel = Channel::new(&id, &bot, "hostile").provider("greedy");
            host = host.channel(channel.with(lines));
            greedy.push((id, bot));
        }
        let user = line.user("Aiko").await;
        Self {
            line,
            victim,
            user,
            greedy,
            setup: host.set_up(),
        }
    }

    async fn start(&self) -> Host {
        let host = self.setup.start().await;
        self.line
            .set_webhook(&self.victim, &host.webhook("victim"))
            .await;
        for (id, bot) in &self.greedy {
            self.line.set_webhook(bot, &host.webhook(id)).await;
        }
        host
    }

    /// Has each attacker do so much, in as many chats, all at once.
    async fn attack(&self, command: &str, times: usize) {
        let mut users = Vec::new();
        for number in 0..times {
            users.push(self.line.user(&format!("User {number}")).await);
        }
        let message = json!({"type": "message", "message": {"type": "text", "text": command}});
        for (_, bot) in &self.greedy {
            let events = users
                .iter()
                .map(|it| json!({"as": it.id, "event": message}));
            let delivery = self.line.send(bot, events.collect()).await;
            assert_eq!(delivery.status, Some(200), "{command}");
        }
    }

    /// The victim is asked so often, and answers each time.
    async fn ask(&self, times: usize) {
        for number in 0..times {
            let text = number.to_string();
            let answer = self.line.ask(&self.victim, &self.user, &text).await;
            assert_eq!(answer, text);
        }
    }

    /// How many of the attackers' events have come to this, such as `handled`.
    async fn count(&self, host: &Host, what: &str) -> u64 {
        let status = host.status().await;
        let channels = status["channels"].as_array().unwrap().iter();
        let greedy = channels.filter(|it| it["provider"] == "greedy");
        greedy.map(|it| it["events"][what].as_u64().unwrap()).sum()
    }
}

/// Plugins that compute have threads of their own, and turns that are shared.
#[tokio::test]
async fn who_computes_does_not_hold_up_others() {
    let lines = format!("{GREEDY}limits = {{ concurrency = 64 }}\n");
    let stage = Neighbours::new(4, &lines, "[runtime]\nslots = 400\n").await;
    let host = stage.start().await;
    stage.ask(1).await;
    // Half a second each, in turns: the first of them ends when all are nearly done, or at its
    // deadline, after half a minute.
    stage.attack("spin", 64).await;
    stage.ask(50).await;
    let done = stage.count(&host, "dead").await;
    assert_eq!(done, 0, "of the attackers' events, before 50 answers");
}

/// The attackers want all slots, for longer than the test takes. The victim's are left.
#[tokio::test]
async fn who_sleeps_does_not_keep_the_slots() {
    let stage = Neighbours::new(4, GREEDY, "[runtime]\nslots = 32\n").await;
    let host = stage.start().await;
    stage.attack("sleep 29000", 16).await;
    stage.ask(10).await;
    let done = stage.count(&host, "handled").await;
    assert_eq!(done, 0, "of the attackers' events, before 10 answers");
}

/// A channel that has nothing to do wants no slot, also when it wanted more than it got.
#[tokio::test]
async fn who_is_idle_does_not_keep_the_only_slot() {
    let stage = Neighbours::new(1, GREEDY, "[runtime]\nslots = 1\n").await;
    let host = stage.start().await;
    for times in 1..=6 {
        // From its second event on the victim looks for two.
        stage.ask(2).await;
        sleep(Duration::from_millis(20)).await;
        stage.attack("sleep 1", 1).await;
        let ended = async {
            while stage.count(&host, "handled").await < times {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, ended).await.unwrap();
    }
}

/// Events that need more memory than there is wait for it, also at a start that finds many of them.
#[tokio::test]
async fn events_wait_for_memory() {
    let lines = "grants = [\"reply\"]\nlimits = { memory_mib = 32 }\n";
    let tables = "[runtime]\nslots = 64\nmemory_mib = 96\n";
    let stage = Neighbours::new(2, lines, tables).await;
    let host = stage.start().await;
    stage.ask(1).await;
    stage.attack("grow 24 200", 16).await;
    let before = resident_mib(&host);
    host.kill().await;
    let host = stage.start().await;
    let mut most = 0;
    let started = Instant::now();
    while stage.count(&host, "handled").await < 32 {
        stage.ask(1).await;
        most = most.max(resident_mib(&host));
        sleep(Duration::from_millis(20)).await;
        assert!(started.elapsed() < 4 * PATIENCE, "{:?}", host.log);
    }
    // All at once would take 768 MiB.
    assert!(most < before + 192, "{most} MiB, and {before} before");
    assert_eq!(stage.count(&host, "dead").await, 0, "{:?}", host.log);
}

/// The memory that a process uses, in MiB.
fn resident_mib(host: &Host) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", host.id())).unwrap();
    let line = status.lines().find(|it| it.starts_with("VmRSS:")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib >> 10
}
