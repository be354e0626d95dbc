//! What botbox costs: the sandbox alone, and echo beside a plain native bot in the same run.
//!
//! `cargo xtask bench` builds what is measured and runs it; `sandbox` or `echo` as its argument
//! runs that part alone. The figures are for people: nothing fails for being slow.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the figures are for the terminal"
)]

mod bot;
mod figures;
mod line;
mod load;
mod plain;
mod sandbox;
mod throughput;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;

/// The argument that makes this program the plain native bot.
const PLAIN_BOT: &str = "plain-bot";

/// How long to wait for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    // Cargo adds `--bench`.
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| it != "--bench")
        .collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        [] => {
            sandbox::run().await?;
            throughput::run().await
        }
        ["sandbox"] => sandbox::run().await,
        ["echo"] => throughput::run().await,
        [PLAIN_BOT, line] => plain::serve(line).await,
        _ => bail!(
            "there is no part `{}`; the parts are `sandbox` and `echo`",
            args.join(" ")
        ),
    }
}
