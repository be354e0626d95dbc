//! What the host does for plugins beside calling LINE.

use std::time::Duration;

use botbox_line::webhook::Event;
use futures_util::future::BoxFuture;

/// What the server keeps for a channel: timers, links, media. The runtime knows no server, so the
/// server hands this to it with the [`Deployment`](crate::Deployment). What a server does not have
/// is not configured. A call whose future is dropped may be done or not.
pub trait Services: Send + Sync {
    /// Has `timer`, an event of the host's, come at its timestamp. Does nothing when a timer with
    /// its id is still to come.
    fn run_at(&self, timer: Event) -> ServiceFuture<'_, ()> {
        drop(timer);
        not_configured("timers")
    }

    /// Takes a timer back by its event's id. Returns whether it was still to come.
    fn cancel_timer<'a>(&'a self, id: &'a str) -> ServiceFuture<'a, bool> {
        let _ = id;
        not_configured("timers")
    }

    /// Makes a URL where the user links accounts.
    fn create_link<'a>(&'a self, user_id: &'a str) -> ServiceFuture<'a, String> {
        let _ = user_id;
        not_configured("account linking")
    }

    /// The user's account of the provider's service.
    fn linked_account<'a>(&'a self, user_id: &'a str) -> ServiceFuture<'a, Option<String>> {
        let _ = user_id;
        not_configured("account linking")
    }

    /// Forgets the link of the user. Returns whether there was one.
    fn unlink<'a>(&'a self, user_id: &'a str) -> ServiceFuture<'a, bool> {
        let _ = user_id;
        not_configured("account linking")
    }

    /// Begins to publish bytes of a media type, for the default time unless a `lifetime` is given.
    fn start_upload<'a>(
        &'a self,
        content_type: &'a str,
        lifetime: Option<Duration>,
    ) -> ServiceFuture<'a, Box<dyn Upload>> {
        let _ = (content_type, lifetime);
        not_configured("media")
    }

    /// Takes a published medium back. Returns whether it was there.
    fn delete_medium<'a>(&'a self, url: &'a str) -> ServiceFuture<'a, bool> {
        let _ = url;
        not_configured("media")
    }
}

/// A medium that is being written. One that is dropped leaves nothing.
pub trait Upload: Send {
    /// Adds bytes. After a failure the medium can't be finished.
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> ServiceFuture<'a, ()>;

    /// Publishes what was written. Returns its URL.
    fn finish(self: Box<Self>) -> ServiceFuture<'static, String>;
}

/// What a service will return. Boxed, so that the server can be chosen at run time.
pub type ServiceFuture<'a, T> = BoxFuture<'a, Result<T, ServiceError>>;

fn not_configured<T: Send>(service: &str) -> ServiceFuture<'_, T> {
    let why = format!("this host has no {service}");
    Box::pin(async { Err(ServiceError::NotConfigured(why)) })
}

/// Why a service was not done.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The plugin asked for something that can't be.
    #[error("{0}")]
    Invalid(String),
    /// The operator's limit is reached.
    #[error("{0}")]
    LimitReached(String),
    /// It was done too often. It can be done later.
    #[error("{0}")]
    RateLimited(String),
    /// The operator did not set the service up.
    #[error("{0}")]
    NotConfigured(String),
    /// The host's own store or disk failed. The log says more than the plugin learns.
    #[error("the host can't do it now; try again later")]
    Unavailable,
}
