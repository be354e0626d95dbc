//! `cargo xtask demo`: bots on a real host, in a chat with the simulator's user.

mod chat;
mod config;
mod conversation;
mod prompt;
mod script;
mod service;
mod simulator;
mod stage;

use crate::command;
use crate::guest;
use crate::workspace::Workspace;

use self::stage::Stage;

/// Plays the script, then chats until the end of input; `once` plays only.
pub(crate) fn run(workspace: &Workspace, once: bool) -> anyhow::Result<()> {
    build(workspace)?;
    let mut stage = Stage::set(workspace, &script::BOTS)?;
    println!();
    if let Err(error) = script::play(&mut stage) {
        stage.show_logs();
        return Err(error);
    }
    if !once {
        prompt::run(stage)?;
    }
    Ok(())
}

/// Chats with one of the examples until the end of input.
pub(crate) fn chat(workspace: &Workspace, plugin: &str) -> anyhow::Result<()> {
    build(workspace)?;
    prompt::run(Stage::set(workspace, &[plugin])?)
}

fn build(workspace: &Workspace) -> anyhow::Result<()> {
    guest::build_examples(workspace)?;
    // With the whole workspace's features, as the tests build it: else each would compile the
    // dependencies for itself.
    let build = &["build", "--workspace", "--bin=botbox", "--locked"];
    command::run(&mut workspace.cargo(build))
}
