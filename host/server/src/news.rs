//! What happens to events, live, for those who watch.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use tokio::sync::broadcast;

/// How many news wait for the slowest watcher: some seconds of a busy host. Who is slower misses
/// some.
const NEWS: usize = 1024;

/// Something happened to an event.
#[derive(Debug, Serialize)]
pub(crate) struct News {
    /// When, in milliseconds since the Unix epoch.
    pub(crate) time: i64,
    /// The event's channel.
    #[serde(serialize_with = "as_text")]
    pub(crate) channel: Arc<str>,
    /// The event.
    pub(crate) id: String,
    /// Its chat, or nothing.
    pub(crate) chat: String,
    /// What happened.
    pub(crate) what: What,
    /// Which attempt ended, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attempt: Option<u32>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// What can happen to an event.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// It arrived, and is kept.
    Accepted,
    /// An attempt succeeded.
    Handled,
    /// An attempt failed; another one follows.
    Retry,
    /// The last attempt failed.
    Dead,
}

/// Where news come in and go out. Nobody who brings them waits for those who watch.
#[derive(Clone, Debug)]
pub(crate) struct Newsroom(broadcast::Sender<Option<Arc<News>>>);

/// What a watcher gets: news, and none when they have ended.
pub(crate) type Watch = broadcast::Receiver<Option<Arc<News>>>;

impl Newsroom {
    /// One that nobody watches yet.
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(NEWS))
    }

    /// Tells those who watch. Nothing is made if nobody does.
    pub(crate) fn tell(&self, make: impl FnOnce() -> News) {
        if self.watchers() > 0 {
            self.send(Some(Arc::new(make())));
        }
    }

    /// Tells those who watch that the host stops: their connections would hold it up.
    pub(crate) fn close(&self) {
        self.send(None);
    }

    /// What is told from now on.
    pub(crate) fn watch(&self) -> Watch {
        self.0.subscribe()
    }

    /// How many watch.
    pub(crate) fn watchers(&self) -> usize {
        self.0.receiver_count()
    }

    fn send(&self, news: Option<Arc<News>>) {
        // It fails when nobody watches any more.
        drop(self.0.send(news));
    }
}

fn as_text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast::error::TryRecvError;

    use super::*;

    fn news(id: usize) -> News {
        News {
            time: 1,
            channel: "shop".into(),
            id: id.to_string(),
            chat: String::from("U1"),
            what: What::Handled,
            attempt: None,
            error: None,
        }
    }

    #[test]
    fn nothing_is_made_for_nobody() {
        let newsroom = Newsroom::new();
        newsroom.tell(|| panic!("nobody watches"));
        drop(newsroom.watch());
        newsroom.tell(|| panic!("nobody watches any more"));
    }

    #[test]
    fn a_slow_watcher_is_told_what_it_missed() {
        let newsroom = Newsroom::new();
        let mut watch = newsroom.watch();
        for id in 0..NEWS + 3 {
            newsroom.tell(|| news(id));
        }
        assert_eq!(watch.try_recv().unwrap_err(), TryRecvError::Lagged(3));
        assert_eq!(watch.try_recv().unwrap().unwrap().id, "3");
        newsroom.close();
        let rest: Vec<_> = std::iter::from_fn(|| watch.try_recv().ok()).collect();
        assert!(rest.last().unwrap().is_none());
    }

    #[test]
    fn news_are_plain_json() {
        let json = serde_json::to_string(&news(7)).unwrap();
        let expected = r#"{"time":1,"channel":"shop","id":"7","chat":"U1","what":"handled"}"#;
        assert_eq!(json, expected);
    }
}
