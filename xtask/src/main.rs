//! The project's tasks, as `cargo xtask TASK`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task runner talks to the terminal"
)]

mod bench;
mod bindings;
mod command;
mod demo;
mod docs;
mod fuzz;
mod guest;
mod languages;
mod stress;
mod test;
mod tools;
mod web;
mod workspace;

use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::workspace::Workspace;

const USAGE: &str = "\
usage: cargo xtask TASK

  demo [--once]  play a conversation with two bots, then chat with them (--once: only play it)
  demo PLUGIN    chat with one of the example plugins
  test           everything that CI checks: format, guests, lints, build, tests
  bench [PART]   compare with a plain native bot, the bare disk, and many channels with few; the parts
                 are sandbox, echo, journal and scale, and languages, which runs when it is named
  tenants [COUNT] start a host of 10,000 channels or as many as told, and measure what they cost
  capacity       switch deployments and compile plugins under load, and print what that costs
  crash [ROUNDS] kill a host under load, 50 times or as often as told, and count what becomes of
                 the events
  backlog [EVENTS]
                 start a host with a million waiting events, or as many as told, and look at its
                 memory
  attack [BINARY]
                 attack a host as a hostile tenant does, and show what its neighbour feels; with
                 another binary before, to compare with
  isolation      play the corpus of hostile components, and write what each got to docs/isolation.md
  upgrade BINARY have this checkout's binary go on with the data folder of an older one
  fuzz [SECONDS [TARGET]]
                 fuzz what comes from outside, each target for a minute or as long as told
  docs           make the documentation: the book in docs/, and the crates' own
  web            check the simulator's browser chat, and install what its tests in a browser need
  bindings       make the bindings in the SDKs again, after wit/ has changed
  plugins        build the example plugins and test guests into target/plugins";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> anyhow::Result<()> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let workspace = Workspace::find()?;
    match args.as_slice() {
        [] | ["help" | "--help" | "-h"] => println!("{USAGE}"),
        ["demo"] => demo::run(&workspace, false)?,
        ["demo", "--once"] => demo::run(&workspace, true)?,
        ["demo", plugin] => demo::chat(&workspace, plugin)?,
        ["test"] => test::run(&workspace)?,
        ["bench", rest @ ..] => bench::run(&workspace, rest)?,
        ["tenants"] => stress::tenants(&workspace, stress::CHANNELS)?,
        ["tenants", channels] => stress::tenants(&workspace, number(channels)?)?,
        ["capacity"] => stress::capacity(&workspace)?,
        ["crash"] => stress::crash(&workspace, stress::ROUNDS)?,
        ["crash", rounds] => stress::crash(&workspace, number(rounds)?)?,
        ["backlog"] => stress::backlog(&workspace, stress::EVENTS)?,
        ["backlog", events] => stress::backlog(&workspace, number(events)?)?,
        ["attack"] => stress::attack(&workspace, None)?,
        ["attack", binary] => stress::attack(&workspace, Some(binary))?,
        ["isolation"] => stress::isolation(&workspace)?,
        ["upgrade", binary] => stress::upgrade(&workspace, binary)?,
        ["fuzz"] => fuzz::run(&workspace, fuzz::SECONDS, None)?,
        ["fuzz", seconds] => fuzz::run(&workspace, number(seconds)?, None)?,
        ["fuzz", seconds, target] => fuzz::run(&workspace, number(seconds)?, Some(target))?,
        ["docs"] => docs::run(&workspace)?,
        ["web"] => web::run(&workspace)?,
        ["bindings"] => bindings::write(&workspace)?,
        ["plugins"] => {
            guest::build_all(&workspace)?;
            languages::build_all(&workspace)?;
        }
        _ => bail!("there is no task `{}`\n{USAGE}", args.join(" ")),
    }
    Ok(())
}

fn number(argument: &str) -> anyhow::Result<u32> {
    let number = argument.parse();
    number.with_context(|| format!("`{argument}` is no number"))
}
