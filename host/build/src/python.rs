//! Bots in Python: folders with a `bot.py`, and an environment of their own that has the SDK.

mod project;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::language::{BuildError, Language, Options, Output, Sdk};
use crate::made::Made;
use crate::progress::Progress;
use crate::template::Template;

/// The module that has the bot.
const ENTRY: &str = "bot.py";
/// What goes into the component: packages of PyPI.
const REQUIREMENTS: &str = "requirements.txt";
/// What builds and tests the bot: the SDK, with what makes components.
const TOOLS: &str = "requirements-dev.txt";
/// The project's environment.
const ENVIRONMENT: &str = ".venv";
/// The packages that go into the component, in the environment.
const PACKAGES: &str = ".venv/component";
/// What was installed last: the files' texts.
const STAMP: &str = ".venv/installed.txt";

/// Python.
#[derive(Clone, Copy, Debug)]
pub struct Python;

impl Language for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn owns(&self, folder: &Path) -> bool {
        folder.join(ENTRY).is_file() || folder.join("pyproject.toml").is_file()
    }

    fn build(
        &self,
        folder: &Path,
        _: &Options,
        progress: Progress<'_>,
    ) -> Result<Output, BuildError> {
        let entry = folder.join(ENTRY);
        let absolute = fs::canonicalize(&entry).map_err(BuildError::disk("find", &entry))?;
        let name = absolute.parent().and_then(Path::file_name);
        let name = name.map_or_else(|| String::from("bot"), |name| name.display().to_string());
        install(folder, progress)?;
        progress.say("making a component, with CPython in it");
        let made = Made::new()?;
        let mut build = python(folder);
        build
            .args([
                "-m",
                "botbox.build",
                ENTRY,
                "--packages",
                PACKAGES,
                "--output",
            ])
            .arg(made.path());
        let (status, said) = command::heard(&mut build)?;
        if !status.success() {
            return Err(BuildError::Sources { said });
        }
        let component = made.read()?;
        Ok(Output {
            file: folder.join("build").join(format!("{name}.wasm")),
            name,
            component,
        })
    }

    fn sources(&self, folder: &Path) -> Result<Vec<PathBuf>, BuildError> {
        let entries = fs::read_dir(folder).map_err(BuildError::disk("read", folder))?;
        let mut sources = Vec::new();
        for entry in entries {
            let path = entry.map_err(BuildError::disk("read", folder))?.path();
            let is_source = path.extension().is_some_and(|it| it == "py");
            // A package of the bot's own.
            let is_package = path.join("__init__.py").exists();
            if is_source || is_package || path.ends_with(REQUIREMENTS) {
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
        ".venv/bin/pytest"
    }

    fn sdk_folder(&self) -> &'static str {
        "sdk-guest/python"
    }
}

/// Makes the project's environment of what its files ask for, if they changed.
fn install(folder: &Path, progress: Progress<'_>) -> Result<(), BuildError> {
    let read = |name: &str| {
        let file = folder.join(name);
        match file.exists() {
            true => fs::read_to_string(&file).map_err(BuildError::disk("read", &file)),
            false => Ok(String::new()),
        }
    };
    let wanted = [REQUIREMENTS, TOOLS]
        .map(read)
        .into_iter()
        .collect::<Result<String, _>>()?;
    let stamp = folder.join(STAMP);
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    progress.say("installing packages of PyPI");
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", "--clear", ENVIRONMENT]);
    command::run(venv.current_dir(folder))?;
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
    ];
    for file in [TOOLS, REQUIREMENTS] {
        if folder.join(file).exists() {
            command::run(python(folder).args(pip).arg(file))?;
        }
    }
    if folder.join(REQUIREMENTS).exists() {
        command::run(
            python(folder)
                .args(pip)
                .args([REQUIREMENTS, "--target", PACKAGES]),
        )?;
    }
    let packages = folder.join(PACKAGES);
    fs::create_dir_all(&packages).map_err(BuildError::disk("create", &packages))?;
    fs::write(&stamp, wanted).map_err(BuildError::disk("write", &stamp))
}

fn python(folder: &Path) -> Command {
    // A path with a slash is looked up from the folder of this process, not from the child's.
    let program = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let mut python = Command::new(program.join(ENVIRONMENT).join("bin/python"));
    python
        .current_dir(folder)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    python
}
