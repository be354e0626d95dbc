//! The stand-in for LINE: takes every reply at once, so that the bots are what is measured. The
//! simulator checks, remembers and shows what bots send, which would take longer than they do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// How many events are sent and not replied to yet, at most: enough to keep a bot busy, and far
/// from the 1,000 waiting events that botbox takes for one channel.
pub(crate) const IN_FLIGHT: u32 = 256;

/// LINE, as far as an echo bot needs it.
pub(crate) struct Line {
    pub(crate) url: String,
    /// What the bots and the load generator see of it.
    pub(crate) traffic: Arc<Traffic>,
}

/// The replies, and the events that have none yet.
pub(crate) struct Traffic {
    /// A permit for each event that may be sent before another reply comes.
    pub(crate) room: Semaphore,
    replies: AtomicU64,
}

impl Line {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let traffic = Arc::new(Traffic {
            room: Semaphore::new(IN_FLIGHT as usize),
            replies: AtomicU64::new(0),
        });
        let routes = Router::new()
            .route("/v2/bot/message/reply", post(reply))
            .with_state(Arc::clone(&traffic));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { url, traffic })
    }
}

impl Traffic {
    pub(crate) fn replies(&self) -> u64 {
        self.replies.load(Ordering::Relaxed)
    }
}

/// Reads the whole request, as LINE does, and does not look at it.
async fn reply(State(traffic): State<Arc<Traffic>>, _: Bytes) -> impl IntoResponse {
    traffic.replies.fetch_add(1, Ordering::Relaxed);
    traffic.room.add_permits(1);
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], r#"{"sentMessages":[]}"#)
}
