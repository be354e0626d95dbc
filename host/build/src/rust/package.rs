//! Crates that are bots, as cargo sees them.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::target::Target;
use crate::command;
use crate::component::encode;
use crate::language::BuildError;

/// Where everything that is made of bots is, in cargo's target folder: it may be made by another compiler
/// than the rest, and does not wait for the builds of the rest.
const FOLDER: &str = "guest";

/// A crate that makes a component.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Where its `Cargo.toml` is.
    pub folder: PathBuf,
    /// Cargo's full name of it: the short one may also be a dependency's.
    pub(super) id: String,
    /// The name of the library, and of the file that the compiler makes.
    library: String,
    /// What it is compiled to: `target` in `[package.metadata.botbox]`, or else the one without WASI.
    pub(super) target: Target,
    target_folder: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Described>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Described {
    name: String,
    id: String,
    manifest_path: PathBuf,
    targets: Vec<Made>,
    dependencies: Vec<Dependency>,
    #[serde(default)]
    metadata: Option<BTreeMap<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct Dependency {
    kind: Option<String>,
    /// Of one that is on this machine.
    path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Made {
    name: String,
    crate_types: Vec<String>,
}

impl Package {
    /// The bot in a folder.
    ///
    /// # Errors
    ///
    /// When there is none, with what its `Cargo.toml` lacks.
    pub fn find(folder: &Path) -> Result<Self, BuildError> {
        let manifest = folder.join("Cargo.toml");
        let refused = |problem: &str| BuildError::Project {
            file: manifest.clone(),
            problem: problem.to_owned(),
        };
        let folder = fs::canonicalize(folder).map_err(BuildError::disk("read", folder))?;
        let metadata = metadata(&folder, &["--no-deps"])?;
        let mut packages = metadata.packages.iter();
        let found = packages
            .find(|package| package.manifest_path.parent() == Some(&folder))
            .ok_or_else(|| refused("it is no package; name the folder of the bot"))?;
        Self::of(found, &metadata.target_directory)?.ok_or_else(|| {
            refused("it makes no plugin; add `crate-type = [\"cdylib\"]` to its [lib]")
        })
    }

    /// All bots of the workspace that a folder is in.
    ///
    /// # Errors
    ///
    /// When there is no workspace.
    pub fn all(folder: &Path) -> Result<Vec<Self>, BuildError> {
        let metadata = metadata(folder, &["--no-deps", "--locked"])?;
        let packages = metadata.packages.iter();
        packages
            .filter_map(|package| Self::of(package, &metadata.target_directory).transpose())
            .collect()
    }

    fn of(package: &Described, target_folder: &Path) -> Result<Option<Self>, BuildError> {
        let mut made = package.targets.iter();
        let Some(library) = made.find(|made| made.crate_types.iter().any(|it| it == "cdylib"))
        else {
            return Ok(None);
        };
        let own = package.metadata.as_ref().and_then(|it| it.get("botbox"));
        let target = match own.and_then(|own| own["target"].as_str()) {
            None => Target::Unknown,
            Some(name) => Target::of(name).ok_or_else(|| BuildError::Project {
                file: package.manifest_path.clone(),
                problem: format!(
                    "bots can't be compiled to `{name}`; set `target` in [package.metadata.botbox] to \
                     `{}` or `{}`",
                    Target::Unknown,
                    Target::Wasip2
                ),
            })?,
        };
        Ok(Some(Self {
            name: package.name.clone(),
            folder: package.manifest_path.with_file_name(""),
            id: package.id.clone(),
            library: library.name.clone(),
            target,
            target_folder: target_folder.to_owned(),
        }))
    }

    pub(super) fn target_folder(&self) -> &Path {
        &self.target_folder
    }

    /// A path in the folder of what is made of bots.
    pub(super) fn made(&self, below: &str) -> PathBuf {
        self.target_folder.join(FOLDER).join(below)
    }

    /// The component of what the compiler has made.
    ///
    /// # Errors
    ///
    /// When it has made none.
    pub fn component(&self) -> Result<Vec<u8>, BuildError> {
        let triple = self.target.triple();
        let file = self.made(&format!("{triple}/{FOLDER}/{}.wasm", self.library));
        let compiled = fs::read(&file).map_err(BuildError::disk("read", &file))?;
        Ok(match self.target {
            Target::Unknown => encode(&compiled)?,
            Target::Wasip2 => compiled,
        })
    }
}

/// The sources of the bot in a folder, and of those of its dependencies that are on this machine.
pub(super) fn sources(folder: &Path) -> Result<Vec<PathBuf>, BuildError> {
    let folder = fs::canonicalize(folder).map_err(BuildError::disk("read", folder))?;
    let mut folders = vec![folder];
    let mut next = 0;
    while let Some(folder) = folders.get(next).cloned() {
        // Package by package: to look up all dependencies, cargo may want to download some.
        let metadata = metadata(&folder, &["--no-deps"])?;
        let mut packages = metadata.packages.into_iter();
        let own = packages.find(|package| package.manifest_path.parent() == Some(&folder));
        let dependencies = own.map_or_else(Vec::new, |package| package.dependencies);
        for dependency in dependencies {
            let is_for_tests = dependency.kind.as_deref() == Some("dev");
            let path = dependency.path.filter(|path| !folders.contains(path));
            folders.extend(path.filter(|_| !is_for_tests));
        }
        next += 1;
    }
    let files = ["Cargo.toml", "src", "build.rs"];
    let files = folders
        .iter()
        .flat_map(|folder| files.map(|file| folder.join(file)));
    Ok(files.filter(|file| file.exists()).collect())
}

fn metadata(folder: &Path, options: &[&str]) -> Result<Metadata, BuildError> {
    let mut cargo = cargo(folder, &["metadata", "--format-version=1"]);
    let text = command::output(cargo.args(options))?;
    serde_json::from_str(&text).map_err(|error| BuildError::Project {
        file: folder.join("Cargo.toml"),
        problem: format!("`cargo metadata` tells something that is not understood: {error}"),
    })
}

/// Calls cargo in a folder.
pub(super) fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(arguments).current_dir(folder);
    // When a cargo has started this process, it tells by these which package it is of. Build scripts that watch them
    // would run again.
    for (name, _) in env::vars_os() {
        let is_own = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if is_own {
            cargo.env_remove(name);
        }
    }
    cargo
}
