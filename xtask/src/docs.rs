//! `cargo xtask docs`: the book of the folder `docs`, with search, and the crates' own documentation.

use std::process::Command;

use crate::command;
use crate::guest;
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

/// Documents the crates, also what is private to them. A link that leads nowhere is a failure.
pub(crate) fn crates(workspace: &Workspace) -> anyhow::Result<()> {
    // With the whole workspace's features, as all else is built.
    let options = ["--workspace", "--no-deps", "--document-private-items"];
    let mut doc = workspace.cargo(&["doc", "--locked"]);
    doc.args(options).args(guest::excluded(workspace)?);
    command::run(doc.env("RUSTDOCFLAGS", "-Dwarnings"))
}
