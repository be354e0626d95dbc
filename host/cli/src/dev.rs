//! `botbox dev`: a bot that is being worked on, in a chat, with host and simulator in this process.
//!
//! Each save makes another plugin, which the channel serves from the next event on. What does not compile
//! changes nothing.

mod browser;
mod stage;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use botbox_clock::Clock;
use botbox_conversation::plugin::{Plugin, Source};
use botbox_conversation::stage::Host;
use tokio::task::spawn_blocking;

use self::stage::Stage;
use crate::logging::notes;
use crate::output::{self, remark};
use crate::serve::own_program;
use crate::shutdown::Shutdown;
use crate::watcher::{self, Watcher};

/// What is logged when nothing is said: all of the bot, and of the host what is amiss.
pub(crate) const LOG: &str = "warn,plugin=trace";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The bot's folder, or a component, which is watched as well.
    #[arg(value_name = "FOLDER|FILE.wasm", default_value = ".")]
    bot: PathBuf,
    /// Opens no browser.
    #[arg(long)]
    no_open: bool,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut shutdown = Shutdown::new()?;
    let source = Source::open(&arguments.bot)?;
    let mut watcher = Watcher::new(&source.watched()?)?;
    tokio::select! {
        done = develop(source, &mut watcher, !arguments.no_open) => done,
        () = shutdown.requested() => Ok(()),
    }
}

async fn develop(source: Source, watcher: &mut Watcher, opens: bool) -> anyhow::Result<()> {
    // Timers and tokens follow one clock, which the simulator's page can move.
    let clock = Clock::movable();
    let notes = notes::hear();
    let stage = Stage::set(&source.name(), clock.clone()).await?;
    tokio::select! {
        done = serve(&source, watcher, &stage, clock, opens) => done,
        () = stage.show(notes) => Ok(()),
    }
}

/// Has the bot answer in the chat, and each save of it.
async fn serve(
    source: &Source,
    watcher: &mut Watcher,
    stage: &Stage,
    clock: Clock,
    opens: bool,
) -> anyhow::Result<()> {
    let first = loop {
        match build(source).await {
            Ok(plugin) => break plugin,
            Err(error) => {
                stage.show_build(&error).await;
                remark(&format!("{error:#}; waiting for a change"));
            }
        }
        watcher.changed().await?;
    };
    let line = &stage.line;
    let mut host = Host::start(&line.bot, &first, line.url(), &own_program()?, clock).await?;
    line.connect(&host.webhook()).await?;
    output::line(&format!("chat with {} at {}", line.bot.name, stage.page()))?;
    if opens {
        browser::open(&stage.page());
    }
    loop {
        watcher.changed().await?;
        let begin = Instant::now();
        let built = match build(source).await {
            Ok(plugin) => plugin,
            Err(error) => {
                stage.show_build(&error).await;
                remark(&format!("{error:#}; the version before goes on"));
                continue;
            }
        };
        let took = begin.elapsed().as_secs_f64();
        match host.switch(&built).await {
            Ok(()) => output::line(&format!(
                "live {:.2} s after the save (built in {took:.2} s)",
                (begin.elapsed() + watcher::QUIET).as_secs_f64()
            ))?,
            Err(error) => {
                let error = anyhow::Error::from(error);
                stage.show_build(&error).await;
                remark(&format!("{error:#}; the version before goes on"));
            }
        }
    }
}

/// Makes the plugin. What is wrong with the sources, their compiler says on stderr.
async fn build(source: &Source) -> anyhow::Result<Plugin> {
    let source = source.clone();
    let built = spawn_blocking(move || source.build(&remark)).await;
    Ok(built.context("the build broke off")??)
}
