//! Echo, from the webhook to the reply, beside a plain native bot.

use std::time::Duration;

use crate::bot::Bot;
use crate::figures::{Spread, median, microseconds};
use crate::line::{IN_FLIGHT, Line};
use crate::load::{self, CONNECTIONS};

/// Odd, so that the median is one of them.
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(2);
const WARM_UP: Duration = Duration::from_secs(1);

/// What a bot did in each of its rounds.
#[derive(Default)]
struct Rounds {
    per_second: Vec<f64>,
    /// Microseconds of the bot's own processor time. The load generator's and the stand-in's take
    /// no part in it, as they do in `per_second` on a machine where all share the processors.
    processor_time: Vec<f64>,
}

/// Measures both bots, and prints what they did.
pub(crate) async fn run() -> anyhow::Result<()> {
    let line = Line::start().await?;
    let bots = [Bot::botbox(&line.url).await?, Bot::plain(&line.url).await?];
    for bot in &bots {
        load::run(bot.address, &line.traffic, WARM_UP).await?;
    }
    let mut results = [Rounds::default(), Rounds::default()];
    // By turns, so that what else the machine does meets both.
    for _ in 0..ROUNDS {
        for (bot, rounds) in bots.iter().zip(&mut results) {
            rounds.measure(bot, &line).await?;
        }
    }
    print(&bots, &results);
    Ok(())
}

impl Rounds {
    async fn measure(&mut self, bot: &Bot, line: &Line) -> anyhow::Result<()> {
        let before = bot.processor_time()?;
        let done = load::run(bot.address, &line.traffic, ROUND).await?;
        let used = bot.processor_time()? - before;
        let events = done.events as f64;
        self.per_second.push(events / done.time.as_secs_f64());
        self.processor_time.push(microseconds(used) / events);
        Ok(())
    }
}

fn print(bots: &[Bot; 2], results: &[Rounds; 2]) {
    println!();
    println!(
        "Echo, webhook to reply: {CONNECTIONS} connections, at most {IN_FLIGHT} events in flight"
    );
    println!(
        "medians of {ROUNDS} rounds of {} s each, by turns",
        ROUND.as_secs()
    );
    for (bot, rounds) in bots.iter().zip(results) {
        println!(
            "  {:<18}{:>9.0} events/s {:>9.1} µs of processor time per event",
            bot.name,
            median(&rounds.per_second),
            median(&rounds.processor_time)
        );
    }
    let [botbox, plain] = results;
    let throughput = ratios(&botbox.per_second, &plain.per_second);
    let processor_time = ratios(&botbox.processor_time, &plain.processor_time);
    println!("  botbox / plain bot: median of the rounds' ratios (least to most)");
    println!("    events/s        {throughput}");
    println!("    processor time  {processor_time}");
}

/// Round by round, because what disturbs a round most likely disturbs its neighbour as well.
fn ratios(ours: &[f64], theirs: &[f64]) -> Spread {
    let pairs = ours.iter().zip(theirs);
    Spread(pairs.map(|(ours, theirs)| ours / theirs).collect())
}
