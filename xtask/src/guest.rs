//! Guests: the crates that become components, for the examples and the tests.

use std::path::PathBuf;

use botbox_build::bot::write_if_changed;
use botbox_build::rust::compile::compile;
use botbox_build::rust::package::Package;
use botbox_build::{Options, Progress};

use crate::workspace::Workspace;

/// Every workspace member below this folder is an example.
const EXAMPLES: &str = "plugins";
/// Every workspace member below this folder is a guest of the tests.
const TEST_GUESTS: &str = "tests/guests";

/// Builds the examples into `target/plugins`.
pub(crate) fn build_examples(workspace: &Workspace) -> anyhow::Result<()> {
    build(workspace, &[EXAMPLES])
}

/// The folders of the examples.
pub(crate) fn examples(workspace: &Workspace) -> anyhow::Result<Vec<PathBuf>> {
    let examples = discover(workspace, &[EXAMPLES])?;
    Ok(examples.into_iter().map(|it| it.folder).collect())
}

/// Builds all guests into `target/plugins`.
pub(crate) fn build_all(workspace: &Workspace) -> anyhow::Result<()> {
    build(workspace, &[EXAMPLES, TEST_GUESTS])
}

/// Arguments by which cargo leaves the tests' guests out: they are of use on WebAssembly only.
pub(crate) fn excluded(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let guests = discover(workspace, &[TEST_GUESTS])?;
    Ok(guests
        .iter()
        .map(|guest| format!("--exclude={}", guest.name))
        .collect())
}

fn build(workspace: &Workspace, folders: &[&str]) -> anyhow::Result<()> {
    let guests = discover(workspace, folders)?;
    let options = Options {
        is_locked: true,
        ..Options::default()
    };
    let progress = |line: &str| eprintln!("{line}");
    compile(
        &guests.iter().collect::<Vec<_>>(),
        &options,
        Progress::new(&progress),
    )?;
    for guest in &guests {
        let file = workspace.target(&format!("plugins/{}.wasm", guest.name));
        let component = guest.component()?;
        if write_if_changed(&file, &component)? {
            eprintln!(
                "  {} ({} kB)",
                file.display(),
                component.len().div_ceil(1000)
            );
        }
    }
    Ok(())
}

fn discover(workspace: &Workspace, folders: &[&str]) -> anyhow::Result<Vec<Package>> {
    let mut guests = Package::all(workspace.root())?;
    guests.retain(|guest| {
        let mut folders = folders.iter().map(|folder| workspace.root().join(folder));
        folders.any(|folder| guest.folder.starts_with(folder))
    });
    Ok(guests)
}
