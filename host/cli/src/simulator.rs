//! `botbox simulator`.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use botbox_simulator::{Settings, Simulator};
use tempfile::NamedTempFile;

use crate::shutdown::Shutdown;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where it listens: LINE's API and the control API.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// A name under which browsers may ask for it, beside localhost and addresses.
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// What there is from the start: a file with the answer of GET /simulator/state, of this or
    /// another simulator.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// A file that keeps bots, users and chats: it is read at the start, if it is there, and written at the
    /// end.
    #[arg(long, value_name = "FILE", conflicts_with = "seed")]
    keep: Option<PathBuf>,
}

#[allow(clippy::print_stdout, reason = "the command's output")]
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut shutdown = Shutdown::new()?;
    let kept = arguments.keep.clone().filter(|file| file.exists());
    let seed = arguments.seed.or(kept).map(|file| {
        fs::read_to_string(&file)
            .with_context(|| format!("cannot read the seed {}", file.display()))
    });
    let simulator = Simulator::start(Settings {
        listen: arguments.listen,
        hosts: arguments.allow_host,
        seed: seed.transpose()?,
        ..Settings::default()
    })
    .await?;
    println!("simulator listening on {}", simulator.url());
    shutdown.requested().await;
    let state = simulator.state();
    simulator.stop().await;
    match &arguments.keep {
        Some(file) => {
            keep(file, &state).with_context(|| format!("cannot write {}", file.display()))
        }
        None => Ok(()),
    }
}

/// Writes a state as a whole or not at all, for its owner alone: it has secrets and tokens of bots.
fn keep(file: &Path, state: &str) -> anyhow::Result<()> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut written = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    written.write_all(state.as_bytes())?;
    written.persist(file)?;
    Ok(())
}
