//! Child processes that must succeed.

use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It can't be started.
    #[error("`{program}` does not start; is it installed?")]
    Missing {
        /// Its program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// It failed, and what it said went to the user.
    #[error("`{line}` failed")]
    Failed {
        /// Its program and arguments.
        line: String,
    },
    /// It failed, and said this.
    #[error("`{line}` failed: {said}")]
    FailedSaying {
        /// Its program and arguments.
        line: String,
        /// What it wrote to stderr.
        said: String,
    },
    /// Its output is not text.
    #[error("`{line}` printed something that is not text")]
    NotText {
        /// Its program and arguments.
        line: String,
    },
}

/// Runs a command whose output is for the user.
///
/// # Errors
///
/// When it does not start, or fails.
pub fn run(command: &mut Command) -> Result<(), CommandError> {
    let status = status(command)?;
    if !status.success() {
        return Err(CommandError::Failed {
            line: line(command),
        });
    }
    Ok(())
}

/// Runs a command whose output is for the user, and tells how it ended.
///
/// # Errors
///
/// When it does not start.
pub fn status(command: &mut Command) -> Result<ExitStatus, CommandError> {
    command.status().map_err(|source| missing(command, source))
}

/// Runs a command whose output is for this program; what it says is told when it fails.
///
/// # Errors
///
/// When it does not start, fails, or prints something that is not text.
pub fn output(command: &mut Command) -> Result<String, CommandError> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|source| missing(command, source))?;
    let line = || line(command);
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(CommandError::FailedSaying {
            line: line(),
            said: said.trim().to_owned(),
        });
    }
    String::from_utf8(output.stdout).map_err(|_| CommandError::NotText { line: line() })
}

/// Whether a silent command succeeds in time; it is killed when the time is up.
#[must_use]
pub fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    let Ok(mut child) = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
    else {
        return false;
    };
    let deadline = Instant::now() + limit;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(50)),
            Ok(None) | Err(_) => {
                // It may be gone already, which is as good.
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

fn missing(command: &Command, source: std::io::Error) -> CommandError {
    CommandError::Missing {
        program: command.get_program().display().to_string(),
        source,
    }
}

fn line(command: &Command) -> String {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect();
    words.join(" ")
}
