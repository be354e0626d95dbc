//! How the probe shows what a call failed with.

use std::io;

use botbox_sdk::errors::{CallError, ErrorDetail};
use botbox_sdk::log;

pub(crate) fn broken(error: &io::Error) -> String {
    let error = error.get_ref().and_then(|error| error.downcast_ref());
    error.map_or_else(|| String::from("?"), kind)
}

pub(crate) fn kind(error: &CallError) -> String {
    log::info!("{}", error.message);
    for ErrorDetail { property, message } in &error.details {
        log::info!("detail of {property:?}: {message}");
    }
    format!("{:?}", error.kind)
}
