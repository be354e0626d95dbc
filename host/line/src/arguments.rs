//! Checks of arguments that need no answer of LINE's. Most limits are LINE's to check; these are of what
//! must not reach it at all.

use std::fmt::Display;

use crate::error::Error;

/// Checks that `id` can stand in a path: a plugin's argument must not reach another endpoint.
///
/// At most 100 bytes: LINE's longest ids have 50 or so.
pub(crate) fn path_segment<'a>(argument: &'static str, id: &'a str) -> Result<&'a str, Error> {
    const LONGEST: usize = 100;
    let is_odd = |c: &char| !c.is_ascii_alphanumeric() && !"-_".contains(*c);
    let reason = if id.is_empty() {
        String::from("it is empty")
    } else if id.len() > LONGEST {
        format!("it has {} bytes, more than {LONGEST}", id.len())
    } else if let Some(odd) = id.chars().find(is_odd) {
        format!("it contains {odd:?}; LINE's ids have letters, digits, `-` and `_`")
    } else {
        return Ok(id);
    };
    Err(Error::Argument { argument, reason })
}

/// Checks that an id is given.
pub(crate) fn not_empty<'a>(argument: &'static str, id: &'a str) -> Result<&'a str, Error> {
    if id.is_empty() {
        return Err(bad_argument(argument, "it is empty"));
    }
    Ok(id)
}

/// Checks that there is an id at least, and that none is empty.
pub(crate) fn not_empty_ids<'a>(
    argument: &'static str,
    ids: &'a [String],
) -> Result<&'a [String], Error> {
    if ids.is_empty() {
        return Err(bad_argument(argument, "it is empty"));
    }
    if let Some(index) = ids.iter().position(String::is_empty) {
        return Err(bad_argument(
            argument,
            format!("its element {index} is empty"),
        ));
    }
    Ok(ids)
}

pub(crate) fn bad_argument(argument: &'static str, reason: impl Display) -> Error {
    let reason = reason.to_string();
    Error::Argument { argument, reason }
}
