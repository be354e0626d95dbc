//! The timers that a channel's plugin has set.

use std::sync::Arc;

use botbox_line::webhook::Event;
use botbox_runtime::ServiceError;
use botbox_store::{KeyValue, Space, StoreError};

use crate::agenda::{Agenda, Held};
use crate::services::{finish, unavailable};

/// The most timers of a channel: 10,000, one for each friend of an ordinary account. The time of each
/// is in memory.
const TIMERS: usize = 10_000;

/// The timers of one channel. A clone is the same.
#[derive(Clone)]
pub(crate) struct Timers {
    pub(crate) agenda: Arc<Agenda>,
}

impl Timers {
    pub(crate) async fn open(store: Arc<dyn KeyValue>, channel: &str) -> Result<Self, StoreError> {
        let space = Space::channel(channel, "timers");
        let agenda = Agenda::open(store, space, |timer| timer.timestamp).await?;
        let agenda = Arc::new(agenda);
        Ok(Self { agenda })
    }

    /// Has `timer` come at its timestamp, unless it is to come already.
    pub(crate) async fn add(&self, timer: Event) -> Result<(), ServiceError> {
        let agenda = Arc::clone(&self.agenda);
        finish(async move {
            let id = timer.id.as_str();
            match agenda.hold(id, TIMERS) {
                Held::New => {}
                Held::Event(time) => {
                    agenda.release(id, time);
                    return Ok(());
                }
                Held::Full => {
                    let why = format!("the channel has {TIMERS} timers, the limit: cancel some");
                    return Err(ServiceError::LimitReached(why));
                }
            }
            agenda
                .set(id, timer.timestamp, &timer)
                .await
                .map_err(|error| {
                    agenda.take(id);
                    unavailable(&error)
                })
        })
        .await
    }

    /// Takes a timer back. Returns whether it was still to come.
    pub(crate) async fn cancel(&self, id: &str) -> Result<bool, ServiceError> {
        let agenda = Arc::clone(&self.agenda);
        let id = id.to_owned();
        finish(async move {
            let Some(time) = agenda.take(&id) else {
                return Ok(false);
            };
            agenda.delete(&id).await.map_err(|error| {
                agenda.release(&id, time);
                unavailable(&error)
            })?;
            Ok(true)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use botbox_store::Sqlite;

    use super::*;

    fn timer(id: &str) -> Event {
        let json = format!(
            r#"{{"type":"botbox.timer","webhookEventId":"{id}","timestamp":9999999999999}}"#
        );
        Event::from_host(&json).unwrap()
    }

    #[tokio::test]
    async fn a_channel_has_no_more_timers_than_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn KeyValue> = Arc::new(Sqlite::open(folder.path()).unwrap());
        let timers = Timers::open(Arc::clone(&store), "c").await.unwrap();
        timers.add(timer("first")).await.unwrap();
        for number in 1..TIMERS {
            timers.agenda.hold(&number.to_string(), TIMERS);
        }
        let refused = timers.add(timer("more")).await;
        assert!(matches!(refused, Err(ServiceError::LimitReached(_))));
        timers.add(timer("first")).await.unwrap();
        assert!(timers.cancel("first").await.unwrap());
        assert!(!timers.cancel("first").await.unwrap());
        timers.add(timer("more")).await.unwrap();

        let again = Timers::open(store, "c").await.unwrap();
        assert!(!again.cancel("first").await.unwrap());
        assert!(again.cancel("more").await.unwrap());
    }
}
