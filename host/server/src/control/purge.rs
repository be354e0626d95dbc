//! A channel is deleted with all that belongs to it: events, values, media, tokens, links, timers
//! and its log.
//!
//! The registry knows first that it is deleted, so that a host that ends meanwhile goes on at its next
//! start. Its name is taken until everything is gone. When the store fails on the way, who asks again has
//! the rest deleted.

use std::io;
use std::sync::Arc;

use botbox_line::error::with_causes;
use botbox_store::{
    Actor, ChannelRecord, EventRetention, KeyValue, Origin, Owner, StoreError, Tenants,
};

use super::Control;
use super::channels::unknown_channel;
use super::error::ControlError;

impl Control {
    /// Deletes a channel. When it returns, all that belonged to it is gone.
    pub(crate) async fn delete_channel(
        self: &Arc<Self>,
        actor: Actor,
        name: &str,
    ) -> Result<(), ControlError> {
        let changing = self.channel_locks.lock(name).await;
        let record = self.store.channel_named(name).await?;
        let record = record.ok_or_else(|| unknown_channel(name))?;
        if record.origin == Origin::File && self.directory.has(name) {
            return Err(ControlError::Configured {
                kind: "channel",
                name: name.to_owned(),
            });
        }
        if !record.is_deleted {
            self.store.begin_delete_channel(actor, record.id).await?;
        }
        // Nobody changes it any more: for others it is not there.
        drop(changing);
        let control = Arc::clone(self);
        // It goes on though the caller goes away.
        let purge = tokio::spawn(async move { control.purge(&record).await });
        match purge.await {
            Ok(purged) => Ok(purged?),
            Err(_) => Err(ControlError::Store(StoreError::Closed)),
        }
    }

    /// Goes on with what a process has left when it ended.
    pub(crate) async fn finish_purges(self: Arc<Self>) {
        let channels = match self.store.channels().await {
            Ok(channels) => channels,
            Err(error) => {
                let why = with_causes(&error);
                tracing::warn!(why, "cannot tell which channels are being deleted");
                return;
            }
        };
        for record in channels.into_iter().filter(|it| it.is_deleted) {
            if let Err(error) = self.purge(&record).await {
                let (channel, why) = (record.name, with_causes(&error));
                tracing::warn!(channel, why, "cannot delete what belongs to the channel");
            }
        }
    }

    async fn purge(&self, record: &ChannelRecord) -> Result<(), StoreError> {
        // Of two who delete it, the second one must not take its successor.
        let _alone = self.purge_locks.lock(&record.name).await;
        let left = self.store.channel_named(&record.name).await?;
        if left.is_none_or(|it| it.id != record.id) {
            return Ok(());
        }
        if let Some(channel) = self.directory.get(&record.name) {
            self.supervisor.stop(&channel).await;
        }
        self.directory.remove(&record.name);
        let key = record.key();
        while self.store.purge_channel(&key).await? > 0 {}
        let owner: Arc<str> = key.as_str().into();
        for owner in [Owner::Channel(Arc::clone(&owner)), Owner::Plugin(owner)] {
            while self.store.purge(&owner).await? > 0 {}
        }
        remove_folder(self.opener.media_folder(&key)).await?;
        self.logs.purge(&key).await?;
        self.store.finish_delete_channel(record.id).await
    }
}

async fn remove_folder(folder: std::path::PathBuf) -> Result<(), StoreError> {
    match tokio::fs::remove_dir_all(folder).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
