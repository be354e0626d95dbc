//! The names of providers and channels.

use super::error::ControlError;

/// The most characters of a name: it becomes a part of a URL.
const LENGTH: usize = 64;

/// Fails if something can't be called so.
pub(super) fn check_name(name: &str) -> Result<(), ControlError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if (1..=LENGTH).contains(&name.len()) && name.chars().all(plain) {
        return Ok(());
    }
    let what =
        format!("it becomes a part of a URL: use 1 to {LENGTH} letters, digits, `-` and `_`");
    Err(ControlError::invalid("name", what))
}
