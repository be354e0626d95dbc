//! Why a command failed, told once: as a line of the log where programs read that, or else in plain words.

use std::process::ExitCode;

use botbox_server::StartError;
use botbox_server::config::{ConfigError, Place, Problem};
use reqwest::StatusCode;
use tracing::Level;

use crate::admin_client::AdminError;
use crate::logging;
use crate::test::failure::TestFailure;

/// What [`exit_code`] tells scripts, for the help.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed for another reason
  2  the arguments are not right
  3  the host has no such thing
  4  it is in the way of what is there: changed meanwhile, pinned, in use, or there already
  5  the token is missing, unknown, or does not allow it
  6  what was given is not right: a document, a plugin, a name
  7  the host can't be reached, or can't do it now: try again later";

/// What a command that failed ends with, so that scripts can tell why.
pub(crate) fn exit_code(error: &anyhow::Error) -> ExitCode {
    if let Some(TestFailure::Unplayable(_)) = error.downcast_ref() {
        return ExitCode::from(6);
    }
    let code = match error.downcast_ref() {
        Some(AdminError::Refused { status, .. }) => match *status {
            StatusCode::NOT_FOUND => 3,
            StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => 4,
            StatusCode::FORBIDDEN => 5,
            StatusCode::TOO_MANY_REQUESTS => 7,
            status if status.is_client_error() => 6,
            _ => 7,
        },
        Some(AdminError::NoToken | AdminError::BadToken(_) | AdminError::TokenFile { .. }) => 5,
        Some(AdminError::Unauthorized { .. }) => 5,
        Some(AdminError::Unreachable { .. }) => 7,
        _ => 1,
    };
    ExitCode::from(code)
}

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
