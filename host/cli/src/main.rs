//! The `botbox` binary.

mod admin_client;
mod beacon;
mod dead_letters;
mod events;
mod filters;
mod follow;
mod journal;
mod logging;
mod output;
mod serve;
mod shutdown;
mod simulator;
mod terminal;
mod time;
mod versions;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::output::NobodyReads;

/// Hosts LINE bots as sandboxed WebAssembly components.
#[derive(Parser)]
#[command(name = "botbox", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the host: takes webhooks and runs the plugins of its channels.
    Serve(serve::Arguments),
    /// Runs a stand-in for the LINE Platform, for development and tests.
    Simulator(simulator::Arguments),
    /// Looks at the events of a running host, and what became of them.
    Journal(journal::Arguments),
    /// Looks at the events that a running host gave up, replays them or throws them away.
    DeadLetters(dead_letters::Arguments),
    /// Lists the versions of its plugin that a channel of a running host has had.
    Versions(versions::Arguments),
    /// For beacons of one's own.
    Beacon(beacon::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<NobodyReads>() => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    logging::start()?;
    match command {
        Command::Serve(arguments) => serve::run(arguments).await,
        Command::Simulator(arguments) => simulator::run(arguments).await,
        Command::Journal(arguments) => journal::run(&arguments).await,
        Command::DeadLetters(arguments) => dead_letters::run(&arguments).await,
        Command::Versions(arguments) => versions::run(&arguments).await,
        Command::Beacon(arguments) => beacon::run(&arguments),
    }
}

/// Not through the log, which a filter may silence: the reader wants to know why nothing runs.
#[allow(clippy::print_stderr, reason = "the command's output")]
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}
