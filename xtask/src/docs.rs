//! `cargo xtask docs`: the book of the folder `docs`, with search, and the crates' own documentation.

use std::process::Command;

use crate::command;
use crate::tools;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    // Without its server and its watching of files.
    let options = ["--no-default-features", "--features=search"];
    let book = tools::installed(workspace, "mdbook", &options)?;
    command::run(
        Command::new(book)
            .arg("build")
            .arg(workspace.root().join("docs")),
    )?;
    crates(workspace)?;
    println!(
        "the book: {}\nthe crates: {}",
        workspace.target("docs/book/index.html").display(),
        workspace.target("doc/botbox_server/index.html").display()
    );
    Ok(())
}

/// Documents the host's crates and the SDK. A link that leads nowhere is a failure.
pub(crate) fn crates(workspace: &Workspace) -> anyhow::Result<()> {
    let mut doc = workspace.cargo(&["doc", "--locked", "--no-deps", "--document-private-items"]);
    for name in [
        "clock",
        "line",
        "store",
        "runtime",
        "server",
        "simulator",
        "sdk",
    ] {
        doc.arg("--package").arg(format!("botbox-{name}"));
    }
    command::run(doc.env("RUSTDOCFLAGS", "-Dwarnings"))
}
