//! What a host logs.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::patience::PATIENCE;

/// What a host logs, line by line as JSON.
#[derive(Clone, Default)]
pub struct Log {
    lines: Arc<Mutex<Vec<Value>>>,
    more: Arc<Notify>,
}

impl Log {
    /// Reads what a process says on stderr, or prints.
    #[must_use]
    pub fn follow(stderr: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let log = Self::default();
        let following = log.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                following.lines.lock().unwrap().push(line);
                following.more.notify_waiters();
            }
        });
        log
    }

    /// Waits for a line that contains `text`.
    pub async fn expect(&self, text: &str) -> Value {
        self.expect_all(&[text]).await
    }

    /// Waits for a line that contains all of `texts`.
    pub async fn expect_all(&self, texts: &[&str]) -> Value {
        let found = async {
            loop {
                let more = self.more.notified();
                if let Some(line) = self.find_all(texts) {
                    return line;
                }
                more.await;
            }
        };
        let found = timeout(PATIENCE, found).await;
        found.unwrap_or_else(|_| panic!("the log has no line with {texts:?}: {self:?}"))
    }

    /// A line that contains `text`.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Value> {
        self.find_all(&[text])
    }

    fn find_all(&self, texts: &[&str]) -> Option<Value> {
        let lines = self.lines.lock().unwrap();
        let has_all = |line: &&Value| texts.iter().all(|text| says(line, text));
        lines.iter().find(has_all).cloned()
    }

    /// The lines that contain `text`.
    #[must_use]
    pub fn all(&self, text: &str) -> Vec<Value> {
        let lines = self.lines.lock().unwrap();
        let all = lines.iter().filter(|line| says(line, text));
        all.cloned().collect()
    }

    /// Waits for exactly so many lines that contain `text`.
    pub async fn expect_count(&self, text: &str, count: usize) {
        let enough = async {
            loop {
                let more = self.more.notified();
                if self.count(text) >= count {
                    return;
                }
                more.await;
            }
        };
        let enough = timeout(PATIENCE, enough).await;
        assert!(enough.is_ok() && self.count(text) == count, "{self:?}");
    }

    /// How many lines contain `text`.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        let lines = self.lines.lock().unwrap();
        lines.iter().filter(|line| says(line, text)).count()
    }
}

/// Whether one of a line's texts contains `text`.
fn says(line: &Value, text: &str) -> bool {
    match line {
        Value::String(line) => line.contains(text),
        Value::Array(values) => values.iter().any(|value| says(value, text)),
        Value::Object(fields) => fields.values().any(|value| says(value, text)),
        _ => false,
    }
}

impl std::fmt::Debug for Log {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in self.lines.lock().unwrap().iter() {
            writeln!(formatter, "{line}")?;
        }
        Ok(())
    }
}
