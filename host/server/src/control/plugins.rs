//! Plugins: uploaded once, by digest, and compiled before anybody needs them.

use botbox_runtime::digest;
use botbox_store::{Blobs, Deployments, NewPlugin, PluginRecord};

use super::Control;
use super::caller::Caller;
use super::error::ControlError;
use super::uploads::{TooManyUploads, UploadGuard};
use crate::channel::plugin_details::details;

impl Control {
    /// Begins an upload of a caller, unless as many go on of their provider as may.
    pub(crate) fn begin_upload(&self, caller: &Caller) -> Result<UploadGuard, TooManyUploads> {
        self.uploads.begin(caller.provider)
    }

    /// Keeps a plugin for a caller's provider, or the host, and compiles it, in the turn of that provider. When
    /// it returns, the plugin can be deployed; what can't be compiled is not kept.
    pub(crate) async fn add_plugin(
        &self,
        caller: &Caller,
        expected: &str,
        wasm: Vec<u8>,
    ) -> Result<PluginRecord, ControlError> {
        let actual = digest(&wasm);
        if actual != expected {
            let expected = expected.to_owned();
            return Err(ControlError::OtherDigest { expected, actual });
        }
        // Nothing goes meanwhile.
        let _coming = self.plugins.read().await;
        let plugins = self.runtime.plugins();
        let compiled = plugins
            .find(&wasm)
            .await
            .map_err(ControlError::Unloadable)?;
        let plugin = match compiled {
            Some(plugin) => plugin,
            None => {
                let turn = plugins.turn(&format!("{:?}", caller.provider)).await;
                let compiled = plugins.compile(turn, &wasm).await;
                compiled.map_err(ControlError::Unloadable)?
            }
        };
        let new = NewPlugin {
            provider: caller.provider,
            digest: actual.clone(),
            size: wasm.len() as u64,
            details: details(&plugin),
        };
        // First, so that no plugin is known whose component is not kept.
        self.store.put(&actual, wasm).await?;
        Ok(self.store.add_plugin(caller.actor(), new).await?)
    }
}
