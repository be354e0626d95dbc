//! A line that the terminal does not show while it is typed.
//!
//! What is typed is hidden before the prompt is there, and what was typed before that is thrown away. Ctrl-C ends the
//! line instead of the process, which could not show again what is typed then.

use std::io::{self, BufRead as _};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use crate::output;

/// What Ctrl-C types.
const INTERRUPT: u8 = 3;

/// The standard input, which shows nothing while this lives.
struct Hidden {
    before: Termios,
}

impl Hidden {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        hidden
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ISIG);
        hidden.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self { before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // There is nothing else to try.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// Asks for a line. Its line break is part of it.
pub(crate) fn read_line(prompt: &str) -> io::Result<String> {
    let _hidden = Hidden::begin()?;
    output::remark(prompt);
    // A terminal gives one line at a time, and Ctrl-C ends one without a line break.
    let mut input = io::stdin().lock();
    let line = input.fill_buf()?.to_vec();
    input.consume(line.len());
    if line.contains(&INTERRUPT) {
        return Err(io::ErrorKind::Interrupted.into());
    }
    String::from_utf8(line).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
