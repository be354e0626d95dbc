//! What a host is to reach while its channels are switched, and while a plugin is compiled: nothing is lost or done
//! twice, and nobody waits for it.
//!
//! `cargo xtask capacity` runs it with a host as it is released, and large numbers; the table is in
//! `docs/operations/capacity.md`. How fast a machine is, fails nothing here.

use std::env;
use std::sync::Arc;
use std::time::{Duration, Instant};

use botbox_tests::{ADMIN_TOKEN, Bot, Host, Line, Load, PATIENCE, Sender, User, message};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::api::{Stage, digest};
use crate::loading::bomb;

/// How many switches there are, unless `BOTBOX_SWITCHES` says otherwise.
const SWITCHES: usize = 16;

/// Channels under load, beside the one with a version that traps.
const CHANNELS: usize = 15;

/// Chats of each of them.
const CHATS: usize = 2;

/// How often a version that traps is switched to, and rolled back.
const ROLL_BACKS: usize = 5;

/// The pause between two events of a chat with the version that traps.
const PAUSE: Duration = Duration::from_millis(50);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stdout, reason = "`cargo xtask capacity` shows it")]
async fn switches_and_compilations_under_load() {
    let switches = env::var("BOTBOX_SWITCHES").map_or(SWITCHES, |it| it.parse().unwrap());
    let window = Duration::from_millis(100 * switches as u64);
    // The log of each call would be much of what is measured.
    let stage = Stage::with(|host| host.env("BOTBOX_LOG", "info")).await;
    let probe = stage.upload("probe").await;
    let names: Vec<_> = (0..CHANNELS).map(|it| format!("load-{it}")).collect();
    let mut bots = Vec::new();
    for name in &names {
        bots.push(three_deployments(&stage, &probe, name).await);
    }
    let mut trapped = Trapped::begin(&stage, &probe).await;
    let loaded: Vec<_> = names.iter().map(String::as_str).zip(&bots).collect();
    let url = &stage.host.url;
    let mut load = Load::start(&stage.line, url, &loaded, CHATS, fastrand::u64(..)).await;

    // As fast as it goes, and then half of that.
    sleep(window / 4).await;
    load.took();
    let begun = Instant::now();
    sleep(window / 2).await;
    let capacity = load.took().len() as f64 / begun.elapsed().as_secs_f64();
    load.pace((capacity / 2.0).max(1.0));
    sleep(window / 4).await;
    load.took();
    sleep(window).await;
    let without = load.took();

    let mut switched = Vec::new();
    let begun = Instant::now();
    for switch in 0..switches {
        load.check();
        let due = window * u32::try_from(switch).unwrap() / u32::try_from(switches).unwrap();
        sleep(due.saturating_sub(begun.elapsed())).await;
        let asked = Instant::now();
        set_traffic(&stage, &names[switch % names.len()], switch).await;
        switched.push(asked.elapsed());
        if switch.is_multiple_of(switches.div_ceil(ROLL_BACKS)) {
            trapped.trap_and_roll_back(&stage).await;
        }
    }
    let with = load.took();
    switched.sort_unstable();

    let live = upload_to_answer(&stage).await;
    load.took();
    let compile = compile_for_long(&stage, switches > SWITCHES).await;
    let meanwhile = load.took();
    let load = load.settle(&stage.host).await;
    let trapped = trapped.settle(&stage).await;
    load.check();

    println!("{load}");
    println!("{trapped}");
    println!("capacity {capacity:.0} webhooks/s; half of it from here on");
    let ratio = percentile(&with, 99).as_secs_f64() / percentile(&without, 99).as_secs_f64();
    let compiling =
        percentile(&meanwhile, 99).as_secs_f64() / percentile(&without, 99).as_secs_f64();
    println!(
        "acknowledgement p50/p99 without switches {}",
        shown(&without)
    );
    println!("with {switches} switches {}", shown(&with));
    row("p99 with switches against without", ratio, 1.5, "x");
    row(
        "warm switch, p50",
        ms(percentile(&switched, 50)),
        10.0,
        "ms",
    );
    row(
        "warm switch, p99",
        ms(percentile(&switched, 99)),
        10.0,
        "ms",
    );
    row(
        "upload of a Rust plugin until it answers",
        live.as_secs_f64(),
        2.0,
        "s",
    );
    println!(
        "while a plugin is compiled for {:.0} s {}",
        compile.as_secs_f64(),
        shown(&meanwhile)
    );
    row("p99 meanwhile against without", compiling, 1.5, "x");
}

#[allow(clippy::print_stdout, reason = "`cargo xtask capacity` shows it")]
fn row(what: &str, reached: f64, goal: f64, unit: &str) {
    let verdict = if reached <= goal { "met" } else { "missed" };
    println!("| {what} | {reached:.2} {unit} | ≤ {goal} {unit} | {verdict} |");
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn shown(took: &[Duration]) -> String {
    let [half, most] = [50, 99].map(|it| ms(percentile(took, it)));
    format!("{half:.1} / {most:.1} ms of {} webhooks", took.len())
}

/// Of what is in order.
fn percentile(took: &[Duration], percent: usize) -> Duration {
    let at = (took.len() * percent / 100).min(took.len().saturating_sub(1));
    took.get(at).copied().unwrap_or_default()
}

/// A channel whose first deployment serves. The load sends its webhooks itself.
async fn three_deployments(stage: &Stage, probe: &str, name: &str) -> Bot {
    let bot = stage.line.bot(name).await;
    stage.provider(name).await;
    stage.channel_of(&bot, name, name).await;
    for number in ["one", "two", "three"] {
        stage.deployment(name, probe, number).await;
    }
    stage.activate(name, 1).await;
    bot
}

/// A quarter of the switches are canaries.
async fn set_traffic(stage: &Stage, channel: &str, switch: usize) {
    let (stable, other) = (1 + switch % 3, 1 + (switch + 1) % 3);
    let canary = switch
        .is_multiple_of(4)
        .then(|| json!({"deployment": other, "percent": 10 + switch % 80}));
    let traffic = json!({"stable": stable, "canary": canary, "pinned": false});
    let path = format!("channels/{channel}/traffic");
    stage.put(&path, traffic).await.ok();
}

/// A channel that users write to while it is switched to a version that traps. Each answer tells which version
/// has given it.
struct Trapped {
    bot: Bot,
    user: User,
    stop: watch::Sender<bool>,
    talk: JoinHandle<Vec<String>>,
}

const TRAPPED: &str = "trapped";

impl Trapped {
    async fn begin(stage: &Stage, probe: &str) -> Self {
        let bot = three_deployments(stage, probe, TRAPPED).await;
        let bad = json!({"name": "four", "mood": "panic"});
        assert_eq!(stage.deployment_with(TRAPPED, probe, bad).await, 4);
        let user = stage.line.user("Aiko").await;
        // Only friends are pushed to.
        stage.line.act(&bot, &user, json!({"type": "follow"})).await;
        let (stop, stopped) = watch::channel(false);
        let (line, url) = (Arc::clone(&stage.line), stage.host.webhook(TRAPPED));
        let talk = talk(line, url, bot.clone(), user.clone(), stopped);
        Self {
            talk: tokio::spawn(talk),
            bot,
            user,
            stop,
        }
    }

    /// Switches to the version that traps until it has, and back.
    async fn trap_and_roll_back(&mut self, stage: &Stage) {
        let dead = dead(&stage.host).await;
        stage.activate(TRAPPED, 4).await;
        let trapped = async {
            // Or the guard was faster.
            while self::dead(&stage.host).await == dead {
                sleep(PAUSE).await;
            }
        };
        timeout(PATIENCE, trapped).await.unwrap();
        let back = json!({"stable": fastrand::i64(1..=3), "pinned": false});
        stage.put("channels/trapped/traffic", back).await.ok();
    }

    /// Has all that trapped handled by a version that does not. Tells what became of it.
    async fn settle(self, stage: &Stage) -> String {
        self.stop.send_replace(true);
        let sent = self.talk.await.unwrap();
        stage.host.drained(PATIENCE).await;
        let dead = dead(&stage.host).await;
        let replay = json!({"channel": TRAPPED, "deployment": "current"});
        stage.post("dead-letters/replay", replay).await.ok();
        stage.host.drained(PATIENCE).await;
        let events = stage.host.events(TRAPPED).await;
        assert_eq!(
            events.len(),
            sent.len(),
            "acknowledged, and gone or doubled"
        );
        assert!(
            events.iter().all(|it| it["state"] == "handled"),
            "{events:?}"
        );
        let chat = stage.line.messages(&self.bot, &self.user.id, 0, 0).await;
        let text = |it: &Value| it["message"]["text"].as_str().unwrap().to_owned();
        let answers: Vec<_> = chat.iter().map(text).collect();
        // They are handled, and answered, in one order.
        let mut handled = stage.host.log.all("handled");
        handled.retain(|it| it["span"]["channel"] == TRAPPED);
        let name = |it: &Value| {
            let number = it["deployment"].as_u64().unwrap();
            ["none", "one", "two", "three"][usize::try_from(number).unwrap()].to_owned()
        };
        let expected: Vec<_> = handled.iter().map(name).collect();
        assert_eq!(
            answers, expected,
            "an answer is not of the event's deployment"
        );
        assert_eq!(answers.len(), sent.len());
        format!(
            "{} events beside {ROLL_BACKS} roll-backs: {dead} trapped and were replayed, none lost, none doubled, \
             each answered by its deployment",
            sent.len()
        )
    }
}

/// Sends events until it is to stop. Returns the ids of those that were acknowledged.
async fn talk(
    line: Arc<Line>,
    url: String,
    bot: Bot,
    user: User,
    stopped: watch::Receiver<bool>,
) -> Vec<String> {
    let sender = Sender::new();
    let mut sent = Vec::new();
    while !*stopped.borrow() {
        let id = format!("trapped-{}", sent.len());
        let token = format!("token of {id}");
        line.issue_token(&bot, &user, &token).await;
        let event = message(&user, &id, &token, "which");
        let answer = sender.send(&url, &bot, &[event]).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text);
        sent.push(id);
        sleep(PAUSE).await;
    }
    sent
}

async fn dead(host: &Host) -> u64 {
    let stats = host.admin("/v1/journal/stats").await;
    let dead = stats["channels"].as_array().unwrap().iter();
    dead.filter(|it| it["channel"] == TRAPPED)
        .map(|it| it["dead"].as_u64().unwrap())
        .sum()
}

/// From the first byte of the upload until a new plugin has answered.
async fn upload_to_answer(stage: &Stage) -> Duration {
    let bot = stage.line.bot("New").await;
    stage.provider("new").await;
    stage.channel_of(&bot, "new", "new").await;
    stage
        .line
        .set_webhook(&bot, &stage.host.webhook("new"))
        .await;
    let begun = Instant::now();
    // No host has compiled it before.
    let digest = stage.upload_other("greeter", 1).await;
    let number = stage.deployment("new", &digest, "new").await;
    stage.activate("new", number).await;
    let live = begun.elapsed();
    stage.line.ask(&bot, &stage.user, "hello").await;
    live
}

/// Uploads what takes long to compile, and waits until it is refused or a minute has passed. Returns how long it
/// took.
async fn compile_for_long(stage: &Stage, is_long: bool) -> Duration {
    // It takes the square of its loops.
    let wasm = bomb(1, if is_long { 100_000 } else { 1_000 });
    let begun = Instant::now();
    let url = format!("{}/v1/plugins/{}", stage.host.admin_url, digest(&wasm));
    let request = Client::new().put(url).bearer_auth(ADMIN_TOKEN).body(wasm);
    let uploaded = timeout(Duration::from_secs(60), request.send()).await;
    // It exports no handler, so what comes is a refusal.
    if let Ok(answer) = uploaded {
        assert!(answer.unwrap().status().is_client_error());
    }
    begun.elapsed()
}
