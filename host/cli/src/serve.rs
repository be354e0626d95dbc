//! `botbox serve`.

use std::path::PathBuf;

use botbox_server::{Config, Server};

use crate::shutdown;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = "botbox.toml")]
    config: PathBuf,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let server = Server::start(Config::load(&arguments.config)?).await?;
    announce(&server);
    shutdown::requested().await?;
    tracing::info!("stopping: events in flight finish first");
    server.stop().await;
    Ok(())
}

/// On stdout, for scripts that let the system choose the port.
#[allow(clippy::print_stdout, reason = "the command's output")]
fn announce(server: &Server) {
    println!("listening on http://{}", server.address());
    if let Some(address) = server.admin_address() {
        println!("admin on http://{address}");
    }
}
