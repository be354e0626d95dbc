//! Bots in C and C++: folders with a Makefile that includes the SDK's `bot.mk`.

mod project;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::language::{BuildError, Language, Options, Output, Sdk};
use crate::progress::Progress;
use crate::pypi::Compiler;
use crate::template::Template;
use crate::{command, component};

/// The project's file.
const MAKEFILE: &str = "Makefile";
/// The SDK's rules, which the project's file includes. The SDK's own folder has them.
const RULES: &str = "bot.mk";
/// What the rules make: a module, which knows nothing of the component model.
const MODULE: &str = "build/module.wasm";
/// What is said when the compiler has been run.
const SOURCES: [&str; 7] = ["c", "h", "cc", "cpp", "hpp", "cxx", "mk"];

/// clang with a C library for WebAssembly.
const ZIG: Compiler = Compiler {
    name: "ziglang",
    version: "0.17.1",
    wheels: &[
        // Linux: x86-64, ARM.
        "ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54",
        "b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e",
        // macOS: ARM, x86-64.
        "09953b6af7f64168b915180a42774f520f92d86ef6331b28e33915c7e1f0bb23",
        "4e0b4b9c02b8d0d220e9948010f860b62ff11d96abb39762eca5fa2ef3f7bc97",
    ],
    size: "a download of 100 MB, 411 MB on disk",
};

/// C, and C++.
#[derive(Clone, Copy, Debug)]
pub struct C;

impl Language for C {
    fn name(&self) -> &'static str {
        "c"
    }

    fn owns(&self, folder: &Path) -> bool {
        let makefile = fs::read_to_string(folder.join(MAKEFILE));
        folder.join(RULES).is_file() || makefile.is_ok_and(|text| text.contains(RULES))
    }

    fn build(
        &self,
        folder: &Path,
        _: &Options,
        progress: Progress<'_>,
    ) -> Result<Output, BuildError> {
        let absolute = fs::canonicalize(folder).map_err(BuildError::disk("find", folder))?;
        let name = absolute.file_name();
        let name = name.map_or_else(|| String::from("bot"), |name| name.display().to_string());
        let module = module(&absolute, progress)?;
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
            let ending = path
                .extension()
                .and_then(|it| it.to_str())
                .unwrap_or_default();
            if SOURCES.contains(&ending) || path.ends_with(MAKEFILE) {
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
        "make test"
    }

    fn sdk_folder(&self) -> &'static str {
        "sdk-guest/c"
    }
}

/// Compiles the bot in a folder.
fn module(folder: &Path, progress: Progress<'_>) -> Result<Vec<u8>, BuildError> {
    let zig = ZIG.installed(progress)?.join("ziglang/zig");
    if !folder.join("build").exists() {
        progress.say("compiling; the first bot takes half a minute, for the C library");
    }
    let mut make = Command::new("make");
    make.args(["--silent", MODULE])
        .arg(format!("ZIG={}", zig.display()))
        .current_dir(folder);
    let (status, said) = command::heard(&mut make)?;
    if !status.success() {
        return Err(BuildError::Sources { said });
    }
    let module = folder.join(MODULE);
    fs::read(&module).map_err(BuildError::disk("read", &module))
}
