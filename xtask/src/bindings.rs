//! `cargo xtask bindings`: what wit-bindgen makes of `wit/` for the SDKs whose users have no wit-bindgen.
//!
//! The files are kept in the repository, so that an SDK is complete as it lies there. A test holds that they
//! are what the contract gives.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use wit_bindgen_core::wit_parser::{Resolve, WorldId};
use wit_bindgen_core::{Files, WorldGenerator};

use crate::workspace::Workspace;

/// The world of a bot that uses all that there is.
const WORLD: &str = "bot";

/// A language's bindings.
struct Bindings {
    /// Where they are, from the workspace's root.
    folder: &'static str,
    generator: fn() -> Box<dyn WorldGenerator>,
    /// What is changed in the files.
    finish: fn(&str) -> String,
}

const ALL: [Bindings; 2] = [
    Bindings {
        folder: "sdk-guest/c/generated",
        generator: c,
        finish: str::to_owned,
    },
    Bindings {
        folder: "sdk-guest/go/internal/wit",
        generator: go,
        finish: finish_go,
    },
];

fn c() -> Box<dyn WorldGenerator> {
    let options = wit_bindgen_c::Opts {
        // What makes the component knows the contract.
        no_object_file: true,
        rename_world: Some(String::from("botbox-host")),
        ..wit_bindgen_c::Opts::default()
    };
    options.build()
}

fn go() -> Box<dyn WorldGenerator> {
    let options = wit_bindgen_go::Opts {
        // There may be no `gofmt`.
        format: wit_bindgen_go::Format::False,
        pkg_name: Some(String::from("botbox.dev/go/internal/wit")),
        export_pkg_name: Some(String::from("botbox.dev/go/internal/export")),
        ..wit_bindgen_go::Opts::default()
    };
    options.build()
}

/// The SDK has what the bindings call: wit-bindgen's own module would come from Go's proxy. And only a component has
/// a host to call.
fn finish_go(text: &str) -> String {
    let own = text
        .replace(
            "go.bytecodealliance.org/pkg/wit/runtime",
            "botbox.dev/go/internal/witruntime",
        )
        .replace(
            "go.bytecodealliance.org/pkg/wit/types",
            "botbox.dev/go/internal/wittypes",
        );
    format!("//go:build wasip1\n\n{own}\n")
}

/// Makes them again.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    for bindings in &ALL {
        let folder = workspace.root().join(bindings.folder);
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        for (name, text) in bindings.files(workspace.root())? {
            let file = folder.join(name);
            let parent = file.parent().unwrap_or(&folder);
            fs::create_dir_all(parent)
                .and_then(|()| fs::write(&file, text))
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
    }
    Ok(())
}

impl Bindings {
    /// Their paths in the folder, and their texts.
    fn files(&self, root: &Path) -> Result<Vec<(String, String)>> {
        let (mut resolve, world) = contract(root)?;
        let mut files = Files::default();
        (self.generator)().generate(&mut resolve, world, &mut files)?;
        let texts = files.iter().map(|(name, bytes)| {
            let text = str::from_utf8(bytes).with_context(|| format!("{name} is no text"))?;
            Ok((String::from(name), (self.finish)(text)))
        });
        texts.collect()
    }
}

fn contract(root: &Path) -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(root.join("wit"))?;
    let world = resolve.select_world(&[package], Some(WORLD))?;
    Ok((resolve, world))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_what_the_contract_gives() {
        let workspace = Workspace::find().unwrap();
        for bindings in &ALL {
            let folder = workspace.root().join(bindings.folder);
            for (name, text) in bindings.files(workspace.root()).unwrap() {
                let kept = fs::read_to_string(folder.join(&name)).unwrap_or_default();
                assert!(
                    kept == text,
                    "{}/{name} is not what wit/ gives: run `cargo xtask bindings`",
                    bindings.folder
                );
            }
        }
    }
}
