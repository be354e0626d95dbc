//! Makes spans of traces out of those of `tracing`.
//!
//! The span of an event names its trace; those within it are of the same. A trace whose id is not sampled has
//! no spans at all.

use botbox_clock::Clock;
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::exporter::EXPORTER;
use super::span::{Fields, Kind, TraceSpan};

/// Takes the spans that are traced.
pub(crate) struct TraceLayer;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for TraceLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let (Some(exporter), Some(span)) = (EXPORTER.get(), context.span(id)) else {
            return;
        };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let (trace_id, parent_id) = match fields.trace_id.take() {
            Some(trace_id) if exporter.samples(&trace_id) => {
                (trace_id, fields.parent_id.take().unwrap_or_default())
            }
            Some(_) => return,
            None => {
                let around = span.scope().skip(1);
                let found = around.filter_map(|it| {
                    let extensions = it.extensions();
                    let parent = extensions.get::<TraceSpan>()?;
                    Some((parent.trace_id.clone(), parent.span_id.clone()))
                });
                match { found }.next() {
                    Some(parent) => parent,
                    None => return,
                }
            }
        };
        let now = Clock::system().now().as_nanosecond();
        let since = fields.since_us.take().unwrap_or_default();
        let span_id = fields.span_id.take();
        let trace_span = TraceSpan {
            trace_id,
            span_id: span_id.unwrap_or_else(|| format!("{:016x}", fastrand::u64(1..))),
            parent_id,
            name: name(span.metadata(), &mut fields),
            kind: kind(span.metadata()),
            start: now - i128::from(since) * 1_000,
            end: 0,
            fields,
        };
        span.extensions_mut().insert(trace_span);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(trace_span) = span.extensions_mut().get_mut::<TraceSpan>()
        {
            values.record(&mut trace_span.fields);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let trace_span = span.extensions_mut().remove::<TraceSpan>();
        if let (Some(mut trace_span), Some(exporter)) = (trace_span, EXPORTER.get()) {
            trace_span.end = Clock::system().now().as_nanosecond().max(trace_span.start);
            exporter.add(trace_span);
        }
    }
}

/// A call of a plugin is called by what it calls.
fn name(metadata: &Metadata<'_>, fields: &mut Fields) -> String {
    match (fields.module.take(), fields.function.take()) {
        (Some(module), Some(function)) => format!("{module}.{function}"),
        _ => metadata.name().to_owned(),
    }
}

fn kind(metadata: &Metadata<'_>) -> Kind {
    match metadata.name() {
        "event" => Kind::Consumer,
        "LINE" | "HTTP" => Kind::Client,
        _ => Kind::Internal,
    }
}
