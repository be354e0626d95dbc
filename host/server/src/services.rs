//! What the host does for a channel's plugin beside calling LINE.

pub(crate) mod account_link;
mod expiry;
mod failure;
pub(crate) mod media;
pub(crate) mod timers;
pub(crate) mod visits;

use std::sync::Arc;
use std::time::Duration;

use botbox_line::webhook::Event;
use botbox_runtime::{ServiceError, ServiceFuture, Services, Upload};
use botbox_store::{StoreError, StoreHealth};

use self::account_link::AccountLinks;
use self::media::Media;
use self::timers::Timers;

/// The services of one channel.
pub(crate) struct ChannelServices {
    pub(crate) health: Arc<dyn StoreHealth>,
    pub(crate) timers: Timers,
    pub(crate) account_links: Option<Arc<AccountLinks>>,
    /// There is none on a host that knows no public URL.
    pub(crate) media: Option<Arc<Media>>,
}

impl ChannelServices {
    fn account_links(&self) -> Result<&AccountLinks, ServiceError> {
        let why = "no service is set up to link accounts with: give the channel `account_link` in \
                   the configuration";
        let links = self.account_links.as_deref();
        links.ok_or_else(|| ServiceError::NotConfigured(String::from(why)))
    }

    fn media(&self) -> Result<&Media, ServiceError> {
        let why = "the host knows no address for media: give `server.public_url` in the \
                   configuration";
        let media = self.media.as_deref();
        media.ok_or_else(|| ServiceError::NotConfigured(String::from(why)))
    }
}

impl Services for ChannelServices {
    fn run_at(&self, timer: Event) -> ServiceFuture<'_, ()> {
        Box::pin(self.timers.add(timer))
    }

    fn cancel_timer<'a>(&'a self, id: &'a str) -> ServiceFuture<'a, bool> {
        Box::pin(self.timers.cancel(id))
    }

    fn create_link<'a>(&'a self, user_id: &'a str) -> ServiceFuture<'a, String> {
        Box::pin(async move {
            let links = self.account_links()?;
            links.create(user_id).await
        })
    }

    fn linked_account<'a>(&'a self, user_id: &'a str) -> ServiceFuture<'a, Option<String>> {
        Box::pin(async move { self.account_links()?.account(user_id).await })
    }

    fn unlink<'a>(&'a self, user_id: &'a str) -> ServiceFuture<'a, bool> {
        Box::pin(async move { self.account_links()?.unlink(user_id).await })
    }

    fn start_upload<'a>(
        &'a self,
        content_type: &'a str,
        lifetime: Option<Duration>,
    ) -> ServiceFuture<'a, Box<dyn Upload>> {
        Box::pin(async move {
            let media = self.media()?;
            // What is left of the disk is for webhooks.
            let warning = self.health.warning();
            if let Some(full @ StoreError::Reserved { .. }) = warning {
                return Err(ServiceError::LimitReached(full.to_string()));
            }
            media.start(content_type, lifetime).await
        })
    }

    fn delete_medium<'a>(&'a self, url: &'a str) -> ServiceFuture<'a, bool> {
        Box::pin(async move { self.media()?.delete(url).await })
    }
}
