//! `cargo xtask web`: the simulator's browser chat: its unit tests, its types, and what its tests in
//! a browser need.
//!
//! The page itself is built by nothing. Node, TypeScript and axe are for those who change it; npm
//! puts them below `target`.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use crate::command;
use crate::workspace::Workspace;

/// What checks the page: each at one version, so that checks are reproducible.
const TOOLS: [&str; 5] = [
    "axe-core@4.14.1",
    "typescript@7.0.2",
    // Their types; the page has the modules.
    "@preact/signals@2.11.4",
    "htm@3.1.1",
    "preact@11.2.0",
];

/// Debian's packages of a browser, and of fonts for what people write.
const PACKAGES: [&str; 5] = [
    "chromium",
    "chromium-driver",
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
    "fonts-noto-core",
];

pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    install_browser()?;
    let tools = install_tools(workspace)?;
    let page = workspace.root().join("host/simulator/web");
    let mut tests = Command::new("npm");
    command::run(tests.arg("test").current_dir(&page))?;
    let mut types = Command::new(Path::new(&tools).join("node_modules/.bin/tsc"));
    command::run(
        types
            .args(["--project", "jsconfig.json"])
            .current_dir(&page),
    )
}

fn install_browser() -> anyhow::Result<()> {
    let there = |path: &str| Path::new(path).exists();
    if there("/usr/bin/chromium") && there("/usr/bin/chromedriver") {
        return Ok(());
    }
    // Packages whose versions the machine remembers may be gone. If this fails, the installation tells.
    let _ = Command::new("apt-get").arg("update").status();
    let mut apt = Command::new("apt-get");
    let install = apt.args(["install", "--yes", "--no-install-recommends"]);
    command::run(install.args(PACKAGES)).with_context(|| {
        format!(
            "there is no Chromium; as root, run `apt-get install {}`",
            PACKAGES.join(" ")
        )
    })
}

/// The folder that npm fills.
fn install_tools(workspace: &Workspace) -> anyhow::Result<String> {
    let folder = workspace.target("web-tools");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    let folder = folder.display().to_string();
    let mut npm = Command::new("npm");
    let install = npm.args([
        "install",
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--prefix",
    ]);
    command::run(install.arg(&folder).args(TOOLS))?;
    Ok(folder)
}
