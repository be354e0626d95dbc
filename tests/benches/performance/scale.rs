//! Whether botbox does as much with many channels, and beside many waiting events, as with few and none.

use std::time::{Duration, Instant};

use crate::bot::Bot;
use crate::client::Connection;
use crate::echo::{ROUND, ROUNDS, WARM_UP, ratios};
use crate::figures::median;
use crate::line::Line;
use crate::load;
use crate::process;
use crate::targets::{Target, at_least};
use crate::webhook::{self, CHANNELS};

/// As many as one host is to serve.
const MANY_CHANNELS: u64 = 10_000;

/// How many events wait, by default: `BOTBOX_WAITING` says otherwise.
const WAITING: u64 = 1_000_000;

/// Of how many channels these are.
const WAITING_CHANNELS: u64 = 10;

/// How many come with one webhook: few enough that each has a row of the journal at once.
const PER_WEBHOOK: u64 = 250;

const CONNECTIONS: u32 = 64;

/// Measures a botbox with few channels, one with many, and one in whose journal events wait.
pub(crate) async fn run() -> anyhow::Result<Vec<Target>> {
    let line = Line::start().await?;
    let waiting: Vec<_> = (0..WAITING_CHANNELS)
        .map(|number| format!("waiting-{number}"))
        .collect();
    let full = Bot::with_channels("many waiting", &line.url, CHANNELS, &waiting).await?;
    fill(&full, &waiting).await?;
    let bots = [
        Bot::with_channels("few channels", &line.url, CHANNELS, &[]).await?,
        Bot::with_channels("many channels", &line.url, MANY_CHANNELS, &[]).await?,
        full,
    ];
    let rates = measure(&bots, &line).await?;
    println!();
    println!(
        "Echo at scale, closed loop: {CONNECTIONS} connections, medians of {ROUNDS} rounds, by turns"
    );
    println!(
        "  {:<14} {:>9} {:>9} {:>8}",
        "", "channels", "events/s", "MiB"
    );
    for (bot, rates) in bots.iter().zip(&rates) {
        let memory = process::resident_memory(bot.process)? >> 20;
        println!(
            "  {:<14} {:>9} {:>9.0} {memory:>8}",
            bot.name,
            bot.channels,
            median(rates),
        );
    }
    let targets = bots.iter().zip(&rates).skip(1).map(|(bot, theirs)| {
        let what = format!("events/s, {} / {}", bot.name, bots[0].name);
        at_least(&what, ratios(theirs, &rates[0]).median(), 0.9)
    });
    Ok(targets.collect())
}

/// Lets events wait in a bot's journal.
async fn fill(bot: &Bot, channels: &[String]) -> anyhow::Result<()> {
    let events = match std::env::var("BOTBOX_WAITING") {
        Ok(events) => events.parse()?,
        Err(_) => WAITING,
    };
    let started = Instant::now();
    let mut connection = Connection::open(bot.address).await?;
    for webhook in 0..events / PER_WEBHOOK {
        let channel = &channels[(webhook % WAITING_CHANNELS) as usize];
        let body = webhook::unfollows(PER_WEBHOOK);
        connection
            .send(&webhook::request_to(channel, &body))
            .await?;
    }
    let took = started.elapsed().as_secs_f64();
    println!("{events} events wait, which took {took:.0} s to send");
    Ok(())
}

/// Events a second, of each bot in each round.
async fn measure(bots: &[Bot], line: &Line) -> anyhow::Result<Vec<Vec<f64>>> {
    let mut rates: Vec<Vec<f64>> = bots.iter().map(|_| Vec::new()).collect();
    for round in 0..=ROUNDS {
        for (bot, rates) in bots.iter().zip(&mut rates) {
            let time = if round == 0 { warm_up(bot) } else { ROUND };
            let done = load::closed(bot, &line.replies, CONNECTIONS, time).await?;
            if round > 0 {
                rates.push(done.events as f64 / done.time.as_secs_f64());
            }
        }
    }
    Ok(rates)
}

/// Long enough that each channel has had an event.
fn warm_up(bot: &Bot) -> Duration {
    WARM_UP * if bot.channels > CHANNELS { 10 } else { 1 }
}
