//! Which spans are traced, and whether any are.

use std::sync::atomic::{AtomicBool, Ordering};

use botbox_line::TRACE_TARGET;
use tracing::subscriber::Interest;
use tracing::{Metadata, callsite};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Filter};

/// What wasmtime's bindings call their spans.
const IMPORT: &str = "wit-bindgen import";

/// The module of wasmtime's bindings.
const BINDINGS: &str = "botbox_runtime::bindings";

static IS_ON: AtomicBool = AtomicBool::new(false);

/// Lets through what is traced, once somebody takes it.
pub(crate) struct TraceFilter;

/// Lets spans be traced from now on.
pub(super) fn switch_on() {
    IS_ON.store(true, Ordering::Relaxed);
    // What was decided before, holds no longer.
    callsite::rebuild_interest_cache();
}

/// Whether something may stand in the log. What is traced is not, nor what wasmtime's bindings tell of each
/// call: it has all arguments in it.
pub(crate) fn is_for_the_log(metadata: &Metadata<'_>) -> bool {
    !is_traced(metadata) && !metadata.target().starts_with(BINDINGS)
}

/// Whether a span is one for traces.
fn is_traced(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && (metadata.target() == TRACE_TARGET || metadata.name() == IMPORT)
}

fn is_on() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

impl<S> Filter<S> for TraceFilter {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        is_on() && is_traced(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_on() && is_traced(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(if is_on() {
            LevelFilter::TRACE
        } else {
            LevelFilter::OFF
        })
    }
}
