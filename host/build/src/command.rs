//! Child processes that must succeed.

use std::io::{self, IsTerminal, Read, Write};
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
    let status = command.status();
    let status = status.map_err(|source| missing(command, source))?;
    if !status.success() {
        return Err(CommandError::Failed {
            line: line(command),
        });
    }
    Ok(())
}

/// How much is kept of what a compiler says: 64 KiB. Its first errors are what its user needs.
const HEARD: usize = 64 << 10;

/// Runs a command whose output is for the user, and keeps what it says, too: up to 64 KiB, without colours.
///
/// # Errors
///
/// When it does not start.
pub fn heard(command: &mut Command) -> Result<(ExitStatus, String), CommandError> {
    if io::stderr().is_terminal() {
        // It does not write to the terminal itself.
        command.env("CARGO_TERM_COLOR", "always");
    }
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|source| missing(command, source))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let said = thread::scope(|scope| {
        let out = scope.spawn(|| out.map(passed_on));
        let err = err.map(passed_on).unwrap_or_default();
        // It can't panic.
        let out = out.join().ok().flatten().unwrap_or_default();
        [err, out].concat()
    });
    let status = child.wait().map_err(|source| missing(command, source))?;
    Ok((status, without_colours(&String::from_utf8_lossy(&said))))
}

/// Passes on to the user what is read, piece by piece, and returns its beginning.
fn passed_on(mut from: impl Read) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut piece = [0; 4096];
    // Who can't be read any more has ended.
    while let Ok(count @ 1..) = from.read(&mut piece) {
        // A user who does not look misses it.
        let _ = io::stderr().write_all(&piece[..count]);
        let room = HEARD.saturating_sub(kept.len());
        kept.extend(&piece[..count.min(room)]);
    }
    kept
}

/// Without the sequences that set colours (ECMA-48, SGR).
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        plain.push_str(rest.strip_prefix('m').unwrap_or(rest));
    }
    plain
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_compiler_says_is_kept_without_colours() {
        let mut shell = Command::new("sh");
        let said = "printf '\\033[1;31merror\\033[0m: no' >&2; printf ' more'; exit 3";
        let (status, heard) = heard(shell.args(["-c", said])).unwrap();
        assert_eq!(status.code(), Some(3));
        assert_eq!(heard, "error: no more");
    }
}
