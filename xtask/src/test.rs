//! `cargo xtask test`: what CI runs, the cheapest checks first.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::command;
use crate::docs;
use crate::guest;
use crate::languages;
use crate::web;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let mut steps = Steps::default();
    let cargo = |args: &[&str]| command::run(&mut workspace.cargo(args));
    steps.run("format", || cargo(&["fmt", "--all", "--check"]))?;
    steps.run("guests", || guest::build_all(workspace))?;
    steps.run("languages", || languages::build_all(workspace))?;
    steps.run("lints", || {
        cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-Dwarnings",
        ])
    })?;
    steps.run("documents", || docs::crates(workspace))?;
    steps.run("web", || web::run(workspace))?;
    // The tests, and the real binary, which the whole-system tests start. Both with the whole
    // workspace's features: a selection of packages has its own, and would compile the
    // dependencies again.
    let excluded = guest::excluded(workspace)?;
    let host = |args: &[&str]| {
        let mut cargo = workspace.cargo(args);
        command::run(cargo.args(["--workspace", "--locked"]).args(&excluded))
    };
    steps.run("build", || host(&["build", "--all-targets"]))?;
    steps.run("tests", || host(&["test"]))?;
    steps.run("conversations", || conversations(workspace))?;
    steps.summarise();
    Ok(())
}

/// Plays the conversations of the example bots, which it builds as their authors do.
fn conversations(workspace: &Workspace) -> anyhow::Result<()> {
    let examples = guest::examples(workspace)?;
    let mut test = Command::new(workspace.target("debug/botbox"));
    test.arg("test").args(examples);
    // What was compiled for the tests' guests serves here, too, and what the members' service shares.
    test.env("CARGO_TARGET_DIR", workspace.target(""))
        .env("LINK_SECRET", "of the tests, 32 characters or more");
    command::run(&mut test)
}

#[derive(Default)]
struct Steps {
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    fn run(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        eprintln!("== {name}");
        let start = Instant::now();
        step()?;
        let took = start.elapsed();
        eprintln!("== {name}: {:.1} s", took.as_secs_f64());
        self.done.push((name, took));
        Ok(())
    }

    fn summarise(&self) {
        let total: Duration = self.done.iter().map(|(_, took)| *took).sum();
        println!("all checks passed");
        for (name, took) in self.done.iter().chain([&("total", total)]) {
            println!("  {name:<9}{:>7.1} s", took.as_secs_f64());
        }
    }
}
