//! `botbox simulator`.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use botbox_simulator::{Authority, Https, Settings, Simulator};

use crate::kept_state::{KeepArguments, write_private};
use crate::shutdown::Shutdown;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where it listens: LINE's API and the control API.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Gives LINE's data server (api-data.line.me) an address of its own: its operations are only there, as at
    /// LINE.
    #[arg(long, value_name = "ADDRESS")]
    data_listen: Option<SocketAddr>,
    /// Where all of it is by HTTPS as well, with a certificate of LINE's names and of this machine's.
    #[arg(long, value_name = "ADDRESS", requires = "certificates")]
    https: Option<SocketAddr>,
    /// The folder of the authority that vouches for that certificate; it is made when it is not there. Clients
    /// are to trust its ca.pem.
    #[arg(long, value_name = "FOLDER", requires = "https")]
    certificates: Option<PathBuf>,
    /// A name under which browsers may ask for it, beside localhost and addresses.
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// What there is from the start: a file with the answer of GET /simulator/state, of this or
    /// another simulator.
    #[arg(long, value_name = "FILE", conflicts_with = "keep")]
    seed: Option<PathBuf>,
    #[command(flatten)]
    keep: KeepArguments,
}

#[allow(clippy::print_stdout, reason = "the command's output")]
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut shutdown = Shutdown::new()?;
    let seed = match &arguments.seed {
        Some(file) => Some(
            fs::read_to_string(file)
                .with_context(|| format!("cannot read the seed {}", file.display()))?,
        ),
        None => arguments.keep.read()?,
    };
    let simulator = Simulator::start(Settings {
        listen: arguments.listen,
        data_listen: arguments.data_listen,
        https: https(&arguments)?,
        hosts: arguments.allow_host,
        seed,
        ..Settings::default()
    })
    .await?;
    println!("simulator listening on {}", simulator.url());
    if arguments.data_listen.is_some() {
        println!("LINE's data server on {}", simulator.data_url());
    }
    if let Some(url) = simulator.https_url() {
        println!("HTTPS on {url}");
    }
    shutdown.requested().await;
    let state = simulator.state();
    simulator.stop().await;
    arguments.keep.write(&state)
}

fn https(arguments: &Arguments) -> anyhow::Result<Option<Https>> {
    let (Some(listen), Some(folder)) = (arguments.https, &arguments.certificates) else {
        return Ok(None);
    };
    let authority = authority(folder);
    let authority =
        authority.with_context(|| format!("no certificates come of {}", folder.display()))?;
    Ok(Some(Https {
        listen,
        authority: Arc::new(authority),
    }))
}

/// The authority of a folder. One that is made anew is written there: who trusts it does so once.
fn authority(folder: &Path) -> anyhow::Result<Authority> {
    let (key, certificate) = (folder.join("ca-key.pem"), folder.join("ca.pem"));
    if key.exists() {
        let pem =
            fs::read_to_string(&key).with_context(|| format!("cannot read {}", key.display()))?;
        let authority = Authority::of_key(&pem)?;
        if !certificate.exists() {
            write(&certificate, &authority.certificate_pem())?;
        }
        return Ok(authority);
    }
    let authority = Authority::new()?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    write(&certificate, &authority.certificate_pem())?;
    // Last: with it, both are there.
    write_private(&key, &authority.key_pem())
        .with_context(|| format!("cannot write {}", key.display()))?;
    Ok(authority)
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}
