//! Holds the shape of the code, and what the documents say of it. The host's crates depend downwards
//! only, and the files of a crate, a test or a benchmark form no circles, so that each can be understood
//! with those below it alone.
//!
//! What a file depends on is read off its `use` lines, by text: a parser would be slower to build than
//! all this is to read. Tests within a file may use what they like.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what does not go as it should fails the test"
)]

mod circles;
mod documents;
mod imports;
mod links;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::imports::Module;
use crate::tree::{visit, workspace};

/// What each crate may depend on: those below it.
const BELOW: &[(&str, &[&str])] = &[
    ("build", &[]),
    ("clock", &[]),
    ("store", &["clock"]),
    ("line", &["clock"]),
    ("runtime", &["clock", "line", "store"]),
    ("simulator", &["clock", "line", "script"]),
    ("server", &["clock", "line", "runtime", "store"]),
    ("script", &[]),
    (
        "conversation",
        &["build", "clock", "line", "script", "server", "simulator"],
    ),
    (
        "cli",
        &[
            "build",
            "clock",
            "conversation",
            "line",
            "runtime",
            "server",
            "simulator",
            "store",
        ],
    ),
];

#[test]
fn crates_depend_downwards_only() {
    for (name, below) in BELOW {
        let manifest = workspace().join("host").join(name).join("Cargo.toml");
        let manifest = fs::read_to_string(manifest).unwrap();
        // What tests need does not count.
        let (dependencies, _) = manifest
            .split_once("[dev-dependencies]")
            .unwrap_or((&manifest, ""));
        for (other, _) in BELOW {
            let depends = dependencies
                .lines()
                .any(|line| line.starts_with(&format!("botbox-{other}")));
            assert!(
                !depends || below.contains(other),
                "host/{name} must not depend on host/{other}"
            );
        }
    }
}

#[test]
fn files_form_no_circles() {
    let mut found = Vec::new();
    for source in sources() {
        let files = files(&workspace().join(&source));
        let known: BTreeSet<_> = files.keys().cloned().collect();
        let uses: BTreeMap<_, _> = files
            .iter()
            .map(|(module, text)| (module.clone(), imports::of(module, text, &known)))
            .collect();
        for circle in circles::of(&uses) {
            let names: Vec<_> = circle.iter().map(name).collect();
            found.push(format!("{}: {}", source.display(), names.join(", ")));
        }
    }
    assert!(
        found.is_empty(),
        "files that use one another, directly or by way of others:\n{}",
        found.join("\n")
    );
}

/// Who asks the machine for the time of day cannot be moved with the others.
#[test]
fn one_clock_tells_the_time() {
    let mut found = Vec::new();
    for folder in crates().iter().filter(|it| !it.ends_with("clock")) {
        for (module, text) in files(&folder.join("src")) {
            if text.contains("SystemTime::now") || text.contains("Timestamp::now") {
                found.push(format!("{}: {}", folder.display(), name(&module)));
            }
        }
    }
    assert!(
        found.is_empty(),
        "files that do not ask a `Clock` for the time:\n{}",
        found.join("\n")
    );
}

/// The crates of the host.
fn crates() -> Vec<PathBuf> {
    let host = workspace().join("host");
    BELOW.iter().map(|(name, _)| host.join(name)).collect()
}

/// The folders that hold the files of a crate, a test or a benchmark each.
fn sources() -> BTreeSet<PathBuf> {
    let mut sources = BTreeSet::new();
    visit(&mut |path| {
        if path.ends_with("lib.rs") || path.ends_with("main.rs") {
            sources.extend(path.parent().map(Path::to_owned));
        }
    });
    sources
}

/// The files below a folder, as the modules that they are.
fn files(source: &Path) -> BTreeMap<Module, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![source.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let module = module(path.strip_prefix(source).unwrap());
                files.insert(module, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// `a/b.rs` and `a/b/mod.rs` are `a::b`; `lib.rs` and `main.rs` are the crate itself.
fn module(path: &Path) -> Module {
    let path = path.with_extension("");
    let parts = path.iter().map(|part| part.to_str().unwrap().to_owned());
    let mut module: Module = parts.collect();
    if let Some("lib" | "main" | "mod") = module.last().map(String::as_str) {
        module.pop();
    }
    module
}

fn name(module: &Module) -> String {
    match module.as_slice() {
        [] => String::from("the crate's root"),
        parts => parts.join("::"),
    }
}
