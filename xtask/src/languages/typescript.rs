//! TypeScript, with Node 20 or newer.

use std::path::Path;
use std::process::Command;

use super::language::{Language, Tools};
use crate::command;
use crate::workspace::Workspace;

const SDK: &str = "sdk-guest/typescript";

/// The oldest Node that the SDK's tests run with.
const NODE: u32 = 20;

/// The plugins, and the folders of their sources.
const BOTS: [(&str, &str); 4] = [
    ("echo-typescript", "examples/echo"),
    ("greeter-typescript", "examples/greeter"),
    ("storefront", "examples/storefront"),
    ("probe-typescript", "test/probe"),
];

pub(super) const LANGUAGE: Language = Language {
    name: "typescript",
    sdk: SDK,
    made: &["node_modules", "dist", "wit/types"],
    tools,
    build,
};

fn tools() -> Tools {
    let version = command::output(Command::new("node").arg("--version"));
    let major = version.as_deref().ok().and_then(|version| {
        let digits = version.trim().trim_start_matches('v').split('.').next()?;
        digits.parse::<u32>().ok()
    });
    match major {
        Some(major) if major >= NODE => Tools::There,
        Some(major) => Tools::Missing(format!("Node {major} is too old; install Node {NODE}")),
        None => Tools::Missing(format!("there is no Node; install Node {NODE}")),
    }
}

fn build(workspace: &Workspace) -> anyhow::Result<()> {
    let sdk = workspace.root().join(SDK);
    if !is_installed(&sdk) {
        npm(&sdk, &["ci"])?;
    }
    npm(&sdk, &["run", "--silent", "build"])?;
    npm(&sdk, &["test", "--silent"])?;
    for (name, folder) in BOTS {
        let output = workspace.target(&format!("plugins/{name}.wasm"));
        let mut node = Command::new("node");
        node.arg("dist/src/build/cli.js")
            .arg(format!("{folder}/index.ts"))
            .args(["--folder", folder, "--output"])
            .arg(output)
            .current_dir(&sdk);
        command::run(&mut node)?;
    }
    Ok(())
}

/// Whether npm has installed what the lock file says.
fn is_installed(sdk: &Path) -> bool {
    let written = |name: &str| sdk.join(name).metadata().and_then(|it| it.modified());
    match (
        written("node_modules/.package-lock.json"),
        written("package-lock.json"),
    ) {
        (Ok(installed), Ok(locked)) => installed >= locked,
        _ => false,
    }
}

fn npm(sdk: &Path, args: &[&str]) -> anyhow::Result<()> {
    command::run(Command::new("npm").args(args).current_dir(sdk))
}
