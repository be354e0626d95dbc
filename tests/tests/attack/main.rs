//! What a hostile tenant does to its neighbour.
//!
//! The victim is another provider's echo bot under a steady load: 100 webhooks a second, sent when
//! they are due, whether the host keeps up or not. Each attack first lets it be, then attacks, and
//! shows how late the acknowledgements and the replies come: `cargo xtask attack` prints the table,
//! and with a second binary beside this one's. As a test, an attack is short, and asserts that
//! everything is acknowledged and replied to, and how late at most by the order of magnitude: the
//! machine that runs it may be busy.
//!
//! The [`corpus`] is of components instead: each gets what docs/isolation.md says, and the victim does not
//! notice. `cargo xtask isolation` writes that page.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what does not go as it should fails the test"
)]

mod arena;
mod attacks;
mod corpus;
mod figures;
mod line;
mod shares;
mod tenant;
mod victim;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use botbox_tests::{ControlGroup, SmallDisk};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::sleep;

use crate::arena::Arena;
use crate::attacks::{
    Attack, Bomb, Compute, Connections, Disk, Logs, Memory, Outside, Sleep, Timers, Values,
    Webhooks,
};
use crate::corpus::hostile::{Got, Hostile};
use crate::corpus::page;
use crate::figures::{Figures, row};
use crate::tenant::{Outcome, Tenant};

/// One at a time: they would measure one another.
static ALONE: Mutex<()> = Mutex::const_new(());

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

/// The hosts that are compared, with a word for each: the other binary's, and the one that was built with the
/// tests.
fn hosts() -> impl Iterator<Item = (&'static str, Option<PathBuf>)> {
    let before = other_binary().map(|it| ("before", Some(it)));
    before.into_iter().chain([("now", None)])
}

/// For how long the victim is to be measured, where it is more than a test.
fn measured_for() -> Option<Duration> {
    let seconds = std::env::var("BOTBOX_ATTACK_SECONDS").ok()?;
    Some(Duration::from_secs(seconds.parse().unwrap()))
}

fn phase() -> Duration {
    measured_for().unwrap_or(PHASE)
}

/// Attacks, shows what the victim felt, and asserts that it could live with it.
#[allow(clippy::print_stdout, reason = "`cargo xtask attack` shows it")]
async fn withstand(attack: impl Attack) {
    let _alone = ALONE.lock().await;
    let name = attack.name();
    let mut felt = None;
    for (which, binary) in hosts() {
        let (quiet, attacked) = measure(&attack, binary).await;
        println!("{}", row(&name, which, &quiet, &attacked));
        felt = Some((quiet, attacked));
    }
    let (quiet, attacked) = felt.unwrap();
    quiet.assert_right(&name);
    assert_bearable(&name, &quiet, &attacked);
}

/// Fails unless the victim's events were all answered, and about as soon as it must be.
fn assert_bearable(name: &str, quiet: &Figures, attacked: &Figures) {
    attacked.assert_right(name);
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
    let channel = |channel| attack.channel(channel);
    let arena = Arena::new(binary, attack.channels(), channel, |host| attack.host(host)).await;
    // What starts up, and is compiled and mapped for the first time.
    arena.victim(Duration::from_secs(1)).await;
    let quiet = arena.victim(phase()).await;
    let attacking = attack.begin(&arena).await;
    let attacked = arena.victim(phase()).await;
    drop(attacking);
    (quiet, attacked)
}

/// Each component of the corpus gets what the page says, and the victim's events are all answered once and in
/// order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stdout, reason = "`cargo xtask isolation` shows it")]
async fn the_corpus_gets_what_it_should() {
    let _alone = ALONE.lock().await;
    let all: Vec<_> = corpus::all()
        .into_iter()
        .map(|it| (it.wasm(), it))
        .collect();
    let arena = Arena::new(None, 0, |channel| channel, |host| host).await;
    arena.victim(Duration::from_secs(1)).await;
    let quiet = arena.victim(phase()).await;
    quiet.assert_right("before the corpus");
    keep_a_secret(&arena).await;
    let tenant = Tenant::new(&arena, "hostile").await;
    let load = arena.load();
    let (mut spans, mut wrong) = (Vec::new(), Vec::new());
    for (wasm, hostile) in all {
        let begun = Instant::now();
        let outcomes = play(&tenant, &hostile, wasm).await;
        let unexpected = outcomes.into_iter().filter(|it| !is(hostile.got, it));
        wrong.extend(unexpected.map(|it| format!("{}: {it:?}", hostile.name)));
        if measured_for().is_some() {
            sleep(phase().saturating_sub(begun.elapsed())).await;
        }
        spans.push((hostile, begun..Instant::now()));
    }
    let samples = load.stop().await;
    let mut rows = Vec::new();
    for (hostile, span) in &spans {
        let felt = Figures::of(samples.iter().filter(|it| span.contains(&it.due)));
        println!("{}", row(hostile.name, "now", &quiet, &felt));
        rows.push(page::Row::of(hostile).with(&felt));
    }
    assert!(wrong.is_empty(), "unexpected:\n{}", wrong.join("\n"));
    assert_bearable("the corpus", &quiet, &Figures::of(&samples));
    // It would not be there if it had ended meanwhile.
    arena.host.status().await;
    match std::env::var_os("BOTBOX_ISOLATION_PAGE") {
        Some(_) => page::write(&quiet, &rows),
        None => page::check(&rows),
    }
}

/// A third provider's channel keeps what nobody else is to find.
async fn keep_a_secret(arena: &Arena) {
    let keeper = Tenant::new(arena, "keeper").await;
    let channel = keeper.channel("keeper").await;
    let wasm = std::fs::read(botbox_tests::plugin("hostile")).unwrap();
    keeper.deploy(&channel, wasm, &json!({})).await.unwrap();
    let command = String::from("keep secrets sencha");
    let kept = keeper.send(&channel, &[command]).await;
    assert_eq!(kept, [Outcome::Handled(String::from("Ok(())"))]);
}

/// Uploads a component, deploys it and has events sent to it, as far as the host lets that come.
async fn play(tenant: &Tenant<'_>, hostile: &Hostile, wasm: Vec<u8>) -> Vec<Outcome> {
    let channel = tenant.channel(hostile.name).await;
    match tenant.deploy(&channel, wasm, &hostile.limits()).await {
        Err(why) => vec![Outcome::Refused(why)],
        Ok(()) => tenant.send(&channel, &hostile.texts(tenant.api())).await,
    }
}

fn is(expected: Got, outcome: &Outcome) -> bool {
    match (expected, outcome) {
        (Got::Refused(expected), Outcome::Refused(why))
        | (Got::Ended(expected), Outcome::Dead(why)) => why.contains(expected),
        (Got::Told(""), Outcome::Handled(text)) => text.is_empty(),
        (Got::Told(expected), Outcome::Handled(text)) => text.starts_with(expected),
        _ => false,
    }
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

/// As many as there are processors, as many as the host lets plugins have.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threads_that_compute_outside_of_the_host() {
    let threads = std::thread::available_parallelism().unwrap().get();
    withstand(Outside { threads }).await;
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
    let group = None;
    withstand(Memory { channels: 8, group }).await;
}

/// 64 of them would take 3.6 GiB.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plugins_take_memory_in_a_control_group() {
    let Some(group) = ControlGroup::with_memory(1 << 30) else {
        return;
    };
    let group = Some(group);
    withstand(Memory { channels: 2, group }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_fill_the_disk() {
    // So small that a test has the time.
    let Some(disk) = SmallDisk::mount(96 << 20) else {
        return;
    };
    withstand(Disk { disk }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plugins_flood_the_log() {
    withstand(Logs { is_read: true }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plugins_flood_a_log_that_nobody_reads() {
    withstand(Logs { is_read: false }).await;
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
