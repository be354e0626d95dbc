//! Compiles components, each in a process of its own.
//!
//! A component is its author's, and compiling some takes minutes and gigabytes. So it is done where
//! it can be bounded and ended: in a process of the host's own program, with limits of processor time
//! and memory, one thread, and a low priority. It knows no secret, reads the component, and writes
//! what it made of it; whatever else it does costs that component only.
//!
//! Few run at a time, and a provider never has all of them while others are allowed (`turns.rs`).

mod process;
mod turns;

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use rustix::process::Signal;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

pub use process::{CompileError, CompileLimits, compile as compile_here};
pub use turns::Turn;

use crate::component::LoadError;
use crate::one_line::{LINE_LIMIT, one_line};
use turns::Turns;

/// The command of the host's program that compiles. Its two arguments are the limits, in seconds and
/// MiB.
pub const COMPILE_COMMAND: &str = "compile-plugin";

/// The exit code of a process that tells on stderr what is wrong with the component.
const REFUSED: i32 = 1;

/// The exit code of a program in Rust that panicked.
const PANICKED: i32 = 101;

/// How much longer than its processor time a process may take by the clock: ten times. It gives way
/// to events, and they leave it that much of a busy machine.
const CLOCK_FACTOR: u32 = 10;

/// How plugins are compiled.
#[derive(Clone, Debug)]
pub struct CompilerSettings {
    /// The program that has the command [`COMPILE_COMMAND`] and calls [`compile_here`] for it. It must
    /// be of the host's own build.
    pub program: PathBuf,
    /// What compiling one component may use.
    pub limits: CompileLimits,
    /// How many components are compiled at a time.
    pub processes: usize,
}

/// Compiles components.
pub(crate) struct Compiler {
    program: PathBuf,
    limits: CompileLimits,
    turns: Arc<Turns>,
}

impl Compiler {
    pub(crate) fn new(settings: &CompilerSettings) -> Self {
        Self {
            program: settings.program.clone(),
            limits: settings.limits,
            turns: Turns::new(settings.processes),
        }
    }

    /// Waits until a component of this owner may be compiled.
    pub(crate) async fn turn(&self, owner: &str) -> Turn {
        self.turns.take(owner).await
    }

    /// Compiles a component into a file. The process ends when the future is dropped.
    pub(crate) async fn compile(
        &self,
        _turn: Turn,
        wasm: &[u8],
        artefact: File,
    ) -> Result<(), LoadError> {
        let CompileLimits { cpu, memory } = self.limits;
        let mut process = Command::new(&self.program)
            .arg(COMPILE_COMMAND)
            .args([cpu.as_secs().to_string(), (memory >> 20).to_string()])
            // It needs no secret of the host's.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(artefact)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(LoadError::NoCompiler)?;
        let (input, errors) = (process.stdin.take(), process.stderr.take());
        let ended = async {
            let write = async {
                if let Some(mut input) = input {
                    // Who ends early does not read on; its end tells why.
                    drop(input.write_all(wasm).await);
                }
            };
            let read = async {
                match errors {
                    Some(errors) => beginning(errors).await,
                    None => String::new(),
                }
            };
            let ((), said, status) = tokio::join!(write, read, process.wait());
            (said, status)
        };
        let limit = cpu.saturating_mul(CLOCK_FACTOR);
        let Ok((said, status)) = tokio::time::timeout(limit, ended).await else {
            return Err(LoadError::CompileTime { limit });
        };
        let status = status.map_err(LoadError::NoCompiler)?;
        self.judge(status, &said)
    }

    /// What the end of a process says about the component.
    fn judge(&self, status: ExitStatus, said: &str) -> Result<(), LoadError> {
        let CompileLimits { cpu, memory } = self.limits;
        let said = one_line(said.trim(), LINE_LIMIT);
        let signal = status.signal().and_then(Signal::from_named_raw);
        match (status.code(), signal) {
            (Some(0), _) => Ok(()),
            (Some(REFUSED), _) => Err(LoadError::Refused(said)),
            (_, Some(Signal::XCPU)) => Err(LoadError::CompileCpu { limit: cpu }),
            // A program in Rust says so, and gives up. Where it could go on, Cranelift panics.
            (_, Some(Signal::ABORT)) if said.contains("memory allocation") => {
                Err(LoadError::CompileMemory { limit: memory })
            }
            (Some(PANICKED), _) if said.contains("out of memory") => {
                Err(LoadError::CompileMemory { limit: memory })
            }
            _ => Err(LoadError::CompilerEnded(format!("{status}: {said}"))),
        }
    }
}

/// The beginning of what a process says. All is read, so that it does not wait.
async fn beginning(stream: impl AsyncRead + Unpin) -> String {
    let mut said = Vec::new();
    let mut stream = stream.take(LINE_LIMIT as u64);
    // What broke off tells what it can.
    drop(stream.read_to_end(&mut said).await);
    drop(tokio::io::copy(&mut stream.into_inner(), &mut tokio::io::sink()).await);
    String::from_utf8_lossy(&said).into_owned()
}
