//! Why a bot could not handle an event.

use std::any::Any;
use std::error::Error;
use std::io;

use crate::bindings::exports::botbox::line::handler;
use crate::errors::{CallError, ErrorKind};

/// What a bot's function returns.
pub type Result<T = (), E = Failure> = core::result::Result<T, E>;

/// Why an event could not be handled.
///
/// Any error turns into one with `?`. A capability's error asks for another try when LINE was
/// busy or away; any other error is final.
#[derive(Debug)]
pub struct Failure(handler::Failure);

impl Failure {
    /// Something passing stood in the way.
    pub fn retry(why: impl Into<String>) -> Self {
        Self(handler::Failure::Retry(why.into()))
    }

    /// The event can't be handled, now or later.
    pub fn reject(why: impl Into<String>) -> Self {
        Self(handler::Failure::Reject(why.into()))
    }
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let Some(error) = call_error(&error) else {
            return Self::reject(error.to_string());
        };
        match error.kind {
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

impl From<Failure> for handler::Failure {
    fn from(failure: Failure) -> Self {
        failure.0
    }
}
