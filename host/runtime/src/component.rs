//! A component as its bytes: its name, what can be said of it before it is compiled, and why it does
//! not become a plugin.

use std::io;
use std::time::Duration;

use ring::digest::{self, SHA256};

use crate::limits::CORE_INSTANCES;

/// The largest component that is compiled: 64 MiB. Python's, with their interpreter, have 18.
pub(crate) const COMPONENT_LIMIT: usize = 64 << 20;

/// What a component exports to be a plugin.
pub(crate) const HANDLER: &str = "botbox:line/handler@0.1.0";

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
    /// It is linked of more modules than there is room for.
    #[error(
        "the component has {found} core instances; the limit is {CORE_INSTANCES}: link it of fewer modules"
    )]
    CoreInstances {
        /// How many it has.
        found: u64,
    },
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
    /// Whether the component is at fault, so that another try would fail in the same way.
    #[must_use]
    pub fn is_plugin_error(&self) -> bool {
        match self {
            Self::TooLarge { .. }
            | Self::NotWasm
            | Self::CoreModule
            | Self::Refused(_)
            | Self::CompileCpu { .. }
            | Self::CompileMemory { .. }
            | Self::CoreInstances { .. }
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

/// Why the engine does not take compiled code. That there are too many instances, it tells only in its message.
pub(crate) fn unusable(error: wasmtime::Error) -> LoadError {
    match core_instances(&error.root_cause().to_string()) {
        Some(found) => LoadError::CoreInstances { found },
        None => LoadError::Unusable(error),
    }
}

/// How many core instances a component has, if those are too many.
fn core_instances(cause: &str) -> Option<u64> {
    let (before, _) = cause.split_once(" core module instances, which exceeds")?;
    before.rsplit(' ').next()?.parse().ok()
}

/// Names a component's version: its SHA-256, in hexadecimal.
#[must_use]
pub fn digest(wasm: &[u8]) -> String {
    hex::encode(digest::digest(&SHA256, wasm))
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
