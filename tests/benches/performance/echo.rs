//! Echo, from the webhook to the reply, beside a plain native bot: how much each does, what an event costs it,
//! and how long users wait at half of what botbox can do.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use tokio::task;

use crate::bot::Bot;
use crate::counters::{Counters, Counts};
use crate::figures::{Spread, median, microseconds, percentile};
use crate::line::Line;
use crate::plots::{self, Bar, Line as Curve};
use crate::process::{self, Usage};
use crate::stage::FOLDER;
use crate::targets::{Target, at_least, at_most};
use crate::{disk, load};

/// LINE keeps connections alive; how many it has is not documented.
const CONNECTIONS: [u32; 2] = [64, 256];

/// Odd, so that the median is one of them.
pub(crate) const ROUNDS: usize = 5;
pub(crate) const ROUND: Duration = Duration::from_secs(2);
pub(crate) const WARM_UP: Duration = Duration::from_secs(1);

/// How long the open loop lasts for each bot.
const OPEN: Duration = Duration::from_secs(5);

/// What a bot did in each of its rounds.
#[derive(Default)]
struct Rounds {
    per_second: Vec<f64>,
    /// Microseconds of the bot's own processor time for an event. The load generator's and the stand-in's
    /// take no part in it, as they do in `per_second` on a machine where all share the processors.
    processor_time: Vec<f64>,
    /// The same by thread.
    threads: BTreeMap<String, Vec<f64>>,
    /// For an event.
    written: Vec<f64>,
    faults: Vec<f64>,
    waits: Vec<f64>,
    /// Of a further round, because counting costs time.
    counts: Counts,
}

/// Measures the bots, and prints what they did.
pub(crate) async fn run() -> anyhow::Result<Vec<Target>> {
    let line = Line::start().await?;
    let mut bots = vec![Bot::botbox(&line.url).await?, Bot::plain(&line.url).await?];
    bots.extend(Bot::before(&line.url).await?);
    bots.extend(Bot::node(&line.url).await?);
    let mut targets = Vec::new();
    let mut rate = f64::INFINITY;
    for connections in CONNECTIONS {
        let results = closed_loop(&bots, &line, connections).await?;
        rate = rate.min(median(&results[0].per_second) / 2.0);
        print(&bots, &results, connections);
        plot(&bots, &results, connections)?;
        targets.append(&mut judge(&bots, &results, connections));
    }
    let memory = process::resident_memory(bots[0].process)? as f64 / f64::from(1 << 20);
    targets.push(at_most("resident memory after it, MiB", memory, 48.0));
    targets.push(open_loop(&bots, &line, rate).await?);
    Ok(targets)
}

async fn closed_loop(bots: &[Bot], line: &Line, connections: u32) -> anyhow::Result<Vec<Rounds>> {
    for bot in bots {
        load::closed(bot, &line.replies, connections, WARM_UP).await?;
    }
    let mut results: Vec<_> = bots.iter().map(|_| Rounds::default()).collect();
    // By turns, so that what else the machine does meets all.
    for _ in 0..ROUNDS {
        for (bot, rounds) in bots.iter().zip(&mut results) {
            rounds.measure(bot, line, connections).await?;
        }
    }
    for (bot, rounds) in bots.iter().zip(&mut results) {
        rounds.count(bot, line, connections).await?;
    }
    Ok(results)
}

impl Rounds {
    async fn measure(&mut self, bot: &Bot, line: &Line, connections: u32) -> anyhow::Result<()> {
        let before = Usage::of(bot.process)?;
        let done = load::closed(bot, &line.replies, connections, ROUND).await?;
        let used = Usage::of(bot.process)?.since(&before);
        let events = done.events as f64;
        self.per_second.push(events / done.time.as_secs_f64());
        let time = microseconds(used.processor_time());
        self.processor_time.push(time / events);
        for (name, time) in used.threads {
            let times = self.threads.entry(name).or_default();
            times.push(microseconds(time) / events);
        }
        self.written.push(used.written as f64 / events);
        self.faults.push(used.faults as f64 / events);
        self.waits.push(used.waits as f64 / events);
        Ok(())
    }
}

impl Rounds {
    async fn count(&mut self, bot: &Bot, line: &Line, connections: u32) -> anyhow::Result<()> {
        let Some(counters) = Counters::of(bot.process).await else {
            return Ok(());
        };
        let done = load::closed(bot, &line.replies, connections, ROUND).await?;
        let counts = counters.read().await?;
        let each = |count: Option<f64>| count.map(|it| it / done.events as f64);
        self.counts = Counts {
            system_calls: each(counts.system_calls),
            instructions: each(counts.instructions),
        };
        Ok(())
    }
}

fn print(bots: &[Bot], results: &[Rounds], connections: u32) {
    println!();
    println!("Echo, webhook to reply, closed loop: {connections} connections");
    println!(
        "medians of {ROUNDS} rounds of {} s each, by turns; the others for each event",
        ROUND.as_secs()
    );
    println!(
        "  {:<14} {:>9} {:>11} {:>9} {:>7} {:>6} {:>6} {:>8}",
        "", "events/s", "processor", "written", "faults", "waits", "calls", "instr."
    );
    for (bot, rounds) in bots.iter().zip(results) {
        println!(
            "  {:<14} {:>9.0} {:>8.1} µs {:>7.0} B {:>7.2} {:>6.2} {:>6} {:>8}",
            bot.name,
            median(&rounds.per_second),
            median(&rounds.processor_time),
            median(&rounds.written),
            median(&rounds.faults),
            median(&rounds.waits),
            counted(rounds.counts.system_calls),
            counted(rounds.counts.instructions),
        );
    }
    println!("  botbox beside it: median of the rounds' ratios (least to most)");
    for (bot, rounds) in bots.iter().zip(results).skip(1) {
        let throughput = ratios(&results[0].per_second, &rounds.per_second);
        let time = ratios(&results[0].processor_time, &rounds.processor_time);
        println!(
            "  {:<14} events/s {throughput}, processor time {time}",
            bot.name
        );
    }
    let ours = || bots.iter().zip(results).filter(|(bot, _)| is_botbox(bot));
    println!("  by thread, µs of processor time for each event:");
    print!("  {:<16}", "");
    ours().for_each(|(bot, _)| print!(" {:>14}", bot.name));
    println!();
    for name in results[0].threads.keys() {
        print!("  {name:<16}");
        for (_, rounds) in ours() {
            let time = rounds.threads.get(name).map_or(0.0, |it| median(it));
            print!(" {time:>14.1}");
        }
        println!();
    }
}

fn counted(count: Option<f64>) -> String {
    count.map_or_else(|| String::from("-"), |it| format!("{it:.1}"))
}

/// Others' threads have no names that tell what they do.
fn is_botbox(bot: &Bot) -> bool {
    bot.name.starts_with("botbox")
}

/// Where each bot's time goes, as a picture.
fn plot(bots: &[Bot], results: &[Rounds], connections: u32) -> anyhow::Result<()> {
    let bar = |(bot, rounds): (&Bot, &Rounds)| {
        let parts = if is_botbox(bot) {
            let parts = rounds.threads.iter();
            let parts = parts.map(|(name, times)| (name.clone(), median(times)));
            parts.filter(|(_, time)| *time >= 0.5).collect()
        } else {
            vec![(String::from("all"), median(&rounds.processor_time))]
        };
        let name = bot.name.to_owned();
        Bar { name, parts }
    };
    let bars: Vec<_> = bots.iter().zip(results).map(bar).collect();
    let path = botbox_tests::target_folder().join(format!("bench-echo-{connections}.svg"));
    let title = format!("Processor time of an event by thread, {connections} connections");
    plots::write_bars(&path, &title, &bars)
}

/// Ratios round by round, because what disturbs a round most likely disturbs its neighbour as well.
pub(crate) fn ratios(ours: &[f64], theirs: &[f64]) -> Spread {
    let pairs = ours.iter().zip(theirs);
    Spread(pairs.map(|(ours, theirs)| ours / theirs).collect())
}

fn judge(bots: &[Bot], results: &[Rounds], connections: u32) -> Vec<Target> {
    let ours = &results[0];
    let mut targets = Vec::new();
    for (bot, theirs) in bots.iter().zip(results).skip(1) {
        let about = |what: &str| format!("{what} / {}'s, {connections} connections", bot.name);
        let throughput = ratios(&ours.per_second, &theirs.per_second).median();
        let time = ratios(&ours.processor_time, &theirs.processor_time).median();
        let (least, most) = match bot.name {
            "plain bot" => (0.5, 2.2),
            "node sdk" => (1.0, 0.2),
            _ => (0.95, 1.05),
        };
        targets.push(at_least(&about("events/s"), throughput, least));
        targets.push(at_most(&about("processor time"), time, most));
    }
    let store = ours.threads.get("store").map_or(f64::NAN, |it| median(it));
    let about = |what: &str| format!("{what}, {connections} connections");
    targets.push(at_most(&about("store's thread, µs/event"), store, 8.0));
    let written = median(&ours.written) / 1024.0;
    targets.push(at_most(&about("written, KiB/event"), written, 1.5));
    targets
}

/// What users wait for at a rate that botbox keeps up with.
async fn open_loop(bots: &[Bot], line: &Line, rate: f64) -> anyhow::Result<Target> {
    let [connections, _] = CONNECTIONS;
    println!();
    println!(
        "Echo, open loop: {rate:.0} events/s, half of botbox's most, {connections} connections, {} s",
        OPEN.as_secs()
    );
    println!(
        "  {:<14} {:>20} {:>20}",
        "ms, from when due", "acked p50 / p99", "replied p50 / p99"
    );
    let mut acknowledged = Vec::new();
    let mut curves = Vec::new();
    for bot in bots {
        let latencies = load::open(bot, &line.replies, connections, rate, OPEN).await?;
        let of = |times: &[f64]| {
            let [middle, most] = [50.0, 99.0].map(|it| percentile(times, it));
            format!("{middle:.2} / {most:.2}")
        };
        println!(
            "  {:<17} {:>17} {:>20}",
            bot.name,
            of(&latencies.acknowledged),
            of(&latencies.replied)
        );
        acknowledged.push(percentile(&latencies.acknowledged, 99.0));
        let about = |what: &str| format!("{}, {what}", bot.name);
        curves.push(Curve::of(about("acked"), &latencies.acknowledged));
        curves.push(Curve::of(about("replied"), &latencies.replied));
    }
    let path = botbox_tests::target_folder().join("bench-latencies.svg");
    plots::write_lines(&path, "From when an event was due, at half load", &curves)?;
    let syncs = task::spawn_blocking(|| disk::measure(Path::new(FOLDER))).await??;
    let sync = percentile(&syncs.times, 99.0);
    println!(
        "  {:<17} {:>17}",
        "the disk's sync",
        format!("{:.2} / {sync:.2}", percentile(&syncs.times, 50.0))
    );
    let what = "acknowledged p99 at half load / the disk's p99 sync";
    Ok(at_most(what, acknowledged[0] / sync, 2.0))
}
