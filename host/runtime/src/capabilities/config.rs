//! `wasi:config/store`: what the operator configured for the plugin.

use crate::bindings::wasi::config::store::{Error, Host};
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get(&mut self, key: String) -> Result<Option<String>, Error> {
        Ok(self.environment.config.get(&key).cloned())
    }

    async fn get_all(&mut self) -> Result<Vec<(String, String)>, Error> {
        Ok(self.environment.config.clone().into_iter().collect())
    }
}
