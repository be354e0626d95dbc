//! The plugins of a host: compiled once, kept on disk, and loaded once for all channels that run them.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wasmtime::component::Linker;

use crate::artefacts::{Artefacts, FolderError};
use crate::compiler::{Compiler, CompilerSettings, Turn};
use crate::component::{self, LoadError};
use crate::plugin::{LoadedPlugin, Plugin};
use crate::sandbox::Sandbox;

/// Loads plugins.
pub struct Plugins {
    linker: Linker<Sandbox>,
    artefacts: Arc<Artefacts>,
    compiler: Compiler,
    /// By digest, so that channels share what they run alike.
    loaded: Mutex<HashMap<String, LoadedPlugin>>,
}

impl Plugins {
    /// Those whose compiled code is in a folder.
    pub(crate) fn open(
        linker: Linker<Sandbox>,
        folder: &Path,
        compiler: &CompilerSettings,
    ) -> Result<Self, FolderError> {
        Ok(Self {
            artefacts: Arc::new(Artefacts::open(folder, linker.engine())?),
            linker,
            compiler: Compiler::new(compiler),
            loaded: Mutex::default(),
        })
    }

    /// Makes a plugin of a component of an owner, compiling it unless that was done before.
    ///
    /// # Errors
    ///
    /// When the bytes are not a component that this host can run.
    pub async fn load(&self, owner: &str, wasm: &[u8]) -> Result<Plugin, LoadError> {
        match self.find(wasm).await? {
            Some(plugin) => Ok(plugin),
            None => self.compile(self.turn(owner).await, wasm).await,
        }
    }

    /// The plugin of a component that is compiled already.
    ///
    /// # Errors
    ///
    /// When the bytes are not a component that this host can run.
    pub async fn find(&self, wasm: &[u8]) -> Result<Option<Plugin>, LoadError> {
        component::check_kind(wasm)?;
        self.find_version(component::digest(wasm)).await
    }

    /// The plugin of a component with this digest that is compiled already, whoever has its bytes.
    ///
    /// # Errors
    ///
    /// When what was compiled can't be run.
    pub async fn find_compiled(&self, digest: &str) -> Result<Option<Plugin>, LoadError> {
        self.find_version(digest.to_owned()).await
    }

    /// Waits until a component of an owner may be compiled. Of those that are compiled at a time, an
    /// owner has at most all but one.
    pub async fn turn(&self, owner: &str) -> Turn {
        self.compiler.turn(owner).await
    }

    /// Makes a plugin of a component, compiling it unless somebody else has done that meanwhile.
    ///
    /// # Errors
    ///
    /// When the bytes are not a component that this host can run.
    pub async fn compile(&self, turn: Turn, wasm: &[u8]) -> Result<Plugin, LoadError> {
        component::check_kind(wasm)?;
        let digest = component::digest(wasm);
        if let Some(plugin) = self.find_version(digest.clone()).await? {
            return Ok(plugin);
        }
        let file = self.artefacts.begin().map_err(LoadError::NotKept)?;
        let output = file.as_file().try_clone().map_err(LoadError::NotKept)?;
        self.compiler.compile(turn, wasm, output).await?;
        let (artefacts, name) = (Arc::clone(&self.artefacts), digest.clone());
        blocking(move || artefacts.keep(&name, file).map_err(LoadError::NotKept)).await?;
        let plugin = self.find_version(digest).await?;
        plugin.ok_or_else(|| LoadError::CompilerEnded(String::from("what it wrote is not whole")))
    }

    /// Removes all compiled plugins but those of these components. Nothing may be compiled meanwhile.
    /// Returns how many files were removed.
    ///
    /// # Errors
    ///
    /// When the folder can't be read or written.
    pub async fn retain(&self, digests: HashSet<String>) -> io::Result<usize> {
        let artefacts = Arc::clone(&self.artefacts);
        let retained = tokio::task::spawn_blocking(move || artefacts.retain(&digests));
        retained.await.unwrap_or_else(|panic| Err(panic.into()))
    }

    /// The plugin of this digest, if it is loaded, or compiled.
    async fn find_version(&self, digest: String) -> Result<Option<Plugin>, LoadError> {
        if let Some(plugin) = self.loaded(&digest) {
            return Ok(Some(plugin));
        }
        let linker = self.linker.clone();
        let artefacts = Arc::clone(&self.artefacts);
        let load = move || {
            let found = artefacts.find(linker.engine(), &digest);
            let component = found.map_err(component::unusable)?;
            component
                .map(|component| Plugin::new(&linker, &component, digest))
                .transpose()
        };
        let plugin = blocking(load).await?;
        Ok(plugin.map(|plugin| self.share(plugin)))
    }

    fn loaded(&self, digest: &str) -> Option<Plugin> {
        self.by_digest().get(digest).and_then(LoadedPlugin::get)
    }

    /// Has others find a plugin. Who loaded it at the same time gets the same.
    fn share(&self, plugin: Plugin) -> Plugin {
        let mut plugins = self.by_digest();
        plugins.retain(|_, plugin| plugin.get().is_some());
        if let Some(other) = plugins.get(plugin.digest()).and_then(LoadedPlugin::get) {
            return other;
        }
        plugins.insert(plugin.digest().to_owned(), LoadedPlugin::new(&plugin));
        plugin
    }

    fn by_digest(&self) -> MutexGuard<'_, HashMap<String, LoadedPlugin>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does what reads and writes files, or takes its time.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LoadError> + Send + 'static,
) -> Result<T, LoadError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| Err(LoadError::Unusable(panic.into())))
}
