//! Plugins that earlier hosts compiled, so that not every host of the tests compiles them again.
//!
//! A host finds in its data folder what was compiled before it started. So what one host has compiled
//! there is copied to where the next one will look. They are of one binary: what another build compiled
//! may not be what this one would.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ring::digest::{SHA256, digest};
use tempfile::NamedTempFile;

use crate::built::target_folder;

/// What hosts of one binary compiled.
pub(crate) struct Compiled {
    folder: PathBuf,
}

impl Compiled {
    pub(crate) fn by(binary: &Path) -> io::Result<Self> {
        let built = fs::metadata(binary)?.modified()?;
        let built = built.duration_since(UNIX_EPOCH).unwrap_or_default();
        let all = target_folder().join("tmp/compiled");
        let folder = all.join(built.as_nanos().to_string());
        if !folder.exists() {
            fs::create_dir_all(&folder)?;
            for other in files(&all)?.iter().filter(|it| **it != folder) {
                // Of a build that is gone. Another test may remove it, too.
                let _ = fs::remove_dir_all(other);
            }
        }
        Ok(Self { folder })
    }

    /// Gives a new host what is compiled of its plugins.
    pub(crate) fn give(&self, plugins: &[PathBuf], data: &Path) -> io::Result<()> {
        for plugin in plugins {
            // The tests have plugins that are missing, too.
            let Ok(wasm) = fs::read(plugin) else {
                continue;
            };
            let digest = hex::encode(digest(&SHA256, &wasm));
            for artefact in files(&self.folder)? {
                let is_of_plugin = name(&artefact).starts_with(&digest);
                if is_of_plugin {
                    let artefacts = artefacts(data);
                    // With the rights that a host gives it, or the host refuses it.
                    let mut folder = DirBuilder::new();
                    folder.recursive(true).mode(0o700).create(&artefacts)?;
                    fs::copy(&artefact, artefacts.join(name(&artefact)))?;
                }
            }
        }
        Ok(())
    }

    /// Keeps what a host has compiled.
    pub(crate) fn keep(&self, data: &Path) -> io::Result<()> {
        for artefact in files(&artefacts(data))? {
            let kept = self.folder.join(name(&artefact));
            if artefact.extension().is_some_and(|it| it == "cwasm") && !kept.exists() {
                // As a whole or not at all: another host may be given it at any time.
                let file = NamedTempFile::new_in(&self.folder)?;
                fs::copy(&artefact, file.path())?;
                file.persist(kept)?;
            }
        }
        Ok(())
    }
}

/// Where a host keeps what it has compiled.
fn artefacts(data: &Path) -> PathBuf {
    data.join("artefacts")
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
