//! `botbox dev`: a bot that is being worked on, in a chat, with host and simulator in this process; or, live, on
//! a real channel.
//!
//! Each save makes another plugin, which the channel serves from the next event on. What does not compile
//! changes nothing.

mod borrowed_webhook;
mod browser;
mod credentials;
mod live;
mod saves;
mod stage;

use std::path::PathBuf;

use botbox_clock::Clock;
use botbox_conversation::plugin::Source;
use botbox_conversation::stage::{Host, Place};

use self::live::LiveArguments;
use self::saves::Saves;
use self::stage::Stage;
use crate::kept_state::KeepArguments;
use crate::logging::notes;
use crate::output;
use crate::serve::own_program;
use crate::shutdown::Shutdown;

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
    #[command(flatten)]
    keep: KeepArguments,
    #[command(flatten)]
    live: LiveArguments,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let source = Source::open(&arguments.bot)?;
    let mut saves = Saves::of(source)?;
    if let Some(channel) = arguments.live.channel() {
        return live::run(channel, &mut saves).await;
    }
    let mut shutdown = Shutdown::new()?;
    // Timers and tokens follow one clock, which the simulator's page can move.
    let clock = Clock::movable();
    let notes = notes::hear();
    let kept = arguments.keep.read()?;
    let stage = Stage::set(&saves.name(), clock.clone(), kept).await?;
    let done = tokio::select! {
        done = serve(&mut saves, &stage, clock, !arguments.no_open) => done,
        () = stage.show(notes) => Ok(()),
        () = shutdown.requested() => Ok(()),
    };
    arguments.keep.write(&stage.line.kept())?;
    done
}

/// Has the bot answer in the chat, and each save of it.
async fn serve(saves: &mut Saves, stage: &Stage, clock: Clock, opens: bool) -> anyhow::Result<()> {
    let first = saves.first(Some(stage)).await?;
    let line = &stage.line;
    let place = Place::of_account(&line.bot, line.url());
    let mut host = Host::start(place, &first, &own_program()?, clock).await?;
    line.connect(&host.webhook()).await?;
    output::line(&format!("chat with {} at {}", line.bot.name, stage.page()))?;
    if opens {
        browser::open(&stage.page());
    }
    saves.serve(&mut host, Some(stage)).await
}
