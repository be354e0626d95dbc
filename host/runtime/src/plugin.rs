//! A plugin: a component that was checked and compiled.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};

use crate::artefacts::{ArtefactError, Artefacts};
use crate::bindings::BotPre;
use crate::sandbox::Sandbox;

/// The largest component that is compiled: 64 MiB. Python's, with their interpreter, have 18.
const COMPONENT_LIMIT: usize = 64 << 20;

const HANDLER: &str = "botbox:line/handler@0.1.0";

/// A component, ready to be instantiated. Clones are the same plugin.
#[derive(Clone)]
pub struct Plugin {
    inner: Arc<Inner>,
}

struct Inner {
    digest: String,
    pre: BotPre<Sandbox>,
}

/// Why a file is not a plugin for this host.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Too large to compile.
    #[error("the component has {size} bytes; the limit is {COMPONENT_LIMIT}")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// Not WebAssembly.
    #[error("not WebAssembly: it does not begin with `\\0asm`")]
    NotWasm,
    /// WebAssembly, but a core module.
    #[error(
        "a core WebAssembly module, not a component: \
         make it one with `wasm-tools component new`, or build for wasm32-wasip2"
    )]
    CoreModule,
    /// A component that wasmtime does not accept.
    #[error("not a valid component: {0:#}")]
    Invalid(#[source] wasmtime::Error),
    /// The compiled component can't be kept.
    #[error("cannot write the compiled plugin to {}; make room, or mend the folder", .0.display())]
    NotKept(PathBuf, #[source] io::Error),
    /// The compiled component can't be used: a problem of the host, not of the plugin.
    #[error("cannot use the compiled plugin: {0:#}")]
    Unusable(#[source] wasmtime::Error),
    /// It does not export the event handler.
    #[error("the component does not export {HANDLER}; it exports {exports}")]
    NoHandler {
        /// What it exports.
        exports: String,
    },
    /// It imports what the host does not have.
    #[error("the component imports what this host does not offer: {0:#}")]
    UnknownImport(#[source] wasmtime::Error),
    /// It exports the handler with other types.
    #[error("the component's {HANDLER} is not the one of this host: {0:#}")]
    OtherHandler(#[source] wasmtime::Error),
}

impl Plugin {
    /// The SHA-256 of the component, in hexadecimal: names this version of the plugin.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.inner.digest
    }

    pub(crate) fn pre(&self) -> &BotPre<Sandbox> {
        &self.inner.pre
    }

    /// Checks and compiles a component.
    pub(crate) fn load(
        engine: &Engine,
        linker: &Linker<Sandbox>,
        artefacts: &Artefacts,
        digest: String,
        wasm: &[u8],
    ) -> Result<Self, LoadError> {
        check_kind(wasm)?;
        let component = artefacts
            .load(engine, &digest, wasm)
            .map_err(|error| match error {
                ArtefactError::Invalid(error) => LoadError::Invalid(error),
                ArtefactError::Write(path, error) => LoadError::NotKept(path, error),
                ArtefactError::Map(error) => LoadError::Unusable(error),
            })?;
        check_handler(engine, &component)?;
        let pre = linker
            .instantiate_pre(&component)
            .map_err(LoadError::UnknownImport)?;
        let pre = BotPre::new(pre).map_err(LoadError::OtherHandler)?;
        // Else the first event would pay for it.
        component
            .initialize_copy_on_write_image()
            .map_err(LoadError::Unusable)?;
        let inner = Arc::new(Inner { digest, pre });
        Ok(Self { inner })
    }
}

/// Names a component's version: its SHA-256, in hexadecimal.
pub(crate) fn digest(wasm: &[u8]) -> String {
    let digest = Sha256::digest(wasm);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A plugin for as long as someone uses it.
pub(crate) struct LoadedPlugin(Weak<Inner>);

impl LoadedPlugin {
    pub(crate) fn new(plugin: &Plugin) -> Self {
        Self(Arc::downgrade(&plugin.inner))
    }

    pub(crate) fn get(&self) -> Option<Plugin> {
        let inner = self.0.upgrade()?;
        Some(Plugin { inner })
    }
}

/// A component and a core module differ in the layer, the second half of the version field
/// (component model, binary format).
fn check_kind(wasm: &[u8]) -> Result<(), LoadError> {
    if wasm.len() > COMPONENT_LIMIT {
        return Err(LoadError::TooLarge { size: wasm.len() });
    }
    match wasm {
        [b'\0', b'a', b's', b'm', _, _, 0, 0, ..] => Err(LoadError::CoreModule),
        [b'\0', b'a', b's', b'm', ..] => Ok(()),
        _ => Err(LoadError::NotWasm),
    }
}

fn check_handler(engine: &Engine, component: &Component) -> Result<(), LoadError> {
    if component.get_export_index(None, HANDLER).is_some() {
        return Ok(());
    }
    let component_type = component.component_type();
    let exports: Vec<&str> = component_type
        .exports(engine)
        .map(|(name, _)| name)
        .collect();
    let exports = match exports.as_slice() {
        [] => String::from("nothing"),
        names => names.join(", "),
    };
    Err(LoadError::NoHandler { exports })
}
