//! What botbox costs: the sandbox alone, echo beside a plain native bot, the journal beside the bare disk, and
//! many channels and waiting events beside few and none, each pair in the same run.
//!
//! `cargo xtask bench` builds what is measured and runs it; `sandbox`, `echo`, `journal`, `scale` or `languages` as
//! its argument runs that part alone. The figures are for people: nothing fails for being slow.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the figures are for the terminal"
)]

mod admin;
mod bot;
mod client;
mod counters;
mod disk;
mod echo;
mod figures;
mod journal;
mod languages;
mod line;
mod load;
mod plain;
mod plots;
mod process;
mod sandbox;
mod sandboxes;
mod scale;
mod stage;
mod targets;
mod webhook;

use std::process::ExitCode;

use anyhow::bail;

use crate::stage::PLAIN_BOT;

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
    let targets = match args.as_slice() {
        [] => {
            let mut targets = vec![sandbox::run().await?];
            targets.append(&mut echo::run().await?);
            journal::run().await?;
            targets.append(&mut scale::run().await?);
            targets
        }
        ["sandbox"] => vec![sandbox::run().await?],
        ["echo"] => echo::run().await?,
        ["journal"] => return journal::run().await,
        ["scale"] => scale::run().await?,
        ["languages"] => languages::run().await?,
        [PLAIN_BOT, line] => return plain::serve(line).await,
        _ => bail!(
            "there is no part `{}`; the parts are `sandbox`, `echo`, `journal`, `scale` and `languages`",
            args.join(" ")
        ),
    };
    let file = botbox_tests::target_folder().join("bench.json");
    targets::report(&targets, &file)
}
