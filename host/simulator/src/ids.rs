//! Identifiers and tokens in the forms that the LINE Platform uses.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// Message ids are decimal strings of eighteen digits; they grow with time.
static NEXT_MESSAGE: AtomicU64 = AtomicU64::new(461_230_966_842_064_897);

/// Audience ids are numbers of thirteen digits.
static NEXT_AUDIENCE: AtomicU64 = AtomicU64::new(4_389_303_728_991);

/// Exchanges are logged in one order, whichever bot's they are.
static NEXT_LOG_ENTRY: AtomicU64 = AtomicU64::new(1);

static NEXT_CHANNEL: AtomicU64 = AtomicU64::new(2_000_000_001);

/// A user id, or a bot's: `U` and 32 hex digits (LINE reference, "Common properties").
pub(crate) fn user() -> String {
    format!("U{}", hex())
}

/// A group id: `C` and 32 hex digits.
pub(crate) fn group() -> String {
    format!("C{}", hex())
}

/// A room id: `R` and 32 hex digits.
pub(crate) fn room() -> String {
    format!("R{}", hex())
}

/// A rich menu id.
pub(crate) fn rich_menu() -> String {
    format!("richmenu-{}", hex())
}

/// Whether `id` has the form of a rich menu id.
pub(crate) fn is_rich_menu(id: &str) -> bool {
    id.strip_prefix("richmenu-").is_some_and(is_hex)
}

/// Whether `id` has the form of a user id.
pub(crate) fn is_user(id: &str) -> bool {
    has_form(id, 'U')
}

/// Whether `id` has the form of a group id.
pub(crate) fn is_group(id: &str) -> bool {
    has_form(id, 'C')
}

/// Whether `id` has the form of a room id.
pub(crate) fn is_room(id: &str) -> bool {
    has_form(id, 'R')
}

/// Whether `id` has the form of a chat id: a user's, a group's or a room's.
pub(crate) fn is_chat(id: &str) -> bool {
    ['U', 'C', 'R'].iter().any(|kind| has_form(id, *kind))
}

/// A channel id: ten digits.
pub(crate) fn channel() -> String {
    NEXT_CHANNEL.fetch_add(1, Ordering::Relaxed).to_string()
}

/// A LINE basic id: `@` and eight characters.
pub(crate) fn basic() -> String {
    format!("@{}", &hex()[..8])
}

/// The id of a message that a user or a bot sent.
pub(crate) fn message() -> String {
    NEXT_MESSAGE.fetch_add(1, Ordering::Relaxed).to_string()
}

/// The id of an audience, or of a job on one.
pub(crate) fn audience() -> u64 {
    NEXT_AUDIENCE.fetch_add(1, Ordering::Relaxed)
}

/// The place of an exchange among those of all bots.
pub(crate) fn log_entry() -> u64 {
    NEXT_LOG_ENTRY.fetch_add(1, Ordering::Relaxed)
}

/// A coupon id: a ULID.
pub(crate) fn coupon() -> String {
    ulid::Ulid::new().to_string()
}

/// The id of a channel's LIFF app: the channel's, and eight characters.
pub(crate) fn liff(channel_id: &str) -> String {
    format!("{channel_id}-{}", &hex()[..8])
}

/// A webhook event id: a ULID.
pub(crate) fn webhook_event() -> String {
    ulid::Ulid::new().to_string()
}

/// The value of an `X-Line-Request-Id` header.
pub(crate) fn request() -> String {
    Uuid::new_v4().to_string()
}

/// 32 hex digits: a channel secret, a reply token, the id of uploaded content.
pub(crate) fn hex() -> String {
    Uuid::new_v4().simple().to_string()
}

/// 64 hex digits: an access token, a quote token, a mark-as-read token.
pub(crate) fn long_token() -> String {
    hex() + &hex()
}

fn has_form(id: &str, kind: char) -> bool {
    id.strip_prefix(kind).is_some_and(is_hex)
}

fn is_hex(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
