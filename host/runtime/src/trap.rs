//! Why an instance ended, in words for its author.

use wasmtime::component::ResourceTableError;
use wasmtime::{FrameInfo, Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use crate::attempt::AttemptError;
use crate::cpu::CpuExhausted;
use crate::limits::{HOST_CALL_BYTES, RESOURCES};
use crate::one_line::{LINE_LIMIT, one_line};
use crate::sandbox::Sandbox;

/// How many functions an author is told: the one that looped, and who called it.
const FRAMES: usize = 3;

/// The most of their names, in bytes: a compiler's can be long.
const PLACE_LIMIT: usize = 300;

/// What ended an instance.
pub(crate) fn attempt_error(error: &wasmtime::Error, sandbox: &Sandbox) -> AttemptError {
    let limits = &sandbox.environment.limits;
    if error.is::<CpuExhausted>() {
        return AttemptError::Cpu {
            limit: limits.cpu,
            place: place(error),
        };
    }
    if is_too_much(error) {
        let limit = HOST_CALL_BYTES;
        return AttemptError::HostCall { limit };
    }
    if sandbox.limiter.is_at_limit {
        let limit = limits.memory;
        let said = sandbox.log.last_error();
        return AttemptError::Memory { limit, said };
    }
    if sandbox.slot.was_refused() {
        let limit = sandbox.slot.memory();
        return AttemptError::HostMemory { limit };
    }
    // The names in the backtrace are the plugin's.
    let backtrace = one_line(&format!("{error:#}"), LINE_LIMIT);
    tracing::debug!(backtrace, "where the plugin ended");
    let what = match (error.downcast_ref(), error.downcast_ref()) {
        (Some(I32Exit(code)), _) => format!("it exited with code {code}"),
        (_, Some(trap)) => trap_reason(*trap),
        (None, None) if holds_too_much(error) => format!(
            "it held {RESOURCES} of the host's resources at once, the limit: drop those that it does not need"
        ),
        (None, None) => one_line(&error.root_cause().to_string(), LINE_LIMIT),
    };
    AttemptError::Trap(match sandbox.log.last_error() {
        Some(error) => format!("{error} ({what})"),
        None => format!("{what}{}", place(error).unwrap_or_default()),
    })
}

/// The innermost functions in which an instance ended, where its modules have names for them: the compiler of C
/// leaves those of the sources, an interpreter has its own.
fn place(error: &wasmtime::Error) -> Option<String> {
    let backtrace: &WasmBacktrace = error.downcast_ref()?;
    let frames = backtrace.frames().iter();
    let names: Vec<_> = frames
        .filter_map(FrameInfo::func_name)
        .take(FRAMES)
        .collect();
    if names.is_empty() {
        return None;
    }
    Some(format!(
        " (in {})",
        one_line(&names.join(", called by "), PLACE_LIMIT)
    ))
}

/// A trap in plain words.
fn trap_reason(trap: Trap) -> String {
    let what = match trap {
        Trap::UnreachableCodeReached => {
            "it reached code that must not be reached, as an abort does"
        }
        Trap::StackOverflow => "its calls went deeper than its stack: look for endless recursion",
        // The stack of most languages is at the beginning of the memory.
        Trap::MemoryOutOfBounds => {
            "it used memory that it does not have: look for a wrong index, and for endless recursion"
        }
        Trap::HeapMisaligned => "it used memory at an address that is not aligned",
        Trap::TableOutOfBounds => "it used a table's element that is not there",
        Trap::IndirectCallToNull => "it called a function pointer that is null",
        Trap::BadSignature => "it called a function pointer with the wrong type",
        Trap::IntegerDivisionByZero => "it divided an integer by zero",
        Trap::IntegerOverflow => "a division of integers overflowed",
        Trap::BadConversionToInteger => "it made an integer of a number that is none",
        other => return other.to_string(),
    };
    String::from(what)
}

/// Whether there is no room for one more resource. Some interfaces hand on only the message.
fn holds_too_much(error: &wasmtime::Error) -> bool {
    error.root_cause().to_string() == ResourceTableError::Full.to_string()
}

/// Whether a call handed too much to the host. wasmtime has no type for it.
fn is_too_much(error: &wasmtime::Error) -> bool {
    let cause = error.root_cause().to_string();
    cause.contains("fuel allocated for hostcalls has been exhausted")
}
