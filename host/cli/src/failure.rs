//! Why a command failed, told once: as a line of the log where programs read that, or else in plain words.

use botbox_server::StartError;
use botbox_server::config::{ConfigError, Place, Problem};
use tracing::Level;

use crate::logging;

/// Prints it on stderr. For a service whose log is JSON it is a line of the log, even when a filter silences
/// the log or the log could not be started: the reader wants to know why nothing runs.
pub(crate) fn report(error: &anyhow::Error, is_service: bool) {
    if !is_service || !logging::is_json() {
        print(error);
    } else if tracing::enabled!(Level::ERROR) {
        log(error);
    } else {
        logging::unfiltered(|| log(error));
    }
}

#[allow(clippy::print_stderr, reason = "the command's output")]
fn print(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}

fn log(error: &anyhow::Error) {
    match problems(error) {
        Some(problems) => problems.iter().for_each(log_problem),
        None => tracing::error!("{error:#}"),
    }
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
