//! `botbox simulator`.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use botbox_simulator::{Settings, Simulator};

use crate::shutdown::Shutdown;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where it listens: LINE's API and the control API.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// What there is from the start: a file with the answer of GET /simulator/state, of this or
    /// another simulator.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
}

#[allow(clippy::print_stdout, reason = "the command's output")]
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut shutdown = Shutdown::new()?;
    let seed = arguments.seed.map(|file| {
        fs::read_to_string(&file)
            .with_context(|| format!("cannot read the seed {}", file.display()))
    });
    let simulator = Simulator::start(Settings {
        listen: arguments.listen,
        seed: seed.transpose()?,
        ..Settings::default()
    })
    .await?;
    println!("simulator listening on {}", simulator.url());
    shutdown.requested().await;
    simulator.stop().await;
    Ok(())
}
