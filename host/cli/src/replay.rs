//! `botbox replay`: plays a recording with another version of a bot, and shows what it does otherwise.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use botbox_conversation::Style;
use botbox_conversation::plugin::{Plugin, Source};
use botbox_conversation::recording::{self, RecordedEvent};
use botbox_conversation::replay;
use tokio::task::spawn_blocking;

use crate::output::{self, remark};
use crate::serve::own_program;

/// What is logged when nothing is said.
pub(crate) const LOG: &str = "error";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The recording, as `botbox record` makes it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The component to play it with, or a bot's folder, which is built.
    #[arg(long, value_name = "FILE.wasm|FOLDER")]
    plugin: PathBuf,
    /// Compares with this version, which plays the recording as well, and not with what was recorded: its
    /// users then have the same names.
    #[arg(long, value_name = "FILE.wasm|FOLDER")]
    against: Option<PathBuf>,
    /// What their channel has: keys of a channel of the configuration, as TOML. Default: the folder's channel.toml, or
    /// all grants that need no list.
    #[arg(long, value_name = "FILE")]
    channel: Option<PathBuf>,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let file = arguments.file.display();
    let text = fs::read_to_string(&arguments.file);
    let text = text.with_context(|| format!("cannot read {file}"))?;
    let events = recording::parse(&text).with_context(|| file.to_string())?;
    ensure!(
        events.iter().any(RecordedEvent::is_lines),
        "{file} has no event of LINE's: there is nothing to play"
    );
    let before = match &arguments.against {
        Some(version) => play(&arguments, version, &events).await?,
        None => replay::recorded(&events),
    };
    let now = play(&arguments, &arguments.plugin, &events).await?;
    let otherwise = replay::compare(&before, &now);
    let style = match io::stdout().is_terminal() {
        true => Style::Coloured,
        false => Style::Plain,
    };
    for it in &otherwise {
        output::line(&it.text(&events, style))?;
    }
    let played = now.len();
    ensure!(
        otherwise.is_empty(),
        "{} of {played} events are answered otherwise",
        otherwise.len()
    );
    output::line(&format!("{played} events are answered as before"))
}

async fn play(
    arguments: &Arguments,
    version: &Path,
    events: &[RecordedEvent],
) -> anyhow::Result<replay::Done> {
    let source = Source::open(version)?;
    let built = spawn_blocking(move || source.build(&remark)).await;
    let mut plugin: Plugin = built.context("the build broke off")??;
    if let Some(channel) = &arguments.channel {
        let text = fs::read_to_string(channel);
        plugin.channel = text.with_context(|| format!("cannot read {}", channel.display()))?;
    }
    Ok(replay::play(events, &plugin, &own_program()?).await?)
}
