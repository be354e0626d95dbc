//! C and C++: compiled by clang, which PyPI has as a part of zig.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use botbox_build::{Bot, Options, Progress};

use super::language::{Language, Tools};
use crate::command;
use crate::workspace::Workspace;

const SDK: &str = "sdk-guest/c";

/// The plugins, and the folders of their sources.
const BOTS: [(&str, &str); 3] = [
    ("echo-c", "examples/echo"),
    ("greeter-c", "examples/greeter"),
    ("probe-c", "tests/probe"),
];

/// Folders with tests for this machine.
const TESTED: [&str; 3] = ["examples/echo", "examples/greeter", "tests/sdk"];

pub(super) const LANGUAGE: Language = Language {
    name: "c",
    sdk: SDK,
    made: &["build"],
    tools,
    build,
};

fn tools() -> Tools {
    let needs = [
        ("make", "--version", "make"),
        ("cc", "--version", "a C compiler, for the unit tests"),
        ("c++", "--version", "a C++ compiler, for the unit tests"),
    ];
    for (program, argument, what) in needs {
        if command::output(Command::new(program).arg(argument)).is_err() {
            return Tools::Missing(format!("there is no {what}; install it"));
        }
    }
    match command::output(Command::new("python3").args(["-m", "pip", "--version"])) {
        Ok(_) => Tools::There,
        Err(_) => Tools::Missing(String::from(
            "there is no Python with pip, which installs the compiler; install it",
        )),
    }
}

fn build(workspace: &Workspace) -> anyhow::Result<()> {
    let sdk = workspace.root().join(SDK);
    for folder in TESTED {
        let mut make = Command::new("make");
        command::run(
            make.args(["--silent", "test"])
                .current_dir(sdk.join(folder)),
        )?;
    }
    for (name, folder) in BOTS {
        component(
            &sdk.join(folder),
            &workspace.target(&format!("plugins/{name}.wasm")),
        )?;
    }
    Ok(())
}

/// Makes a component of a bot as `botbox build` does.
fn component(folder: &Path, file: &Path) -> anyhow::Result<()> {
    let say = |line: &str| eprintln!("  {line}");
    let built = Bot::open(folder)?.build(&Options::default(), Progress::new(&say))?;
    fs::copy(&built.file, file).with_context(|| format!("cannot write {}", file.display()))?;
    eprintln!("  {} ({} kB)", file.display(), built.size.div_ceil(1000));
    Ok(())
}
