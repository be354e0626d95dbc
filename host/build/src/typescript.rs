//! Bots in TypeScript: npm packages that use the SDK, which has the bundler and the engine.

mod project;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::command;
use crate::language::{BuildError, Language, Options, Output, Sdk};
use crate::made::Made;
use crate::progress::Progress;
use crate::template::Template;

/// The module that has the bot.
const ENTRY: &str = "src/index.ts";
/// What the SDK makes components with, in the folder of a project.
const BUILDER: &str = "node_modules/@botbox/sdk/dist/src/build/cli.js";
/// What checks types, if the project has it.
const COMPILER: &str = "node_modules/.bin/tsc";

/// TypeScript.
#[derive(Clone, Copy, Debug)]
pub struct TypeScript;

#[derive(Deserialize)]
struct Manifest {
    name: String,
}

impl Language for TypeScript {
    fn name(&self) -> &'static str {
        "typescript"
    }

    fn owns(&self, folder: &Path) -> bool {
        folder.join("package.json").is_file()
    }

    fn build(
        &self,
        folder: &Path,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Output, BuildError> {
        let Manifest { name } = manifest(folder)?;
        install(folder, options, progress)?;
        if !options.is_quick && folder.join(COMPILER).exists() {
            progress.say("checking types");
            let mut compiler = Command::new(folder.join(COMPILER));
            let (status, said) = command::heard(compiler.arg("--noEmit").current_dir(folder))?;
            if !status.success() {
                return Err(BuildError::Sources { said });
            }
        }
        let made = Made::new()?;
        let mut node = Command::new("node");
        node.args([BUILDER, ENTRY, "--folder", ".", "--output"])
            .arg(made.path())
            .current_dir(folder);
        let (status, said) = command::heard(&mut node)?;
        if !status.success() {
            return Err(BuildError::Sources { said });
        }
        let component = made.read()?;
        let file = folder.join("build").join(format!("{name}.wasm"));
        Ok(Output {
            name,
            file,
            component,
        })
    }

    fn sources(&self, folder: &Path) -> Result<Vec<PathBuf>, BuildError> {
        Ok(["src", "package.json", "tsconfig.json"]
            .map(|name| folder.join(name))
            .into_iter()
            .filter(|path| path.exists())
            .collect())
    }

    fn templates(&self) -> &'static [Template] {
        project::TEMPLATES
    }

    fn project(&self, name: &str, template: &Template, sdk: &Sdk) -> Vec<(&'static str, String)> {
        project::files(name, template, sdk)
    }

    fn test_command(&self) -> &'static str {
        "npm test"
    }

    fn sdk_folder(&self) -> &'static str {
        "sdk-guest/typescript"
    }
}

fn manifest(folder: &Path) -> Result<Manifest, BuildError> {
    let file = folder.join("package.json");
    let text = fs::read_to_string(&file).map_err(BuildError::disk("read", &file))?;
    serde_json::from_str(&text).map_err(|error| BuildError::Project {
        file,
        problem: format!("{error}; a bot's package has a name"),
    })
}

/// Installs what the project's files ask for, if npm has not since they changed.
fn install(folder: &Path, options: &Options, progress: Progress<'_>) -> Result<(), BuildError> {
    let written = |name: &str| {
        fs::metadata(folder.join(name))
            .and_then(|it| it.modified())
            .ok()
    };
    let installed = written("node_modules/.package-lock.json");
    let wanted = written("package.json").max(written("package-lock.json"));
    if installed.is_none() || installed < wanted {
        progress.say("installing npm packages");
        let how = if options.is_locked { "ci" } else { "install" };
        let mut npm = Command::new("npm");
        npm.args([how, "--no-audit", "--no-fund", "--ignore-scripts"]);
        command::run(npm.current_dir(folder))?;
    }
    let sdk = folder.join("node_modules/@botbox/sdk");
    if folder.join(BUILDER).exists() {
        return Ok(());
    }
    if !sdk.join("src").exists() {
        return Err(BuildError::Project {
            file: folder.join("package.json"),
            problem: String::from("it does not depend on `@botbox/sdk`"),
        });
    }
    // The folder of a checkout, in which nothing is made yet.
    progress.say("building the SDK");
    for arguments in [&["ci"][..], &["run", "build"]] {
        command::run(Command::new("npm").args(arguments).current_dir(&sdk))?;
    }
    Ok(())
}
