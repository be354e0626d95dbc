//! Many tenants on one host: how soon it takes webhooks after a start, and what idle channels cost.

use std::env;
use std::fs;
use std::time::{Duration, Instant};

use botbox_tests::{Bot, Sender, message};
use futures_util::{StreamExt, stream};
use serde_json::json;
use tokio::time::sleep;

use super::api::Stage;

/// How many channels there are, unless `BOTBOX_TENANTS` says otherwise.
const CHANNELS: usize = 100;

/// How many channels a provider has.
const OF_A_PROVIDER: usize = 100;

/// How many plugins they have, where they are many.
const PLUGINS: u8 = 10;

/// How many requests to the API are made at a time.
const AT_A_TIME: usize = 16;

/// What the kernel tells of a process.
struct Usage {
    resident_mib: f64,
    processor: Duration,
}

fn usage(process: u32) -> Usage {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let resident = status.lines().find(|it| it.starts_with("VmRSS:")).unwrap();
    let resident: f64 = resident.split_whitespace().nth(1).unwrap().parse().unwrap();
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<_> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    // User and system time, in hundredths of a second (proc_pid_stat(5)).
    let ticks = |field: usize| fields[field].parse::<u64>().unwrap();
    Usage {
        resident_mib: resident / 1024.0,
        processor: Duration::from_millis((ticks(11) + ticks(12)) * 10),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stdout, reason = "`cargo xtask tenants` shows it")]
async fn many_tenants_are_served_soon_after_a_start() {
    let count = env::var("BOTBOX_TENANTS").map_or(CHANNELS, |it| it.parse().unwrap());
    let mut stage = Stage::new().await;
    // One bot for all: what LINE has of them does not matter here.
    let bot = stage.line.bot("Bot").await;
    let mut plugins = Vec::new();
    // Those that a few channels share were compiled before.
    for number in 0..if count > CHANNELS { PLUGINS } else { 1 } {
        plugins.push(stage.upload_other("probe", number).await);
    }
    let begun = Instant::now();
    for provider in 0..count.div_ceil(OF_A_PROVIDER) {
        stage.provider(&format!("provider-{provider}")).await;
    }
    let plugin = |number: usize| &plugins[number % plugins.len()];
    let made = stream::iter(0..count).map(|number| add(&stage, &bot, plugin(number), number));
    made.buffer_unordered(AT_A_TIME).collect::<Vec<()>>().await;
    println!("{count} channels made in {:?}", begun.elapsed());

    stage.host.signal("TERM");
    stage.host.ended().await;
    let begun = Instant::now();
    let host = stage.setup.spawn().ready().await;
    let mut event = message(&stage.user, "first", "", "told");
    // The simulator knows no reply token of it.
    event.as_object_mut().unwrap().remove("replyToken");
    let last = format!("channel-{}", count - 1);
    let answer = Sender::new()
        .send(&host.webhook(&last), &bot, &[event])
        .await;
    assert_eq!(answer.unwrap().status, 200);
    println!(
        "the first webhook is taken {:?} after the start",
        begun.elapsed()
    );
    host.loaded().await;
    println!("all channels serve {:?} after the start", begun.elapsed());
    host.expect(&last, "first", "handled").await;

    sleep(Duration::from_secs(2)).await;
    let before = usage(host.id());
    let idle = Instant::now();
    sleep(Duration::from_secs(3)).await;
    let after = usage(host.id());
    let processor = after.processor.saturating_sub(before.processor);
    println!(
        "{:.0} MiB resident, {:.2} % of a processor when idle",
        after.resident_mib,
        processor.as_secs_f64() / idle.elapsed().as_secs_f64() * 100.0
    );
}

async fn add(stage: &Stage, bot: &Bot, plugin: &str, number: usize) {
    let name = format!("channel-{number}");
    let provider = format!("provider-{}", number / OF_A_PROVIDER);
    stage.channel_of(bot, &provider, &name).await;
    let document = json!({"grants": ["reply"], "config": {"name": "one"}});
    let deployment = json!({"plugin": plugin, "document": document, "allow_missing": true});
    let path = format!("channels/{name}/deployments");
    stage.post(&path, deployment).await.ok();
    stage.activate(&name, 1).await;
}
