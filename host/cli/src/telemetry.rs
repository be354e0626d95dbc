//! Traces of events, for a collector of OpenTelemetry.
//!
//! The crates below tell of their work by `tracing` spans of the target `botbox::trace`, and wasmtime's bindings by
//! one for each call of a plugin; here they become OTLP's spans and go to the collector in batches. Until a
//! collector is configured, nothing takes these spans, and `tracing` knows that by comparing a level.
//!
//! The exporter is our own: OTLP over HTTP is one POST of JSON (OpenTelemetry, "OTLP Specification", 1.x). The
//! `opentelemetry` crates would bring five of their own, `prost`, and a second `reqwest` with a second TLS, for
//! a format that is written in some dozens of lines.

mod exporter;
mod filter;
mod layer;
mod span;

use botbox_server::config::Telemetry;

use self::exporter::{EXPORTER, Exporter};

pub(crate) use self::filter::{TraceFilter, is_for_the_log};
pub(crate) use self::layer::TraceLayer;

/// Begins to trace, if the configuration says so. It needs tokio's runtime.
pub(crate) fn start(telemetry: &Telemetry) -> anyhow::Result<()> {
    let Some(endpoint) = &telemetry.otlp_endpoint else {
        return Ok(());
    };
    let exporter = Exporter::new(endpoint, telemetry.sample_ratio)?;
    if EXPORTER.set(exporter).is_ok()
        && let Some(exporter) = EXPORTER.get()
    {
        filter::switch_on();
        tokio::spawn(exporter.run());
        tracing::info!(endpoint, "traces go to a collector");
    }
    Ok(())
}

/// Sends what waits to be sent.
pub(crate) async fn flush() {
    if let Some(exporter) = EXPORTER.get() {
        exporter.flush().await;
    }
}
