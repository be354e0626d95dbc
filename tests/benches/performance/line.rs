//! The stand-in for LINE: takes every reply at once, so that the bots are what is measured. The
//! simulator checks, remembers and shows what bots send, which would take longer than they do.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::webhook;

/// LINE, as far as an echo bot needs it.
pub(crate) struct Line {
    pub(crate) url: String,
    /// What the bots and the load generator see of it.
    pub(crate) replies: Arc<Replies>,
}

/// The replies that came.
pub(crate) struct Replies {
    /// A permit for each that nobody has counted yet.
    pub(crate) uncounted: Semaphore,
    /// The number of each one's event, and when it came.
    arrived: Mutex<Vec<(u64, Instant)>>,
}

impl Line {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let replies = Arc::new(Replies {
            uncounted: Semaphore::new(0),
            arrived: Mutex::default(),
        });
        let routes = Router::new()
            .route("/v2/bot/message/reply", post(reply))
            .with_state(Arc::clone(&replies));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { url, replies })
    }
}

impl Replies {
    /// Takes those that came since this was called last.
    pub(crate) fn take(&self) -> Vec<(u64, Instant)> {
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *arrived)
    }
}

/// Reads the whole request, as LINE does, and looks for nothing in it but the reply token.
async fn reply(State(replies): State<Arc<Replies>>, body: Bytes) -> impl IntoResponse {
    if let Some(number) = webhook::replied_to(&body) {
        let now = Instant::now();
        let arrived = replies.arrived.lock();
        arrived
            .unwrap_or_else(PoisonError::into_inner)
            .push((number, now));
        replies.uncounted.add_permits(1);
    }
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], r#"{"sentMessages":[]}"#)
}
