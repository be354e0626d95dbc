//! Serves HTTP to strangers: whoever is slow must not keep the host's connections.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time;
use tokio_util::task::TaskTracker;

/// How long a request's head may take, and how long a connection may be idle. 10 s: LINE sends a
/// head at once, and opens another connection where it has none.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// How long a connection is used: one that does not read its answers would stay for ever.
const CONNECTION_TIME: Duration = Duration::from_secs(300);

/// How long the last request of a connection may take.
const LAST_REQUEST_TIME: Duration = Duration::from_secs(6);

/// The pause after the system refused a connection, for want of descriptors most likely.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stopped` turns true, then finishes the requests that have begun. Has at most
/// `limit` connections; more wait to be accepted.
pub(crate) async fn serve(
    listener: TcpListener,
    routes: Router,
    limit: usize,
    mut stopped: watch::Receiver<bool>,
) {
    let permits = Arc::new(Semaphore::new(limit));
    let connections = TaskTracker::new();
    loop {
        let (stream, permit) = tokio::select! {
            accepted = accept(&listener, &permits) => accepted,
            () = stop(&mut stopped) => break,
        };
        let connection = converse(stream, routes.clone(), stopped.clone());
        connections.spawn(async move {
            connection.await;
            drop(permit);
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// Answers the requests of one connection.
async fn converse(stream: TcpStream, routes: Router, mut stopped: watch::Receiver<bool>) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    let mut connection = pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = async {
            tokio::select! {
                () = stop(&mut stopped) => {},
                () = time::sleep(CONNECTION_TIME) => {},
            }
        } => {
            connection.as_mut().graceful_shutdown();
            time::timeout(LAST_REQUEST_TIME, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// Waits until the server is to stop, or is gone.
async fn stop(stopped: &mut watch::Receiver<bool>) {
    drop(stopped.wait_for(|&stopped| stopped).await);
}

/// The next connection, and its permit.
async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there is always a permit in the end.
    let permit = Arc::clone(permits).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
