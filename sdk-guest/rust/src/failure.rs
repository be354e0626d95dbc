//! Why a bot could not handle an event.

use std::any::Any;
use std::error::Error;
use std::io;

use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::bindings::exports::botbox::line::handler;

/// What a bot's function returns.
pub type Result<T = (), E = Failure> = core::result::Result<T, E>;

/// Why an event could not be handled.
///
/// Any error turns into one with `?`. A capability's error asks for another try when LINE was busy or away;
/// any other error is final. One error is no failure: that the chat is in standby. The bot must not send
/// then, so an event whose handler ends with it is handled.
#[derive(Debug)]
pub struct Failure(Why);

#[derive(Debug)]
enum Why {
    Failed(handler::Failure),
    Standby,
}

impl Failure {
    /// A temporary failure: the event is tried again.
    pub fn retry(why: impl Into<String>) -> Self {
        Self(Why::Failed(handler::Failure::Retry(why.into())))
    }

    /// A permanent failure: the event is not tried again.
    pub fn reject(why: impl Into<String>) -> Self {
        Self(Why::Failed(handler::Failure::Reject(why.into())))
    }
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let Some(error) = call_error(&error) else {
            return Self::reject(error.to_string());
        };
        match error.kind {
            ErrorKind::Standby => Self(Why::Standby),
            ErrorKind::RateLimited | ErrorKind::Unavailable => Self::retry(&error.message),
            _ => Self::reject(&error.message),
        }
    }
}

/// The capability's error that `error` is, or that reading a content wrapped.
fn call_error(error: &dyn Any) -> Option<&CallError> {
    let wrapped = || error.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref();
    error.downcast_ref().or_else(wrapped)
}

/// What the host is told of a handler's result.
pub(crate) fn outcome(result: Result) -> core::result::Result<(), handler::Failure> {
    match result {
        Ok(()) | Err(Failure(Why::Standby)) => Ok(()),
        Err(Failure(Why::Failed(failure))) => Err(failure),
    }
}
