//! Compiled plugins on disk, so that each is compiled once.
//!
//! A file is named after the component's digest and the engine's compatibility hash: another
//! wasmtime or another setting never meets a file that it could misread.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use wasmtime::Engine;
use wasmtime::component::Component;

/// Why the folder of compiled plugins can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It can't be made or looked at.
    #[error("cannot use the folder {} for compiled plugins", .0.display())]
    Unusable(PathBuf, #[source] io::Error),
    /// Others may write to it, or own it. Who writes there runs code in the host.
    #[error(
        "the folder {} for compiled plugins must be the host's own and written by nobody else: \
         remove it, and the host makes it anew",
        .0.display()
    )]
    NotOwn(PathBuf),
}

/// Why there is no compiled component.
pub(crate) enum ArtefactError {
    /// The component is not valid.
    Invalid(wasmtime::Error),
    /// The file can't be written.
    Write(PathBuf, io::Error),
    /// The file can't be mapped.
    Map(wasmtime::Error),
}

pub(crate) struct Artefacts {
    folder: PathBuf,
    compatibility: u64,
}

impl Artefacts {
    /// Uses `folder`, which is made with access for its owner only.
    pub(crate) fn open(folder: &Path, engine: &Engine) -> Result<Self, FolderError> {
        let unusable = |error| FolderError::Unusable(folder.to_owned(), error);
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(unusable)?;
        let metadata = fs::metadata(folder).map_err(unusable)?;
        let is_own = metadata.uid() == rustix::process::geteuid().as_raw();
        if !is_own || metadata.mode() & 0o022 != 0 {
            return Err(FolderError::NotOwn(folder.to_owned()));
        }
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Ok(Self {
            folder: folder.to_owned(),
            compatibility: hasher.finish(),
        })
    }

    /// The compiled component, from the folder if it is there. Compiling takes from milliseconds
    /// to seconds: not for a thread that serves requests.
    pub(crate) fn load(
        &self,
        engine: &Engine,
        digest: &str,
        wasm: &[u8],
    ) -> Result<Component, ArtefactError> {
        let path = self
            .folder
            .join(format!("{digest}-{:016x}.cwasm", self.compatibility));
        if path.exists() {
            match map(engine, &path) {
                Ok(component) => return Ok(component),
                // Not whole: made anew. Damage within goes unseen, for only the header is checked.
                Err(error) => {
                    tracing::warn!(path = %path.display(), %error, "compiling a plugin again");
                }
            }
        }
        let artefact = engine
            .precompile_component(wasm)
            .map_err(ArtefactError::Invalid)?;
        self.write(&path, &artefact)
            .map_err(|error| ArtefactError::Write(path.clone(), error))?;
        map(engine, &path).map_err(ArtefactError::Map)
    }

    /// Appears under its name only when it is whole and on disk.
    fn write(&self, path: &Path, artefact: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(artefact)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }
}

#[allow(unsafe_code, reason = "wasmtime's only way to map compiled code")]
fn map(engine: &Engine, path: &Path) -> wasmtime::Result<Component> {
    // SAFETY: the file is one that `write` made from this engine's compiler, in a folder that is
    // the host's own and that nobody else can write to (`open` checks that), and nothing changes a
    // file in place.
    unsafe { Component::deserialize_file(engine, path) }
}
