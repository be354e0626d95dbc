//! Python, 3.11 or newer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::language::{Language, Tools};
use crate::command;
use crate::workspace::Workspace;

const SDK: &str = "sdk-guest/python";

/// The oldest Python that the SDK is written for.
const PYTHON: (u32, u32) = (3, 11);

/// What builds and tests the SDK, and what an example uses.
const REQUIREMENTS: [&str; 2] = ["requirements.txt", "examples/reminder/requirements.txt"];

/// All bots of the tests are in one component, which is large.
const BOTS: (&str, &str) = ("bots-python", "tests/probe/bot.py");

pub(super) const LANGUAGE: Language = Language {
    name: "python",
    sdk: SDK,
    made: &["__pycache__"],
    tools,
    build,
};

fn tools() -> Tools {
    let (major, minor) = PYTHON;
    let check =
        format!("import ensurepip, sys, venv; sys.exit(sys.version_info < ({major}, {minor}))");
    let checked = command::output(Command::new("python3").args(["-c", &check]));
    match checked {
        Ok(_) => Tools::There,
        Err(_) => Tools::Missing(format!(
            "there is no Python {major}.{minor} with venv; install it"
        )),
    }
}

fn build(workspace: &Workspace) -> anyhow::Result<()> {
    let sdk = workspace.root().join(SDK);
    let python = Python::installed(workspace, &sdk)?;
    command::run(
        python
            .command(&sdk)
            .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"]),
    )?;
    let (name, entry) = BOTS;
    let mut build = python.command(&sdk);
    build
        .args([
            "-m",
            "botbox.build",
            entry,
            "--packages",
            "examples",
            "--packages",
        ])
        .arg(&python.packages)
        .arg("--output")
        .arg(workspace.target(&format!("plugins/{name}.wasm")));
    command::run(&mut build)
}

/// An environment below the target folder.
struct Python {
    program: PathBuf,
    /// What goes into components: packages of PyPI, without those that only build and test.
    packages: PathBuf,
}

impl Python {
    fn installed(workspace: &Workspace, sdk: &Path) -> anyhow::Result<Self> {
        let folder = workspace.target("python");
        let (environment, packages) = (folder.join("venv"), folder.join("packages"));
        let python = Self {
            program: environment.join("bin/python"),
            packages,
        };
        let stamp = folder.join("requirements.txt");
        let wanted = requirements(sdk)?;
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(python);
        }
        for old in [&environment, &python.packages] {
            if old.exists() {
                fs::remove_dir_all(old)
                    .with_context(|| format!("cannot remove {}", old.display()))?;
            }
        }
        command::run(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(&environment),
        )?;
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ];
        let [all, example] = REQUIREMENTS;
        command::run(python.command(sdk).args(pip).args(["--requirement", all]))?;
        let mut target = python.command(sdk);
        target.args(pip).args([
            "--no-deps",
            "--no-compile",
            "--requirement",
            example,
            "--target",
        ]);
        command::run(target.arg(&python.packages))?;
        fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
        Ok(python)
    }

    fn command(&self, sdk: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(sdk)
            .env("PYTHONPATH", "src")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}

/// The texts of the files that say which versions are wanted.
fn requirements(sdk: &Path) -> anyhow::Result<String> {
    let read = |name: &&str| {
        let file = sdk.join(name);
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    };
    REQUIREMENTS.iter().map(read).collect()
}
