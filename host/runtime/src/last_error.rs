//! The last error that a plugin logged before it ended, to tell why it did.
//!
//! A trap says only that code was reached which must not be. Why is in what the languages' runtimes
//! write before it: the Rust SDK logs the panic, C's `assert` and Python's traceback go to stderr.

use crate::bindings::wasi::logging::logging::Level;
use crate::one_line::one_line;

/// The longest text that is kept, in bytes: an error of the journal is read in a list.
const LIMIT: usize = 512;

/// The beginning of Rust's panics, wherever they are written.
const PANIC: &str = "panicked at ";

/// The beginnings of what ends a program in Go, whose goroutines' stacks follow.
const GO_ENDS: [&str; 2] = ["fatal error: ", "panic: "];

/// The beginnings of the files of Go's own runtime in such a stack.
const GO_OWN: [&str; 2] = ["runtime/", "internal/"];

/// What std writes below a panic.
const PANIC_NOTE: &str = "note: run with `RUST_BACKTRACE";

/// The last error of one attempt.
#[derive(Default)]
pub(crate) struct LastError {
    text: String,
    kind: Kind,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Kind {
    #[default]
    Error,
    /// A panic's place, whose message is the next line.
    PanicPlace,
    /// The end of a program in Go, whose place is in the stack below.
    GoEnd,
    /// Nothing that is said after it matters more.
    Panic,
}

impl LastError {
    /// Looks at a line of the plugin's log, or of its stderr.
    pub(crate) fn observe(&mut self, level: Level, context: &str, line: &str) {
        let is_error = matches!(level, Level::Error | Level::Critical);
        let is_stderr = context == "stderr";
        if !(is_error || is_stderr) || self.kind == Kind::Panic {
            return;
        }
        let line = line.trim_end();
        if let Some(at) = line.find(PANIC) {
            self.kind = match line.ends_with(':') {
                true => Kind::PanicPlace,
                false => Kind::Panic,
            };
            self.text = one_line(&line[at..], LIMIT);
        } else if self.kind == Kind::PanicPlace {
            self.kind = Kind::Panic;
            self.text = one_line(&format!("{} {line}", self.text), LIMIT);
        } else if self.kind == Kind::GoEnd {
            if let Some(place) = go_place(line) {
                self.kind = Kind::Panic;
                self.text = one_line(&format!("{} at {place}", self.text), LIMIT);
            }
        } else if is_stderr && GO_ENDS.iter().any(|begin| line.starts_with(begin)) {
            self.kind = Kind::GoEnd;
            self.text = one_line(line, LIMIT);
        } else if is_error || !is_detail(line) {
            self.text = one_line(line, LIMIT);
        }
    }

    /// The error, if there was one.
    pub(crate) fn get(&self) -> Option<&str> {
        (!self.text.is_empty()).then_some(&self.text)
    }
}

/// Whether a line of stderr is below or above the one that says what happened: of a stack, or empty.
fn is_detail(line: &str) -> bool {
    line.is_empty() || line.starts_with(char::is_whitespace) || line.starts_with(PANIC_NOTE)
}

/// The place in a line of a Go stack, such as `\thello/bot.go:12 +0x3`; none when it is Go's own.
fn go_place(line: &str) -> Option<&str> {
    let place = line.strip_prefix('\t')?.split(" +0x").next()?;
    let is_own = GO_OWN.iter().any(|begin| place.starts_with(begin));
    (place.contains(".go:") && !is_own).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last_error(lines: &[(Level, &str, &str)]) -> Option<String> {
        let mut error = LastError::default();
        for (level, context, line) in lines {
            error.observe(*level, context, line);
        }
        error.get().map(str::to_owned)
    }

    fn stderr(text: &str) -> Option<String> {
        let lines = text.lines().map(|line| (Level::Info, "stderr", line));
        last_error(&lines.collect::<Vec<_>>())
    }

    #[test]
    fn the_end_of_a_go_program_has_the_place_of_the_author() {
        let said = "runtime: out of memory: cannot allocate 1048576-byte block\n\
                    fatal error: out of memory\n\n\
                    goroutine 1 gp=0x3821c0 m=0 mp=0x262440 [running]:\n\
                    runtime.throw({0xdea8, 0xd})\n\
                    \truntime/panic.go:1243 +0x3 fp=0x394e20\n\
                    main.handle()\n\
                    \thello/bot.go:40 +0x3\n\
                    main.main()\n\
                    \thello/bot.go:12 +0x3\n\
                    exit status 2";
        let told = "fatal error: out of memory at hello/bot.go:40";
        assert_eq!(stderr(said).unwrap(), told);
    }

    #[test]
    fn a_panic_outlasts_what_follows() {
        let sdk = last_error(&[
            (Level::Error, "shop", "no such order"),
            (
                Level::Critical,
                "panic",
                "panicked at src/lib.rs:7:9:\nno table is free",
            ),
            (Level::Error, "shop", "while unwinding"),
        ]);
        let expected = "panicked at src/lib.rs:7:9: no table is free";
        assert_eq!(sdk.as_deref(), Some(expected));
        let std = stderr(
            "thread '<unnamed>' panicked at src/lib.rs:7:9:\nno table is free\n\
             note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
        );
        assert_eq!(std.as_deref(), Some(expected));
    }

    #[test]
    fn other_languages_write_to_stderr() {
        for (text, expected) in [
            (
                "Traceback (most recent call last):\n  File \"app.py\", line 3, in handle\n    \
                 orders[7]\nKeyError: 7\n",
                "KeyError: 7",
            ),
            (
                "TypeError: order is undefined\n    at handle (bot.js:3:4)\n    at run (bot.js:9:1)\n",
                "TypeError: order is undefined",
            ),
            (
                "Assertion failed: count > 0 (bot.c: handle: 12)\n",
                "Assertion failed: count > 0 (bot.c: handle: 12)",
            ),
        ] {
            assert_eq!(stderr(text).as_deref(), Some(expected));
        }
        assert_eq!(last_error(&[(Level::Info, "stdout", "all is well")]), None);
        assert_eq!(stderr("    only a stack\n"), None);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let long = "x".repeat(100_000);
        assert!(last_error(&[(Level::Error, "", &long)]).unwrap().len() < LIMIT + 50);
    }
}
