//! `cargo xtask crash`, `backlog`, `tenants`, `capacity`, `upgrade`, `attack` and `isolation`: whole-system tests with
//! larger numbers than CI has time for, and with what they count printed.

use crate::bench;
use crate::command;
use crate::guest;
use crate::workspace::Workspace;

/// How many crashes there are by default.
pub(crate) const ROUNDS: u32 = 50;

/// How many events wait by default.
pub(crate) const EVENTS: u32 = 1_000_000;

/// How many channels a host of many tenants has by default.
pub(crate) const CHANNELS: u32 = 10_000;

/// How many switches there are under load.
const SWITCHES: u32 = 200;

/// How long an attack lasts, and how long the victim is measured before it.
const ATTACK_SECONDS: u32 = 10;

/// How long the victim is measured for each component of the corpus, at least.
const CORPUS_SECONDS: u32 = 3;

/// How many chats the waiting events are of.
const CHATS: u32 = 10_000;

/// Kills a host under load, again and again.
pub(crate) fn crash(workspace: &Workspace, rounds: u32) -> anyhow::Result<()> {
    guest::build_all(workspace)?;
    let test = "crash::a_host_that_is_killed_loses_nothing_and_does_nothing_twice";
    run(workspace, test, &[("BOTBOX_CRASHES", rounds.to_string())])
}

/// Starts a host of many channels, as it is released, and measures what they cost.
pub(crate) fn tenants(workspace: &Workspace, channels: u32) -> anyhow::Result<()> {
    guest::build_all(workspace)?;
    bench::build(workspace)?;
    let test = "control::tenants::many_tenants_are_served_soon_after_a_start";
    let binary = workspace.target("release/botbox").display().to_string();
    let settings = [
        ("BOTBOX_TENANTS", channels.to_string()),
        ("BOTBOX_BINARY", binary),
    ];
    run(workspace, test, &settings)
}

/// Switches deployments, uploads and compiles under load, with a host as it is released, and prints what that costs.
pub(crate) fn capacity(workspace: &Workspace) -> anyhow::Result<()> {
    guest::build_all(workspace)?;
    bench::build(workspace)?;
    let test = "control::capacity::switches_and_compilations_under_load";
    let binary = workspace.target("release/botbox").display().to_string();
    let settings = [
        ("BOTBOX_SWITCHES", SWITCHES.to_string()),
        ("BOTBOX_BINARY", binary),
    ];
    run(workspace, test, &settings)
}

/// Starts a host whose journal is full of events, as it is released, and lets it handle them.
pub(crate) fn backlog(workspace: &Workspace, events: u32) -> anyhow::Result<()> {
    guest::build_all(workspace)?;
    bench::build(workspace)?;
    let test = "delivery::a_large_backlog_is_handled_in_little_memory";
    let binary = workspace.target("release/botbox").display().to_string();
    let settings = [
        ("BOTBOX_BACKLOG", events.to_string()),
        ("BOTBOX_BACKLOG_CHATS", CHATS.to_string()),
        ("BOTBOX_BINARY", binary),
    ];
    run(workspace, test, &settings)
}

/// Has the binary of this checkout go on with the data folder of an older one.
pub(crate) fn upgrade(workspace: &Workspace, before: &str) -> anyhow::Result<()> {
    guest::build_all(workspace)?;
    let test = "control::upgrade::a_new_binary_goes_on_with_what_an_old_one_has";
    run(workspace, test, &[("BOTBOX_BEFORE", before.to_owned())])
}

/// Attacks a host as it is released, and another binary before it if one is given, such as the last release.
/// Prints the victim's latencies.
pub(crate) fn attack(workspace: &Workspace, before: Option<&str>) -> anyhow::Result<()> {
    guest::build_all(workspace)?;
    bench::build(workspace)?;
    let mut settings = vec![
        ("BOTBOX_ATTACK_SECONDS", ATTACK_SECONDS.to_string()),
        (
            "BOTBOX_BINARY",
            workspace.target("release/botbox").display().to_string(),
        ),
    ];
    settings.extend(before.map(|binary| ("BOTBOX_BEFORE", binary.to_owned())));
    let arguments = [
        "--test=attack",
        "--",
        "--nocapture",
        "--test-threads=1",
        "--skip=the_corpus",
    ];
    test(workspace, &arguments, &settings)
}

/// Plays the corpus of hostile components against a host as it is released, and writes docs/isolation.md.
pub(crate) fn isolation(workspace: &Workspace) -> anyhow::Result<()> {
    guest::build_all(workspace)?;
    bench::build(workspace)?;
    let settings = [
        ("BOTBOX_ATTACK_SECONDS", CORPUS_SECONDS.to_string()),
        ("BOTBOX_ISOLATION_PAGE", String::from("write")),
        (
            "BOTBOX_BINARY",
            workspace.target("release/botbox").display().to_string(),
        ),
    ];
    let arguments = ["--test=attack", "--", "--nocapture", "the_corpus"];
    test(workspace, &arguments, &settings)
}

/// Runs one of the whole-system tests, and shows what it prints.
fn run(workspace: &Workspace, name: &str, settings: &[(&str, String)]) -> anyhow::Result<()> {
    let arguments = ["--test=system", "--", "--exact", "--nocapture", name];
    test(workspace, &arguments, settings)
}

fn test(
    workspace: &Workspace,
    arguments: &[&str],
    settings: &[(&str, String)],
) -> anyhow::Result<()> {
    // With the whole workspace's features, as all tests are built.
    let excluded = guest::excluded(workspace)?;
    let cargo = |command: &str| {
        let mut cargo = workspace.cargo(&[command, "--workspace", "--locked"]);
        cargo.args(&excluded);
        cargo
    };
    command::run(cargo("build").arg("--all-targets"))?;
    let mut tests = cargo("test");
    tests.args(arguments);
    tests.envs(settings.iter().map(|(name, value)| (name, value)));
    command::run(&mut tests)
}
