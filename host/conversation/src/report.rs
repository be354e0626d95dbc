//! What came of playing files, for people.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use botbox_script::{Difference, Expected, Place, Presence, ScriptError, write};
use botbox_server::FailedEvent;
use serde_json::Value;

use crate::calls;
use crate::matching::{Mismatch, matched};

/// What came of a file.
#[derive(Debug)]
pub struct FileReport {
    /// The file.
    pub file: PathBuf,
    /// Why nothing of it was played.
    pub problem: Option<String>,
    /// Its conversations that were played, in order.
    pub convos: Vec<ConvoReport>,
    /// How long it took, without the build of the bot.
    pub took: Duration,
    /// How many steps were rewritten.
    pub blessed: usize,
}

/// What came of a conversation.
#[derive(Debug)]
pub struct ConvoReport {
    /// What it is called.
    pub name: String,
    /// Where it begins.
    pub place: Place,
    /// How long it took.
    pub took: Duration,
    /// What was not as expected, if anything was.
    pub failure: Option<StepFailure>,
}

/// A step that was not as expected.
#[derive(Debug)]
pub struct StepFailure {
    /// Where the step is, or the part of it that is meant.
    pub place: Place,
    /// What is not as expected.
    pub finding: Finding,
}

/// What can be not as expected.
#[derive(Debug)]
pub enum Finding {
    /// The bot said something else.
    Messages {
        /// What was expected.
        expected: Vec<Expected>,
        /// What it said.
        actual: Vec<Value>,
    },
    /// The bot said something though nothing was expected, in the chat that a file would call so.
    Unexpected {
        /// The key of a step that expects it, such as `bot(alice)`.
        key: String,
        /// What it said.
        actual: Vec<Value>,
    },
    /// The bot did not make a call, or made one that was not expected.
    Calls {
        /// What was expected.
        expected: Expected,
        /// What it made.
        actual: Vec<Value>,
    },
    /// The bot's handler failed.
    Failed(FailedEvent),
    /// The bot's handler did not fail so.
    DidNotFail {
        /// What was expected.
        expected: Expected,
        /// How else it failed.
        actual: Vec<String>,
    },
    /// The step can't be done.
    Impossible(String),
}

/// How a report looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With the colours of a terminal.
    Coloured,
}

impl FileReport {
    /// Of a file that is no script.
    #[must_use]
    pub fn unplayable(file: PathBuf, problem: String) -> Self {
        Self {
            file,
            problem: Some(problem),
            convos: Vec::new(),
            took: Duration::ZERO,
            blessed: 0,
        }
    }

    pub(crate) fn of_error(file: PathBuf, error: &ScriptError) -> Self {
        let problem = format!("{}:{error}", file.display());
        Self::unplayable(file, problem)
    }

    /// Whether all is as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.problem.is_none() && self.failed() == 0
    }

    /// How many conversations are not as expected.
    #[must_use]
    pub fn failed(&self) -> usize {
        let failed = self.convos.iter().filter(|convo| convo.failure.is_some());
        failed.count()
    }

    /// For people: a line for each conversation, and below it what is not as expected, with its place.
    #[must_use]
    pub fn text(&self, style: Style) -> String {
        let mut text = String::new();
        let file = self.file.display();
        if let Some(problem) = &self.problem {
            let _ = writeln!(text, "{} {file}\n  {problem}", style.red("FAIL"));
        }
        for convo in &self.convos {
            let took = convo.took.as_secs_f64();
            let verdict = match convo.failure {
                None => style.green("ok  "),
                Some(_) => style.red("FAIL"),
            };
            let _ = writeln!(
                text,
                "{verdict} {file} › {} ({took:.2} s)",
                one_line(&convo.name)
            );
            if let Some(StepFailure { place, finding }) = &convo.failure {
                let _ = writeln!(text, "  {file}:{place}: {}", finding.headline());
                for line in finding.lines(style) {
                    let _ = writeln!(text, "    {line}");
                }
            }
        }
        text
    }
}

impl Finding {
    /// What is not as expected, on a line.
    #[must_use]
    pub fn headline(&self) -> String {
        match self {
            Self::Messages { expected, actual } => match matched(expected, actual) {
                Err(Mismatch::Missing(_)) if actual.is_empty() => {
                    String::from("the bot says nothing")
                }
                Err(Mismatch::Missing(number)) => {
                    format!("the bot says nothing more after {number} messages")
                }
                Err(Mismatch::Unlike) => String::from("the bot says something else"),
                Ok(_) | Err(Mismatch::Surplus) => {
                    String::from("the bot says more than was expected")
                }
            },
            Self::Unexpected { key, .. } => {
                format!("the bot says something, and no step `{key}` expects it")
            }
            Self::Calls { expected, .. } => match expected.presence {
                Presence::Not => String::from("the bot makes a call that was not expected"),
                _ => String::from("the bot does not make a call that was expected"),
            },
            Self::Failed(event) => format!("the bot failed: {}", one_line(&event.error)),
            Self::DidNotFail { actual, .. } => match actual.is_empty() {
                true => String::from("the bot did not fail"),
                false => String::from("the bot failed in another way"),
            },
            Self::Impossible(why) => one_line(why),
        }
    }

    /// The details, a line each: `-` is what was expected, `+` what came.
    #[must_use]
    pub fn lines(&self, style: Style) -> Vec<String> {
        let mut lines = Vec::new();
        match self {
            Self::Messages { expected, actual } => messages(expected, actual, style, &mut lines),
            Self::Unexpected { actual, .. } => {
                for message in actual {
                    push(&mut lines, style, '+', &write::message(message));
                }
            }
            Self::Calls { expected, actual } => {
                lines.push(style.red(&format!("- {}", expected.pattern)));
                lines.extend(
                    actual
                        .iter()
                        .map(|call| format!("  {}", one_line(&calls::described(call)))),
                );
            }
            Self::Failed(event) => {
                lines.extend(
                    event
                        .log
                        .lines()
                        .map(|line| format!("log: {}", one_line(line))),
                );
            }
            Self::DidNotFail { expected, actual } => {
                lines.push(style.red(&format!("- {}", expected.pattern)));
                lines.extend(
                    actual
                        .iter()
                        .map(|it| style.green(&format!("+ {}", one_line(it)))),
                );
            }
            Self::Impossible(_) => {}
        }
        lines
    }
}

/// The messages side by side: those that are as expected, the one that is not, and what came after it.
fn messages(expected: &[Expected], actual: &[Value], style: Style, lines: &mut Vec<String>) {
    let (mut came, mut is_broken) = (0, false);
    for it in expected {
        let next = actual.get(came);
        let is_so = next.is_some_and(|next| it.pattern.matches(next));
        let is_fine = match it.presence {
            Presence::Required => is_so,
            Presence::Not => next.is_some() && !is_so,
            Presence::Optional if !is_so => continue,
            Presence::Optional => true,
        };
        match (next, is_fine) {
            (Some(next), true) => {
                push(lines, style, ' ', &write::message(next));
                came += 1;
            }
            (Some(next), false) if !is_broken => {
                is_broken = true;
                came += 1;
                difference(it, next, style, lines);
            }
            _ => lines.push(style.red(&format!("- {}{}", mark(it.presence), it.pattern))),
        }
    }
    for message in &actual[came.min(actual.len())..] {
        push(lines, style, '+', &write::message(message));
    }
}

/// Where a message is not as expected: the parts that differ, by their paths.
fn difference(expected: &Expected, actual: &Value, style: Style, lines: &mut Vec<String>) {
    let found = expected.pattern.differences(actual);
    if expected.presence == Presence::Not || found.is_empty() {
        lines.push(style.red(&format!(
            "- {}{}",
            mark(expected.presence),
            expected.pattern
        )));
        push(lines, style, '+', &write::message(actual));
        return;
    }
    if found.iter().any(|it| it.path == "type") {
        // Another type has other properties: each of them would differ.
        lines.push(style.red(&format!("- {}", expected.pattern)));
        push(lines, style, '+', &write::message(actual));
        return;
    }
    for Difference {
        path,
        expected,
        actual,
    } in found
    {
        if !path.is_empty() {
            lines.push(format!("at {path}"));
        }
        match expected {
            Some(expected) => push(lines, style, '-', &expected),
            None => lines.push(style.red("- nothing")),
        }
        match actual {
            Some(actual) => push(lines, style, '+', &actual),
            None => lines.push(style.green("+ nothing")),
        }
    }
}

/// Adds a value with a sign before each of its lines.
fn push(lines: &mut Vec<String>, style: Style, sign: char, value: &Value) {
    for line in write::item(value, Some(0)).lines() {
        let line = format!("{sign} {}", one_line(line));
        lines.push(match sign {
            '-' => style.red(&line),
            '+' => style.green(&line),
            _ => line,
        });
    }
}

fn mark(presence: Presence) -> &'static str {
    match presence {
        Presence::Required => "",
        Presence::Optional => "?",
        Presence::Not => "!",
    }
}

/// Without what a terminal would act upon: a bot can say anything.
fn one_line(text: &str) -> String {
    let is_active =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let safe = text.chars().map(|c| match is_active(c) {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    });
    safe.collect()
}

impl Style {
    fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    /// A line of a difference, by its sign.
    pub(crate) fn signed(self, sign: char, line: &str) -> String {
        let line = format!("{sign} {}", one_line(line));
        match sign {
            '-' => self.red(&line),
            '+' => self.green(&line),
            _ => line,
        }
    }

    fn with(self, colour: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\u{1b}[{colour}m{text}\u{1b}[0m"),
        }
    }
}
