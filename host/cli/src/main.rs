//! The `botbox` binary: the host and the simulator as services, and the operator's commands, which ask a
//! host's admin API and print what it says. Each command has a file of its own, which takes its arguments;
//! nothing here decides what becomes of an event, and no command opens the data of a host that runs.

mod admin_client;
mod audit;
mod backup;
mod beacon;
mod build;
mod channel;
mod check;
mod compile_plugin;
mod completions;
mod confirmation;
mod dead_letters;
mod deploy;
mod deployment;
mod dev;
mod doctor;
mod document;
mod events;
mod examples;
mod failure;
mod filters;
mod findings;
mod hidden_input;
mod journal;
mod kept_state;
mod link;
mod list;
mod live_events;
mod logging;
mod logs;
mod man;
mod new;
mod output;
mod plugin;
mod provider;
mod quota;
mod record;
mod reload;
mod replay;
mod rollback;
mod secret;
mod serve;
mod shutdown;
mod simulator;
mod sse;
mod status;
mod switch;
mod telemetry;
mod terminal;
mod test;
mod time;
mod timer;
mod token;
mod traffic;
mod upload;
mod usage;
mod watch;
mod watcher;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use tikv_jemallocator::Jemalloc;

use self::output::OutputClosed;

/// An event's memory is allocated on one thread and freed on another. glibc's allocator takes a twentieth more
/// of an event's processor time for that, and a tenth of the throughput.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// Hosts LINE bots as sandboxed WebAssembly components.
#[derive(Parser)]
#[command(
    name = "botbox",
    version,
    arg_required_else_help = true,
    after_help = failure::EXIT_CODES
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
#[allow(
    clippy::large_enum_variant,
    reason = "there is one of them, and it is taken apart at once"
)]
enum Command {
    #[command(flatten)]
    Task(Task),
    /// What the host runs to compile a plugin.
    #[command(hide = true)]
    CompilePlugin(compile_plugin::Arguments),
}

#[derive(Subcommand)]
enum Task {
    /// Runs the host: takes webhooks and runs the plugins of its channels.
    Serve(serve::Arguments),
    /// Tells all that is wrong with a configuration and its plugins, without starting.
    Check(check::Arguments),
    /// Looks at a host and its channels from end to end, and says what to mend.
    Doctor(doctor::Arguments),
    /// Runs a stand-in for the LINE Platform, for development and tests.
    Simulator(simulator::Arguments),
    /// Makes the folder of a new bot.
    New(new::Arguments),
    /// Makes the plugin of a bot, and tells what its channel needs.
    Build(build::Arguments),
    /// Opens a chat with a bot that is being worked on: every save is live in the next message.
    Dev(dev::Arguments),
    /// Shows how a host and its channels are.
    Status(status::Arguments),
    /// Prints what the plugin of a channel logged, and how its attempts failed.
    Logs(logs::Arguments),
    /// Tells what happens while it happens: events, attempts, dead letters, switches.
    Events(live_events::Arguments),
    /// Lists what channels used in a month, to bill by.
    Usage(usage::Arguments),
    /// Plays conversations with a bot, and tells where it does not say what was expected.
    Test(test::Arguments),
    /// Records what a channel's events make its bot do, while it happens.
    Record(record::Arguments),
    /// Plays a recording with another version of a bot, and shows what it does otherwise.
    Replay(replay::Arguments),
    /// Looks at the events of a host, and what became of them.
    Journal(journal::Arguments),
    /// Looks at the events that a host gave up, replays them or throws them away.
    DeadLetters(dead_letters::Arguments),
    /// Copies all that a running host keeps into a new folder.
    Backup(backup::Arguments),
    /// Manages providers, whose channels share what they have of the host.
    Provider(provider::Arguments),
    /// Manages channels: each is a bot's on LINE.
    Channel(channel::Arguments),
    /// Sets and deletes the secrets of channels.
    Secret(secret::Arguments),
    /// Lists and uploads plugins.
    Plugin(plugin::Arguments),
    /// Uploads a plugin, checks it and has it serve a channel.
    Deploy(deploy::Arguments),
    /// Looks at the deployments of a channel.
    Deployment(deployment::Arguments),
    /// Switches between the deployments of a channel.
    Traffic(traffic::Arguments),
    /// Switches back to the deployment before, and pins that.
    Rollback(rollback::Arguments),
    /// Manages the tokens of the admin API.
    Token(token::Arguments),
    /// Lists who changed what, newest first.
    Audit(audit::Arguments),
    /// Has the host read its configuration file again.
    Reload(reload::Arguments),
    /// Lists and cancels the timers of channels.
    Timer(timer::Arguments),
    /// Lists and removes the accounts that users of channels have linked.
    Link(link::Arguments),
    /// Shows how many messages a channel may still send.
    Quota(quota::Arguments),
    /// For beacons of one's own, and those of channels.
    Beacon(beacon::Arguments),
    /// Prints what completes these commands in a shell.
    Completions(completions::Arguments),
    /// Writes manual pages of these commands.
    Man(man::Arguments),
}

fn main() -> ExitCode {
    match arguments().command {
        Command::Task(task) => run_task(task),
        // Without other threads, whose memory would count.
        Command::CompilePlugin(arguments) => compile_plugin::run(&arguments),
    }
}

/// What was given. Who gave something else, or asked for help, has been told.
fn arguments() -> Arguments {
    let matches = command().get_matches();
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// The command with all that its help says.
fn command() -> clap::Command {
    examples::add(Arguments::command())
}

#[tokio::main]
async fn run_task(task: Task) -> ExitCode {
    let is_service = matches!(task, Task::Serve(_) | Task::Simulator(_));
    // What still waits to be written is written when it is dropped.
    let usual = match task {
        Task::Dev(_) => dev::LOG,
        Task::Test(_) => test::LOG,
        Task::Replay(_) => replay::LOG,
        _ => logging::USUAL,
    };
    let _log = match logging::start(usual, matches!(task, Task::Dev(_))) {
        Ok(log) => log,
        Err(error) => {
            failure::report(&error, is_service);
            return ExitCode::FAILURE;
        }
    };
    match run(task).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<OutputClosed>() => ExitCode::SUCCESS,
        Err(error) => {
            failure::report(&error, is_service);
            failure::exit_code(&error)
        }
    }
}

async fn run(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Serve(arguments) => serve::run(arguments).await,
        Task::Check(arguments) => check::run(&arguments).await,
        Task::Doctor(arguments) => doctor::run(&arguments).await,
        Task::Simulator(arguments) => simulator::run(arguments).await,
        Task::New(arguments) => new::run(&arguments),
        Task::Build(arguments) => build::run(&arguments),
        Task::Dev(arguments) => dev::run(arguments).await,
        Task::Status(arguments) => status::run(&arguments).await,
        Task::Logs(arguments) => logs::run(&arguments).await,
        Task::Events(arguments) => live_events::run(&arguments).await,
        Task::Usage(arguments) => usage::run(&arguments).await,
        Task::Test(arguments) => test::run(arguments).await,
        Task::Record(arguments) => record::run(arguments).await,
        Task::Replay(arguments) => replay::run(arguments).await,
        Task::Journal(arguments) => journal::run(&arguments).await,
        Task::DeadLetters(arguments) => dead_letters::run(&arguments).await,
        Task::Backup(arguments) => backup::run(&arguments).await,
        Task::Provider(arguments) => provider::run(&arguments).await,
        Task::Channel(arguments) => channel::run(&arguments).await,
        Task::Secret(arguments) => secret::run(&arguments).await,
        Task::Plugin(arguments) => plugin::run(&arguments).await,
        Task::Deploy(arguments) => deploy::run(&arguments).await,
        Task::Deployment(arguments) => deployment::run(&arguments).await,
        Task::Traffic(arguments) => traffic::run(&arguments).await,
        Task::Rollback(arguments) => rollback::run(&arguments).await,
        Task::Token(arguments) => token::run(&arguments).await,
        Task::Audit(arguments) => audit::run(&arguments).await,
        Task::Reload(arguments) => reload::run(&arguments).await,
        Task::Timer(arguments) => timer::run(&arguments).await,
        Task::Link(arguments) => link::run(&arguments).await,
        Task::Quota(arguments) => quota::run(&arguments).await,
        Task::Beacon(arguments) => beacon::run(&arguments).await,
        Task::Completions(arguments) => completions::run(command(), &arguments),
        Task::Man(arguments) => man::run(command(), &arguments),
    }
}
