//! Why a command failed, told once.

use std::io::{self, IsTerminal};

use botbox_server::StartError;
use botbox_server::config::{ConfigError, Place, Problem};
use tracing::Level;

/// Tells it in plain words on stderr.
#[allow(clippy::print_stderr, reason = "the command's output")]
pub(crate) fn print(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}

/// Tells it in the log's own format, unless a person reads that or nobody does. Returns whether it
/// was told.
pub(crate) fn log(error: &anyhow::Error) -> bool {
    if io::stderr().is_terminal() || !tracing::enabled!(Level::ERROR) {
        return false;
    }
    match problems(error) {
        Some(problems) => problems.iter().for_each(log_problem),
        None => tracing::error!("{error:#}"),
    }
    true
}

/// What is wrong with a configuration, if that is why.
fn problems(error: &anyhow::Error) -> Option<&[Problem]> {
    let start = error.downcast_ref().map(|it: &StartError| match it {
        StartError::Config(error) => Some(error),
        _ => None,
    });
    let error = start.flatten().or_else(|| error.downcast_ref());
    match error? {
        ConfigError::Problems(problems) => Some(problems),
        ConfigError::Unreadable(..) => None,
    }
}

fn log_problem(problem: &Problem) {
    let Problem {
        file,
        place,
        key,
        channel,
        what,
        example,
        ..
    } = problem;
    let (line, variable) = match place {
        Place::Line(line) => (Some(line), None),
        Place::Variable(name) => (None, Some(name)),
    };
    tracing::error!(
        file = %file.display(),
        line,
        variable,
        key,
        channel,
        what,
        example,
        "the configuration has a problem"
    );
}
