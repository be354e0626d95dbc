//! `botbox compile-plugin`: the host's own command, by which it compiles a component in a process of
//! its own.

use std::process::ExitCode;
use std::time::Duration;

use botbox_server::{CompileLimits, compile_here};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How much processor time it may take, in seconds.
    cpu_s: u64,
    /// How much memory it may take, in MiB.
    memory_mib: usize,
}

/// Compiles the component on stdin to stdout. What is wrong with it goes to stderr, as it is.
#[allow(clippy::print_stderr, reason = "the host reads it")]
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let compiled = compile_here(CompileLimits {
        cpu: Duration::from_secs(arguments.cpu_s),
        memory: arguments.memory_mib << 20,
    });
    match compiled {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{:#}", anyhow::Error::new(error));
            ExitCode::FAILURE
        }
    }
}
