//! Compiled plugins on disk, so that each is compiled once.
//!
//! A file is named after the component's digest and the engine's compatibility hash: another
//! wasmtime or another setting never meets a file that it could misread. It ends in a
//! checksum, its own digest: what a failing disk has damaged is not mapped, for it would be run.

use std::collections::HashSet;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use ring::digest::{self, Digest, SHA256, SHA256_OUTPUT_LEN};
use tempfile::NamedTempFile;
use wasmtime::Engine;
use wasmtime::component::Component;

/// Bytes of a checksum.
const CHECKSUM: usize = SHA256_OUTPUT_LEN;

/// Unfinished files begin with it.
const UNFINISHED: &str = ".compiling-";

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

    /// The compiled component, if it is there and whole. Reads it: not for a thread that serves
    /// requests.
    pub(crate) fn find(
        &self,
        engine: &Engine,
        digest: &str,
    ) -> wasmtime::Result<Option<Component>> {
        let path = self.path(digest);
        match is_whole(&path) {
            Ok(true) => map(engine, &path).map(Some),
            Ok(false) => {
                tracing::warn!(path = %path.display(), "a compiled plugin is damaged: compiling it again");
                Ok(None)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "cannot read a compiled plugin: compiling it again");
                Ok(None)
            }
        }
    }

    /// A file for an artefact to be, which goes when it is dropped.
    pub(crate) fn begin(&self) -> io::Result<NamedTempFile> {
        tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(&self.folder)
    }

    /// Keeps an artefact: it appears under its name only when it is whole and on disk.
    pub(crate) fn keep(&self, digest: &str, file: NamedTempFile) -> io::Result<()> {
        file.as_file().sync_all()?;
        file.persist(self.path(digest))?;
        Ok(())
    }

    /// Removes what earlier hosts left unfinished, what another engine made, and what is not of these
    /// components. Nothing may be compiled meanwhile. Returns how many files were removed.
    pub(crate) fn retain(&self, digests: &HashSet<String>) -> io::Result<usize> {
        let kept: HashSet<PathBuf> = digests.iter().map(|digest| self.path(digest)).collect();
        let mut removed = 0;
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if !kept.contains(&path) {
                fs::remove_file(&path)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn path(&self, digest: &str) -> PathBuf {
        let compatibility = self.compatibility;
        self.folder
            .join(format!("{digest}-{compatibility:016x}.cwasm"))
    }
}

/// What is written behind an artefact.
pub(crate) fn checksum(artefact: &[u8]) -> Digest {
    digest::digest(&SHA256, artefact)
}

/// Whether a file ends in its checksum.
fn is_whole(path: &Path) -> io::Result<bool> {
    let file = File::open(path)?;
    let Some(length) = file.metadata()?.len().checked_sub(CHECKSUM as u64) else {
        return Ok(false);
    };
    let mut file = BufReader::with_capacity(64 << 10, file);
    let mut artefact = file.by_ref().take(length);
    let mut digest = digest::Context::new(&SHA256);
    loop {
        let piece = artefact.fill_buf()?;
        if piece.is_empty() {
            break;
        }
        digest.update(piece);
        let taken = piece.len();
        artefact.consume(taken);
    }
    let mut checksum = [0; CHECKSUM];
    file.read_exact(&mut checksum)?;
    Ok(digest.finish().as_ref() == checksum)
}

#[allow(unsafe_code, reason = "wasmtime's only way to map compiled code")]
fn map(engine: &Engine, path: &Path) -> wasmtime::Result<Component> {
    // SAFETY: the file is what this engine's compiler made, whole (`is_whole`), in a folder that is
    // the host's own and that nobody else can write to (`open` checks that), and nothing changes a
    // file in place.
    unsafe { Component::deserialize_file(engine, path) }
}
