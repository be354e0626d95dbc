//! The trace of an event.
//!
//! Its id is made of the event's, so that all attempts at an event are in one trace, and the same part of the
//! events is sampled wherever that is decided.

use botbox_line::TRACE_TARGET;
use botbox_store::Claim;
use ring::digest::{SHA256, digest};
use tracing::field::{Empty, display};
use tracing::level_filters::LevelFilter;
use tracing::{Span, trace_span};

use super::attempt::Attempted;
use super::report::number;
use crate::channel::Channel;

/// The span of an attempt at an event: the first one of its trace, or one below that.
pub(super) fn span(channel: &Channel, claim: &Claim) -> Span {
    if LevelFilter::current() < LevelFilter::TRACE {
        // Nobody traces, and the ids would cost a digest.
        return Span::none();
    }
    let name = format!("{}:{}", channel.key, claim.id);
    let digest = digest(&SHA256, name.as_bytes());
    let hex: String = digest
        .as_ref()
        .iter()
        .map(|it| format!("{it:02x}"))
        .collect();
    // Of 16 bytes, and of 8.
    let (trace_id, first) = (&hex[..32], &hex[32..48]);
    let (provider, event) = (&*channel.provider, claim.id.as_str());
    let (channel, attempt) = (&*channel.id, number(claim));
    if claim.attempts > 0 {
        return trace_span!(
            target: TRACE_TARGET,
            "event",
            trace_id,
            parent_id = first,
            provider,
            channel,
            event,
            attempt,
            deployment = Empty,
            digest = Empty,
            error = Empty
        );
    }
    let since_us: u64 = claim.waited.as_micros().try_into().unwrap_or(u64::MAX);
    let span = trace_span!(
        target: TRACE_TARGET,
        "event",
        trace_id,
        span_id = first,
        since_us,
        provider,
        channel,
        event,
        attempt,
        deployment = Empty,
        digest = Empty,
        error = Empty
    );
    // It is over.
    drop(trace_span!(target: TRACE_TARGET, parent: &span, "wait", since_us));
    span
}

/// Notes what came of an attempt.
pub(super) fn note(span: &Span, attempted: &Attempted) {
    if span.is_disabled() {
        return;
    }
    span.record("deployment", attempted.deployment);
    span.record("digest", attempted.digest.as_str());
    if let Err(failure) = &attempted.result {
        span.record("error", display(failure));
    }
}
