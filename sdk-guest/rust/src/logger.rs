//! The `log` crate's macros, and panics, to the host's log.

#[cfg(target_arch = "wasm32")]
use std::panic;

use log::{LevelFilter, Log, Metadata, Record};

use crate::bindings::wasi::logging::logging::{Level, log};

struct HostLog;

impl Log for HostLog {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let level = match record.level() {
            log::Level::Error => Level::Error,
            log::Level::Warn => Level::Warn,
            log::Level::Info => Level::Info,
            log::Level::Debug => Level::Debug,
            log::Level::Trace => Level::Trace,
        };
        log(level, record.target(), &record.args().to_string());
    }

    fn flush(&self) {}
}

/// Sends what is logged to the host, which has the last word on what is kept. A panic is logged
/// before it turns into a trap, which could not say why.
pub(crate) fn install() {
    // Fails only when the bot installed a logger of its own.
    if log::set_logger(&HostLog).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
    // A test's panics are the test harness's.
    #[cfg(target_arch = "wasm32")]
    panic::set_hook(Box::new(|panic| {
        log(Level::Critical, "panic", &panic.to_string());
    }));
}
