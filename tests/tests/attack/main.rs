//! What a hostile tenant does to its neighbour.
//!
//! The victim is another provider's echo bot under a steady load: 100 webhooks a second, sent when
//! they are due, whether the host keeps up or not. Each attack first lets it be, then attacks, and
//! shows how late the acknowledgements and the replies come: `cargo xtask attack` prints the table,
//! and with a second binary beside this one's. As a test, an attack is short, and asserts that
//! everything is acknowledged and replied to, and how late at most by the order of magnitude: the
//! machine that runs it may be busy.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what does not go as it should fails the test"
)]

mod arena;
mod attacks;
mod figures;
mod line;
mod victim;

use std::path::PathBuf;
use std::time::Duration;

use crate::arena::Arena;
use crate::attacks::{
    Attack, Bomb, Compute, Connections, Logs, Memory, Sleep, Timers, Values, Webhooks,
};
use crate::figures::{Figures, row};

/// How long each phase of a test is.
const PHASE: Duration = Duration::from_secs(2);

/// How late an acknowledgement may be in a test, of 99 in 100: LINE waits for 2 s.
const ACKNOWLEDGED: Duration = Duration::from_millis(1_000);

/// How late a reply may be in a test, of 99 in 100. A host without bounds takes many times as long.
const REPLIED: Duration = Duration::from_millis(2_000);

/// How much later than without the attack they may be, where the machine is so busy that this is
/// more.
const FACTOR: u32 = 10;

/// The binary to compare with, of whatever version.
fn other_binary() -> Option<PathBuf> {
    std::env::var_os("BOTBOX_BEFORE").map(PathBuf::from)
}

fn phase() -> Duration {
    let seconds = std::env::var("BOTBOX_ATTACK_SECONDS").ok();
    seconds.map_or(PHASE, |it| Duration::from_secs(it.parse().unwrap()))
}

/// Attacks, shows what the victim felt, and asserts that it could live with it.
#[allow(clippy::print_stdout, reason = "`cargo xtask attack` shows it")]
async fn withstand(attack: impl Attack) {
    // One at a time: they would measure one another.
    static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _alone = ALONE.lock().await;
    if let Some(binary) = other_binary() {
        let (quiet, attacked) = measure(&attack, Some(binary)).await;
        println!("{}", row(&attack.name(), "before", &quiet, &attacked));
    }
    let (quiet, attacked) = measure(&attack, None).await;
    println!("{}", row(&attack.name(), "now", &quiet, &attacked));
    let name = attack.name();
    for figures in [&quiet, &attacked] {
        assert_eq!(figures.failed, 0, "{name}: webhooks of the victim failed");
        assert_eq!(figures.unreplied, 0, "{name}: replies are missing");
    }
    let acknowledged = attacked.acknowledged(0.99);
    let limit = ACKNOWLEDGED.max(quiet.acknowledged(0.99) * FACTOR);
    assert!(
        acknowledged < limit,
        "{name}: acknowledged after {acknowledged:?}"
    );
    let replied = attacked.replied(0.99);
    let limit = REPLIED.max(quiet.replied(0.99) * FACTOR);
    assert!(replied < limit, "{name}: replied after {replied:?}");
}

/// What the victim feels before an attack, and during it.
async fn measure(attack: &impl Attack, binary: Option<PathBuf>) -> (Figures, Figures) {
    let configured = |channel| attack.channel(channel);
    let arena = Arena::with(attack.channels(), configured, binary).await;
    // What starts up, and is compiled and mapped for the first time.
    arena.victim(Duration::from_secs(1)).await;
    let quiet = arena.victim(phase()).await;
    let attacking = attack.begin(&arena).await;
    let attacked = arena.victim(phase()).await;
    drop(attacking);
    (quiet, attacked)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_of_4000_events_on_a_full_backlog() {
    withstand(Webhooks { connections: 1 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_of_4000_events_on_12_connections() {
    withstand(Webhooks { connections: 12 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plugins_that_compute_in_4_channels() {
    withstand(Compute { channels: 4 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plugins_that_compute_in_31_channels() {
    withstand(Compute { channels: 31 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_values_are_written_in_8_channels() {
    withstand(Values {
        channels: 8,
        command: "write 1000 4",
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_values_are_read_in_8_channels() {
    withstand(Values {
        channels: 8,
        command: "read 60",
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handlers_sleep_in_32_channels() {
    withstand(Sleep { channels: 32 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plugins_take_memory_in_8_channels() {
    withstand(Memory { channels: 8 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plugins_flood_the_log() {
    withstand(Logs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_client_has_2000_idle_connections() {
    withstand(Connections { count: 2_000 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn timers_set_timers() {
    withstand(Timers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_component_takes_minutes_to_compile() {
    withstand(Bomb).await;
}
