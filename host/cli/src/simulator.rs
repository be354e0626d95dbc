//! `botbox simulator`.

use std::net::SocketAddr;

use botbox_simulator::{Settings, Simulator};

use crate::shutdown::Shutdown;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where it listens: LINE's API and the control API.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
}

#[allow(clippy::print_stdout, reason = "the command's output")]
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut shutdown = Shutdown::new()?;
    let simulator = Simulator::start(Settings {
        listen: arguments.listen,
        ..Settings::default()
    })
    .await?;
    println!("simulator listening on {}", simulator.url());
    shutdown.requested().await;
    simulator.stop().await;
    Ok(())
}
