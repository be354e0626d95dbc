//! What is shared by weight, or of which there are few: who gets how much of it.

use std::cell::Cell;
use std::time::{Duration, Instant};

use botbox_tests::{Bot, Channel, Sender, User, library, message};
use tokio::time::{sleep, timeout};

use crate::arena::Arena;
use crate::attacks::keep_busy;
use crate::figures::milliseconds;
use crate::{ALONE, hosts, phase};

/// Slots, and what an event does with one.
const BURSTS: [(&str, &str); 2] = [("4", "sleep 100"), ("32", "sleep 400")];

/// The most that the lighter of two providers may get, of weights 1 and 9: it should be 0.1, and a host that knows
/// no weights gives it 0.5.
const LIGHT_GETS: f64 = 0.2;

/// How soon a name is to be found in a test: a request that finds no turn gives up after 10 s.
const FOUND: Duration = Duration::from_secs(5);

/// Slots that come free all at once, as when LINE is down and all calls time out together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stdout, reason = "`cargo xtask attack` shows it")]
async fn weights_hold_when_slots_come_free_together() {
    let _alone = ALONE.lock().await;
    // There are always more events than slots.
    for (slots, command) in BURSTS {
        let mut light = 1.0;
        for (which, binary) in hosts() {
            let number = Cell::new(0);
            let channel = |channel: Channel| {
                let providers = ["light", "heavy"];
                channel.provider(providers[number.replace(number.get() + 1)])
            };
            let arena = Arena::new(binary, 2, channel, |host| {
                host.env("BOTBOX__RUNTIME__SLOTS", slots)
                    .env("BOTBOX__PROVIDERS__LIGHT__WEIGHT", "1")
                    .env("BOTBOX__PROVIDERS__HEAVY__WEIGHT", "9")
            })
            .await;
            let attacking = keep_busy(&arena, command, 64).await;
            // Those who had what was free at first have given it back.
            sleep(Duration::from_secs(1)).await;
            let begun = handled(&arena).await;
            sleep(phase() * 2).await;
            let done = handled(&arena).await;
            drop(attacking);
            let did = |it: usize| f64::from(u32::try_from(done[it] - begun[it]).unwrap());
            let (light_did, heavy_did) = (did(0), did(1));
            light = light_did / (light_did + heavy_did);
            let is_met = if light <= 0.12 { "met" } else { "NOT MET" };
            println!(
                "{:<44} {which:<6} the lighter one gets {light:.2} (0.10) {is_met}",
                format!("weights 1 and 9, bursts of {slots} slots")
            );
        }
        assert!(light < LIGHT_GETS, "{light} of {slots} slots");
    }
}

/// How many events of each attacker are handled.
async fn handled(arena: &Arena) -> Vec<u64> {
    let status = arena.host.status().await;
    let channels = status["channels"].as_array().unwrap();
    let handled = |(id, _): &(String, Bot)| {
        let channel = channels.iter().find(|it| it["id"] == **id).unwrap();
        channel["events"]["handled"].as_u64().unwrap()
    };
    arena.attackers.iter().map(handled).collect()
}

/// Names that nobody resolves, and requests that do not wait for them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stdout, reason = "`cargo xtask attack` shows it")]
async fn lookups_are_abandoned_in_4_channels() {
    let _alone = ALONE.lock().await;
    let resolver = library("resolver");
    let mut slowest = Duration::MAX;
    for (which, binary) in hosts() {
        let number = Cell::new(0);
        let channel = |channel: Channel| {
            let (provider, origin) = match number.replace(number.get() + 1) {
                0 => ("good", "http://here.test"),
                _ => ("bad", "http://*.hangs.test"),
            };
            channel
                .provider(provider)
                .plugin(&botbox_tests::plugin("web-probe"))
                .with(&format!(
                    "grants = [\"reply\", {{ http = [\"{origin}\"] }}]"
                ))
        };
        let host = |it: botbox_tests::HostBuilder| it.env("LD_PRELOAD", resolver.to_str().unwrap());
        let mut arena = Arena::new(binary, 5, channel, host).await;
        let victim = arena.attackers.remove(0);
        let quiet = look_up(&arena, &victim).await;
        let command = "patience 1 http://never.hangs.test/";
        let attacking = keep_busy(&arena, command, 64).await;
        sleep(Duration::from_secs(1)).await;
        let attacked = look_up(&arena, &victim).await;
        drop(attacking);
        slowest = attacked;
        println!(
            "{:<44} {which:<6} the slowest of 20 look-ups: quiet {}, attacked {} ms",
            "abandoned look-ups of names, 4 channels",
            milliseconds(quiet),
            milliseconds(attacked)
        );
    }
    assert!(slowest < FOUND, "after {slowest:?}");
}

/// Has a name looked up 20 times, and returns how long the slowest took.
async fn look_up(arena: &Arena, (id, bot): &(String, Bot)) -> Duration {
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let token = format!("{:032x}", fastrand::u128(..));
        let user = User {
            id: format!("U{token}"),
        };
        let event = message(&user, &token, &token, "get http://here.test/");
        let begun = Instant::now();
        let url = arena.host.webhook(id);
        let answer = Sender::new().send(&url, bot, &[event]).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text);
        let replied = async {
            loop {
                let reply = arena.replies.lock().unwrap().remove(&token);
                match reply {
                    Some(replies) => return replies,
                    None => sleep(Duration::from_millis(5)).await,
                }
            }
        };
        let replies = timeout(4 * FOUND, replied).await.unwrap();
        // It was resolved: no plugin reaches this machine by a name.
        assert_eq!(replies[0].text, "ErrorCode::DestinationIpProhibited");
        slowest = slowest.max(begun.elapsed());
    }
    slowest
}
