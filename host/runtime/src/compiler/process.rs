//! What the process does that compiles a component.
//!
//! What can be known of a component without running it is known here: what no deployment could give
//! it is refused with its remedy, so that no event fails of it.

use std::io::{self, Read, Write};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, Signal, nice, set_parent_process_death_signal, setrlimit};
use wasmtime::component::Component;

use crate::artefacts::checksum;
use crate::component::COMPONENT_LIMIT;
use crate::engine;
use crate::limits::{MEMORIES, MEMORY_LIMIT_MAX, TABLE_ELEMENTS, TABLES};

/// What compiling one component may use.
#[derive(Clone, Copy, Debug)]
pub struct CompileLimits {
    /// Processor time, in whole seconds. Default 2 minutes: a bot in Rust takes a second, and
    /// interpreters have about ten times its code.
    pub cpu: Duration,
    /// Bytes of address space. Default 1 GiB: a bot in Rust takes 50 MiB, and interpreters have about
    /// ten times its code.
    pub memory: usize,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_secs(120),
            memory: 1 << 30,
        }
    }
}

/// How much it gives way to the host: half of the way to the lowest priority.
const NICENESS: i32 = 10;

/// Bytes of a page of a plugin's memory.
const PAGE: u64 = 64 << 10;

/// Why a component is not compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The process can't bound itself.
    #[error("cannot set the limits of the compiler's process")]
    Limits(#[from] rustix::io::Errno),
    /// The component does not come, or the artefact can't be written.
    #[error("cannot read the component or write what is made of it")]
    Io(#[from] io::Error),
    /// wasmtime does not accept it.
    #[error("{0:#}")]
    Invalid(wasmtime::Error),
    /// It wants a feature of WebAssembly that is off.
    #[error(
        "the component needs a feature of WebAssembly that this host does not have: {0}; \
         build it without: threads, garbage collection, exceptions and the component model's async \
         are off"
    )]
    Feature(String),
    /// More than any deployment could give.
    #[error("the component has {found} {what}; the limit is {limit}: {remedy}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How much it has.
        found: u64,
        /// How much it may have.
        limit: u64,
        /// What to do.
        remedy: &'static str,
    },
}

/// Compiles the component on stdin to stdout, within limits of this process. It must have no other
/// threads, whose stacks would count, and should end then.
///
/// # Errors
///
/// Says what is wrong with the component.
pub fn compile(limits: CompileLimits) -> Result<(), CompileError> {
    bound(limits)?;
    let mut wasm = Vec::new();
    let mut input = io::stdin().lock().take(COMPONENT_LIMIT as u64);
    input.read_to_end(&mut wasm)?;
    let artefact = artefact(&wasm)?;
    let mut output = io::stdout().lock();
    output.write_all(&artefact)?;
    output.write_all(checksum(&artefact).as_ref())?;
    Ok(output.flush()?)
}

/// Bounds this process. It ends when the host does.
fn bound(limits: CompileLimits) -> rustix::io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    nice(NICENESS)?;
    let limit = |resource, most: u64| {
        let (current, maximum) = (Some(most), Some(most));
        setrlimit(resource, Rlimit { current, maximum })
    };
    limit(Resource::Core, 0)?;
    limit(Resource::As, limits.memory as u64)?;
    let seconds = limits.cpu.as_secs();
    setrlimit(
        Resource::Cpu,
        Rlimit {
            current: Some(seconds),
            // The second signal can't be caught.
            maximum: Some(seconds.saturating_add(1)),
        },
    )
}

fn artefact(wasm: &[u8]) -> Result<Vec<u8>, CompileError> {
    let engine = engine::compiler().map_err(CompileError::Invalid)?;
    let component = Component::new(&engine, wasm).map_err(refusal)?;
    check_resources(&component)?;
    component.serialize().map_err(CompileError::Invalid)
}

/// The validator tells of features only in its message.
fn refusal(error: wasmtime::Error) -> CompileError {
    let cause = error.root_cause().to_string();
    let mut signs = ["not enabled", "must be enabled", "disallowed"].into_iter();
    let is_feature = signs.any(|it| cause.contains(it));
    if is_feature {
        CompileError::Feature(cause)
    } else {
        CompileError::Invalid(error.context("not a valid component"))
    }
}

/// What an instance begins with must be possible at all. It is not known of components that take
/// modules as imports, which no host gives them.
fn check_resources(component: &Component) -> Result<(), CompileError> {
    let Some(needs) = component.resources_required() else {
        return Ok(());
    };
    let memory = needs.max_initial_memory_size.unwrap_or_default();
    for (what, found, limit, remedy) in [
        (
            "memories",
            needs.num_memories.into(),
            MEMORIES.into(),
            "link it to one module, or share a memory",
        ),
        (
            "tables",
            needs.num_tables.into(),
            TABLES.into(),
            "link it to fewer modules",
        ),
        (
            "table elements to begin with",
            needs.max_initial_table_size.unwrap_or_default(),
            TABLE_ELEMENTS as u64,
            "take the address of fewer functions",
        ),
        (
            "bytes of memory to begin with",
            memory.saturating_mul(PAGE),
            MEMORY_LIMIT_MAX as u64,
            "build it with less initial memory, such as static data",
        ),
    ] {
        if found > limit {
            return Err(CompileError::TooMany {
                what,
                found,
                limit,
                remedy,
            });
        }
    }
    Ok(())
}
