//! `botbox:line/media`: publishes bytes on the host's own address.

use std::time::Duration;

use wasmtime::component::Resource;

use super::errors::call_error;
use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::bindings::botbox::line::media::{Host, HostUpload};
use crate::grants::Capability;
use crate::limits::UPLOADS;
use crate::resources::OpenUpload;
use crate::sandbox::Sandbox;

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
        let services = &self.environment.services;
        let upload = services.start_upload(&content_type, lifetime).await?;
        Ok(OpenUpload::new(upload, open))
    }

    async fn delete_medium(&mut self, url: String) -> Result<bool, CallError> {
        self.check_call(Capability::Media)?;
        Ok(self.environment.services.delete_medium(&url).await?)
    }
}

impl HostUpload for Sandbox {
    async fn write(
        &mut self,
        it: Resource<OpenUpload>,
        bytes: Vec<u8>,
    ) -> wasmtime::Result<Result<(), CallError>> {
        let written = self.table.get_mut(&it)?.write(&bytes, &self.slot).await;
        Ok(written.map_err(Into::into))
    }

    async fn finish(
        &mut self,
        it: Resource<OpenUpload>,
    ) -> wasmtime::Result<Result<String, CallError>> {
        let finished = self.table.get_mut(&it)?.finish().await;
        Ok(finished.map_err(Into::into))
    }

    async fn drop(&mut self, it: Resource<OpenUpload>) -> wasmtime::Result<()> {
        self.table.delete(it)?;
        Ok(())
    }
}
