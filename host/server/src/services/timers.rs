//! The timers that a channel's plugin has set.

use std::sync::Arc;

use botbox_line::webhook::Event;
use botbox_runtime::ServiceError;
use botbox_store::{Appointment, Expected, Journal, Scheduled};

use crate::channel::journal_event::new_event;
use crate::services::failure::unavailable;

/// The most timers of a channel: 10,000, one for each friend of an ordinary account.
const TIMERS: usize = 10_000;

/// The agenda that has them.
const AGENDA: &str = "timers";

/// The timers of one channel.
pub(crate) struct Timers {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) channel: Arc<str>,
}

impl Timers {
    /// Has `timer` come at its timestamp, unless it is to come already.
    pub(crate) async fn add(&self, timer: Event) -> Result<(), ServiceError> {
        let appointment = Appointment {
            key: timer.id.clone(),
            at: timer.timestamp,
            event: new_event(&timer),
        };
        let scheduled = self.journal.schedule(
            &self.channel,
            AGENDA,
            appointment,
            Expected::Nothing(TIMERS),
        );
        match scheduled.await.map_err(unavailable)? {
            Scheduled::Done | Scheduled::Differs => Ok(()),
            Scheduled::Full => {
                let why = format!("the channel has {TIMERS} timers, the limit: cancel some");
                Err(ServiceError::LimitReached(why))
            }
        }
    }

    /// Takes a timer back. Returns whether it was still to come.
    pub(crate) async fn cancel(&self, id: &str) -> Result<bool, ServiceError> {
        let cancelled = self.journal.cancel(&self.channel, AGENDA, id).await;
        cancelled.map_err(unavailable)
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
        let journal: Arc<dyn Journal> = Arc::new(Sqlite::open(folder.path()).unwrap());
        let timers = Timers {
            journal: Arc::clone(&journal),
            channel: "c".into(),
        };
        timers.add(timer("first")).await.unwrap();
        let fill = (1..TIMERS).map(|number| timers.add(timer(&number.to_string())));
        futures_util::future::try_join_all(fill).await.unwrap();
        let refused = timers.add(timer("more")).await;
        assert!(matches!(refused, Err(ServiceError::LimitReached(_))));
        timers.add(timer("first")).await.unwrap();
        assert!(timers.cancel("first").await.unwrap());
        assert!(!timers.cancel("first").await.unwrap());
        timers.add(timer("more")).await.unwrap();
    }
}
