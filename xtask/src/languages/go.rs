//! Go: the machine's, or the one that PyPI has.

use std::fs;
use std::process::Command;

use anyhow::Context as _;
use botbox_build::{Options, Progress, component, go};

use super::language::{Language, Tools};
use crate::command;
use crate::workspace::Workspace;

const SDK: &str = "sdk-guest/go";

/// The plugins, and the packages of their sources.
const BOTS: [(&str, &str); 4] = [
    ("echo-go", "./examples/echo"),
    ("greeter-go", "./examples/greeter"),
    ("primes", "./examples/primes"),
    ("probe-go", "./tests/probe"),
];

pub(super) const LANGUAGE: Language = Language {
    name: "go",
    sdk: SDK,
    made: &[],
    tools,
    build,
};

fn tools() -> Tools {
    match go::program(Progress::new(&say)) {
        Ok(_) => Tools::There,
        Err(error) => Tools::Missing(format!("there is no Go: {error}")),
    }
}

fn build(workspace: &Workspace) -> anyhow::Result<()> {
    let sdk = workspace.root().join(SDK);
    let progress = Progress::new(&say);
    let mut test = Command::new(go::program(progress)?);
    command::run(test.args(["test", "./..."]).current_dir(&sdk))?;
    let options = Options {
        is_locked: true,
        ..Options::default()
    };
    for (name, package) in BOTS {
        let module = go::compile(&sdk, package, &options, progress)?;
        let component = component::encode_bare(&module)?;
        let file = workspace.target(&format!("plugins/{name}.wasm"));
        fs::write(&file, &component).with_context(|| format!("cannot write {}", file.display()))?;
        eprintln!(
            "  {} ({} kB)",
            file.display(),
            component.len().div_ceil(1000)
        );
    }
    Ok(())
}

fn say(line: &str) {
    eprintln!("  {line}");
}
