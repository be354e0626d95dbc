//! `botbox:line/media`: publishes bytes on the host's own address.

use std::time::Duration;

use wasmtime::component::Resource;

use super::call_error;
use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::bindings::botbox::line::media::{Host, HostUpload};
use crate::grants::Capability;
use crate::limits::{Open, UPLOADS};
use crate::sandbox::Sandbox;
use crate::services::Upload;

/// The most bytes of one write: 1 MiB, for they are copied out of the plugin's memory at once.
const WRITE_LIMIT: usize = 1 << 20;

/// An upload as a plugin holds it.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct OpenUpload {
    /// None once it is finished, or failed.
    upload: Option<Box<dyn Upload>>,
    /// Counts it among the open ones.
    _open: Open,
}

impl Host for Sandbox {
    async fn start_upload(
        &mut self,
        content_type: String,
        lifetime_seconds: Option<u32>,
    ) -> wasmtime::Result<Result<Resource<OpenUpload>, CallError>> {
        Ok(match self.upload(content_type, lifetime_seconds).await {
            Ok(upload) => Ok(self.table.push(upload)?),
            Err(error) => Err(error),
        })
    }

    async fn delete(&mut self, url: String) -> wasmtime::Result<Result<bool, CallError>> {
        Ok(self.delete_medium(url).await)
    }
}

impl Sandbox {
    async fn upload(
        &mut self,
        content_type: String,
        lifetime_seconds: Option<u32>,
    ) -> Result<OpenUpload, CallError> {
        self.check_call(Capability::Media)?;
        let open = self.uploads.take(UPLOADS).ok_or_else(|| {
            let why = format!("{UPLOADS} uploads are open, the most that may be; drop one first");
            call_error(ErrorKind::Other, why)
        })?;
        let lifetime = lifetime_seconds.map(|it| Duration::from_secs(it.into()));
        let services = &self.deployment.services;
        Ok(OpenUpload {
            upload: Some(services.start_upload(&content_type, lifetime).await?),
            _open: open,
        })
    }

    async fn delete_medium(&mut self, url: String) -> Result<bool, CallError> {
        self.check_call(Capability::Media)?;
        Ok(self.deployment.services.delete_medium(&url).await?)
    }
}

impl HostUpload for Sandbox {
    async fn write(
        &mut self,
        it: Resource<OpenUpload>,
        bytes: Vec<u8>,
    ) -> wasmtime::Result<Result<(), CallError>> {
        Ok(self.table.get_mut(&it)?.write(bytes).await)
    }

    async fn finish(
        &mut self,
        it: Resource<OpenUpload>,
    ) -> wasmtime::Result<Result<String, CallError>> {
        Ok(self.table.get_mut(&it)?.finish().await)
    }

    async fn drop(&mut self, it: Resource<OpenUpload>) -> wasmtime::Result<()> {
        self.table.delete(it)?;
        Ok(())
    }
}

impl OpenUpload {
    async fn write(&mut self, bytes: Vec<u8>) -> Result<(), CallError> {
        let length = bytes.len();
        if length > WRITE_LIMIT {
            let why = format!("{length} bytes are written at a time; the limit is {WRITE_LIMIT}");
            return Err(call_error(ErrorKind::Invalid, why));
        }
        // What could not be written whole is not published.
        let mut upload = self.upload.take().ok_or_else(ended)?;
        upload.write(&bytes).await?;
        self.upload = Some(upload);
        Ok(())
    }

    async fn finish(&mut self) -> Result<String, CallError> {
        let upload = self.upload.take().ok_or_else(ended)?;
        Ok(upload.finish().await?)
    }
}

fn ended() -> CallError {
    call_error(
        ErrorKind::Invalid,
        "the upload is finished or broke off; start another",
    )
}
