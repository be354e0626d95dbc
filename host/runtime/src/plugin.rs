//! A plugin: a component that was checked and compiled. What can be known of it before its first event
//! is known when it is loaded.

use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};

use crate::bindings::BotPre;
use crate::grants::Capability;
use crate::limits::Limits;
use crate::sandbox::Sandbox;

/// The largest component that is compiled: 64 MiB. Python's, with their interpreter, have 18.
pub(crate) const COMPONENT_LIMIT: usize = 64 << 20;

const HANDLER: &str = "botbox:line/handler@0.1.0";

/// A component, ready to be instantiated. Clones are the same plugin.
#[derive(Clone)]
pub struct Plugin {
    inner: Arc<Inner>,
}

struct Inner {
    digest: String,
    pre: BotPre<Sandbox>,
    imports: Vec<Capability>,
    memory: usize,
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
    /// A component that no host could run, in the compiler's words.
    #[error("{0}")]
    Refused(String),
    /// Compiling it took too much processor time.
    #[error(
        "compiling the component takes more than {} s of processor time, the limit: make it \
         simpler, or raise runtime.compile_cpu_s",
        .limit.as_secs()
    )]
    CompileCpu {
        /// The limit.
        limit: Duration,
    },
    /// Compiling it took too long by the clock.
    #[error(
        "compiling the component takes longer than {} s by the clock, the limit: the machine is \
         busy; raise runtime.compile_cpu_s, of which it is ten times",
        .limit.as_secs()
    )]
    CompileTime {
        /// The limit.
        limit: Duration,
    },
    /// Compiling it took too much memory.
    #[error(
        "compiling the component takes more than {} MiB of memory, the limit: make it simpler, or \
         raise runtime.compile_memory_mib",
        limit >> 20
    )]
    CompileMemory {
        /// The limit in bytes.
        limit: usize,
    },
    /// The compiler can't be started, or waited for.
    #[error("cannot run the compiler's process: {0}")]
    NoCompiler(#[source] io::Error),
    /// The compiler ended as it should not.
    #[error("the compiler's process ended: {0}")]
    CompilerEnded(String),
    /// The compiled component can't be kept.
    #[error("cannot write the compiled plugin: {0}; make room, or mend the data folder")]
    NotKept(#[source] io::Error),
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
    /// It begins with more memory than its deployment allows.
    #[error(
        "the component begins with {} MiB of memory; the channel's limit is {} MiB: raise \
         limits.memory_mib",
        needed.div_ceil(1 << 20), limit >> 20
    )]
    Memory {
        /// How many bytes it begins with, at least.
        needed: usize,
        /// The limit in bytes.
        limit: usize,
    },
}

impl LoadError {
    /// Whether the component is at fault: another try would be as vain.
    #[must_use]
    pub fn is_plugins(&self) -> bool {
        match self {
            Self::TooLarge { .. }
            | Self::NotWasm
            | Self::CoreModule
            | Self::Refused(_)
            | Self::CompileCpu { .. }
            | Self::CompileMemory { .. }
            | Self::NoHandler { .. }
            | Self::UnknownImport(_)
            | Self::OtherHandler(_)
            | Self::Memory { .. } => true,
            Self::CompileTime { .. }
            | Self::NoCompiler(_)
            | Self::CompilerEnded(_)
            | Self::NotKept(_)
            | Self::Unusable(_) => false,
        }
    }
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

    /// What it imports that has to be granted, in the order of their names.
    #[must_use]
    pub fn imports(&self) -> &[Capability] {
        &self.inner.imports
    }

    /// How many bytes of memory an instance begins with; of several memories, the largest.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.inner.memory
    }

    /// Checks what an instance begins with against what handling an event may use.
    ///
    /// # Errors
    ///
    /// When no event could be handled.
    pub fn check(&self, limits: &Limits) -> Result<(), LoadError> {
        let (needed, limit) = (self.inner.memory, limits.memory);
        if needed > limit {
            return Err(LoadError::Memory { needed, limit });
        }
        Ok(())
    }

    /// Makes a plugin of a compiled component.
    pub(crate) fn new(
        linker: &Linker<Sandbox>,
        component: &Component,
        digest: String,
    ) -> Result<Self, LoadError> {
        check_handler(linker.engine(), component)?;
        let pre = linker
            .instantiate_pre(component)
            .map_err(LoadError::UnknownImport)?;
        let pre = BotPre::new(pre).map_err(LoadError::OtherHandler)?;
        // Else the first event would pay for it.
        component
            .initialize_copy_on_write_image()
            .map_err(LoadError::Unusable)?;
        let inner = Arc::new(Inner {
            digest,
            pre,
            imports: imports(linker.engine(), component),
            memory: initial_memory(component),
        });
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

/// Refuses what is no component. One and a core module differ in the layer, the second half of the
/// version field (component model, binary format).
pub(crate) fn check_kind(wasm: &[u8]) -> Result<(), LoadError> {
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

fn imports(engine: &Engine, component: &Component) -> Vec<Capability> {
    let component_type = component.component_type();
    let imports: Vec<_> = component_type.imports(engine).collect();
    let names = || imports.iter().map(|(name, _)| *name);
    let all = Capability::ALL.iter().copied();
    all.filter(|it| names().any(|name| it.is_of(name)))
        .collect()
}

/// Of several memories the largest counts: that is what wasmtime tells.
fn initial_memory(component: &Component) -> usize {
    const PAGE: u64 = 64 << 10;
    let needs = component.resources_required();
    let pages = needs.and_then(|it| it.max_initial_memory_size);
    let bytes = pages.unwrap_or_default().saturating_mul(PAGE);
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
