//! `botbox serve`.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use botbox_clock::Clock;
use botbox_server::{Config, Server};
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::shutdown::{Shutdown, Wish};
use crate::telemetry;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = "botbox.toml")]
    config: PathBuf,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    raise_descriptor_limit();
    let config = Config::load(&arguments.config)?;
    telemetry::start(&config.telemetry)?;
    // Before the first webhook is taken: what is taken is finished.
    let mut shutdown = Shutdown::new()?;
    let server = tokio::select! {
        server = Server::start(config, own_program()?, Clock::system()) => server?,
        () = shutdown.requested() => return Ok(()),
    };
    announce(&server);
    while let Wish::Reload = shutdown.next().await {
        reload(&server).await;
    }
    tracing::info!(
        running = server.running(),
        "stopping when these events are handled, or after 25 s, and taking webhooks until then; a \
         second signal stops at once"
    );
    let cut_off = tokio::select! {
        cut_off = server.stop() => cut_off,
        () = shutdown.requested() => {
            bail!("stopped at once; the events that ran are run again at the next start")
        }
    };
    telemetry::flush().await;
    ensure!(
        cut_off == 0,
        "stopped with {cut_off} events that did not finish in 25 s; they are run again at the \
         next start"
    );
    Ok(())
}

/// Applies the configuration file, and tells what has changed.
async fn reload(server: &Server) {
    match server.reload().await {
        Ok(changes) if changes.is_empty() => {
            tracing::info!("nothing has changed of the channels in the configuration file");
        }
        Ok(changes) => {
            for change in changes {
                tracing::info!("{change}");
            }
        }
        Err(error) => {
            let why = format!("{:#}", anyhow::Error::from(error));
            tracing::error!(
                why,
                "the configuration file is not applied: all stays as it was"
            );
        }
    }
}

/// This very program, though another one may have taken its place meanwhile.
pub(crate) fn own_program() -> anyhow::Result<PathBuf> {
    let link = PathBuf::from("/proc/self/exe");
    if link.exists() {
        return Ok(link);
    }
    env::current_exe().context("cannot find the program, which compiles plugins")
}

/// Webhooks, and every event's calls to LINE, take descriptors; the usual limit of 1,024 is there
/// for programs that use `select`.
fn raise_descriptor_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
}

/// On stdout, for scripts that let the system choose the port.
#[allow(clippy::print_stdout, reason = "the command's output")]
fn announce(server: &Server) {
    println!("listening on http://{}", server.address());
    if let Some(address) = server.admin_address() {
        println!("admin on http://{address}");
    }
}
