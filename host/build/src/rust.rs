//! Bots in Rust: crates that make a `cdylib`.

pub mod compile;
mod debian;
pub mod package;
mod project;
pub mod target;
pub mod toolchain;

use std::path::{Path, PathBuf};

use crate::language::{BuildError, Language, Options, Output, Sdk};
use crate::progress::Progress;
use crate::template::Template;

use compile::compile;
use package::Package;

/// Rust.
#[derive(Clone, Copy, Debug)]
pub struct Rust;

impl Language for Rust {
    fn name(&self) -> &'static str {
        "rust"
    }

    fn owns(&self, folder: &Path) -> bool {
        folder.join("Cargo.toml").is_file()
    }

    fn build(
        &self,
        folder: &Path,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Output, BuildError> {
        let package = Package::find(folder)?;
        compile(&[&package], options, progress)?;
        Ok(Output {
            file: package.made(&format!("{}.wasm", package.name)),
            component: package.component()?,
            name: package.name,
        })
    }

    fn sources(&self, folder: &Path) -> Result<Vec<PathBuf>, BuildError> {
        package::sources(folder)
    }

    fn templates(&self) -> &'static [Template] {
        project::TEMPLATES
    }

    fn project(&self, name: &str, template: &Template, sdk: &Sdk) -> Vec<(&'static str, String)> {
        project::files(name, template, sdk)
    }

    fn test_command(&self) -> &'static str {
        "cargo test"
    }

    fn sdk_folder(&self) -> &'static str {
        "sdk-guest/rust"
    }
}
