//! Why a bot could not handle an event.

use std::any::Any;
use std::error::Error;
use std::fmt::Write as _;
use std::io;
use std::panic::Location;

use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::bindings::exports::botbox::line::handler;
use crate::{http, store};

/// What a bot's function returns.
pub type Result<T = (), E = Failure> = core::result::Result<T, E>;

/// Why an event could not be handled.
///
/// Any error turns into one with `?`, and keeps its text, its causes and the place of the `?`, which the operator
/// sees. A capability's error, and that of [`http`], asks for another try when the other side was busy or
/// away; any other error is final. One error is no failure: `standby`. A bot must not send to a chat that
/// is on standby, so an event whose handler ends with that error is handled.
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
    #[track_caller]
    fn from(error: E) -> Self {
        let place = Location::caller();
        // Told apart here, where the type is known: as a `dyn Error`, a `CallError` would bring its `Debug` along,
        // 16 KB of each bot.
        match (&error as &dyn Any).downcast_ref() {
            Some(error) => Self::of_call(String::new(), error, place),
            None => Self::of(&error, place),
        }
    }
}

impl Failure {
    fn of_call(mut text: String, error: &CallError, place: &Location<'_>) -> Self {
        tell_call(&mut text, error);
        match error.kind {
            ErrorKind::Standby => Self(Why::Standby),
            ErrorKind::RateLimited | ErrorKind::Unavailable => Self::retry(at(text, place)),
            _ => Self::reject(at(text, place)),
        }
    }

    /// Of an error with all its causes.
    fn of(error: &(dyn Error + 'static), place: &Location<'_>) -> Self {
        let mut text = String::new();
        let mut is_temporary = false;
        let mut next = Some(error);
        while let Some(error) = next {
            if !text.is_empty() {
                text.push_str(": ");
            }
            if let Some(error) = call_error(error) {
                return Self::of_call(text, error, place);
            }
            if let Some(error) = error.downcast_ref::<http::Error>() {
                is_temporary = error.is_temporary();
            }
            match error.downcast_ref() {
                Some(error) => text.push_str(store_text(error)),
                None => text.push_str(&error.to_string()),
            }
            next = error.source();
        }
        match is_temporary {
            true => Self::retry(at(text, place)),
            false => Self::reject(at(text, place)),
        }
    }
}

fn at(text: String, place: &Location<'_>) -> String {
    format!("{text} (at {place})")
}

/// The capability's error that `error` is, or that reading a content wrapped.
fn call_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e CallError> {
    let wrapped = || error.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref();
    error.downcast_ref().or_else(wrapped)
}

/// The whole of a capability's error, in one line.
fn tell_call(text: &mut String, error: &CallError) {
    let CallError {
        kind,
        message,
        details,
        request_id,
    } = error;
    let _ = write!(text, "{}: {message}", kind_name(*kind));
    let mut separator = "; ";
    for detail in details {
        text.push_str(separator);
        if !detail.property.is_empty() {
            let _ = write!(text, "{}: ", detail.property);
        }
        text.push_str(&detail.message);
        separator = ", ";
    }
    if let Some(id) = request_id {
        let _ = write!(text, "; LINE's request {id}");
    }
}

fn kind_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Denied => "denied",
        ErrorKind::Standby => "standby",
        ErrorKind::Invalid => "invalid",
        ErrorKind::RateLimited => "rate-limited",
        ErrorKind::QuotaExceeded => "quota-exceeded",
        ErrorKind::NotFound => "not-found",
        ErrorKind::Expired => "expired",
        ErrorKind::Unavailable => "unavailable",
        ErrorKind::Other => "other",
    }
}

fn store_text(error: &store::Error) -> &str {
    match error {
        store::Error::AccessDenied => "`keyvalue` is not among the channel's grants",
        store::Error::NoSuchStore => "there is no such bucket",
        store::Error::Other(why) => why,
    }
}

/// What the host is told of a handler's result.
pub(crate) fn outcome(result: Result) -> core::result::Result<(), handler::Failure> {
    match result {
        Ok(()) | Err(Failure(Why::Standby)) => Ok(()),
        Err(Failure(Why::Failed(failure))) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;
    use crate::bindings::botbox::line::errors::ErrorDetail;

    fn call_error(kind: ErrorKind) -> CallError {
        CallError {
            kind,
            message: String::from("LINE answers 400"),
            details: vec![
                ErrorDetail {
                    message: String::from("May not be empty"),
                    property: String::from("messages[0].text"),
                },
                ErrorDetail {
                    message: String::from("Too many"),
                    property: String::new(),
                },
            ],
            request_id: Some(String::from("r-1")),
        }
    }

    fn fail(error: impl Error + 'static) -> core::result::Result<(), handler::Failure> {
        let handler = || -> Result { Err(error)? };
        outcome(handler())
    }

    fn rejected(error: impl Error + 'static) -> String {
        match fail(error) {
            Err(handler::Failure::Reject(why)) => why,
            other => panic!("no rejection: {other:?}"),
        }
    }

    /// What an author's own error type does.
    #[derive(Debug)]
    struct Wrapped(CallError);

    impl fmt::Display for Wrapped {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the menu can't be shown")
        }
    }

    impl Error for Wrapped {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn a_capabilitys_error_keeps_all_that_it_says() {
        let why = rejected(call_error(ErrorKind::Invalid));
        let (why, place) = why.split_once(" (at ").unwrap();
        assert_eq!(
            why,
            "invalid: LINE answers 400; messages[0].text: May not be empty, Too many; LINE's request r-1"
        );
        // The place of the `?`, not of the conversion.
        assert!(place.contains("failure.rs:"), "{place}");
    }

    #[test]
    fn causes_are_told_and_looked_at() {
        let why = rejected(Wrapped(call_error(ErrorKind::Denied)));
        assert!(
            why.starts_with("the menu can't be shown: denied: LINE answers 400"),
            "{why}"
        );
        for kind in [ErrorKind::RateLimited, ErrorKind::Unavailable] {
            for failure in [
                fail(call_error(kind)),
                fail(Wrapped(call_error(kind))),
                fail(io::Error::other(call_error(kind))),
            ] {
                assert!(
                    matches!(failure, Err(handler::Failure::Retry(_))),
                    "{failure:?}"
                );
            }
        }
        assert_eq!(fail(Wrapped(call_error(ErrorKind::Standby))), Ok(()));
    }

    #[test]
    fn the_missing_grant_is_named() {
        let why = rejected(store::Error::AccessDenied);
        assert!(
            why.starts_with("`keyvalue` is not among the channel's grants (at "),
            "{why}"
        );
    }
}
