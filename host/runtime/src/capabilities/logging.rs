//! `wasi:logging/logging`: the plugin's lines in the host's log.

use crate::bindings::wasi::logging::logging::{Host, Level};
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn log(&mut self, level: Level, context: String, message: String) {
        self.log.write(level, &context, &message);
    }
}
