//! Serves HTTP to anybody: clients that are slow, or many, must not use up the host's connections.

pub(crate) mod connections;
mod watched;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time;
use tokio_util::task::TaskTracker;

use self::connections::{Connection, Connections};
use self::watched::{AnswerBody, RequestBody, WatchedStream};

/// The most bytes of a request's head, and of what is read or written at a time: 64 KiB. So 2,048
/// connections take 128 MiB at most.
const BUFFER: usize = 64 << 10;

/// How long the last request of a connection may take.
const LAST_REQUEST_TIME: Duration = Duration::from_secs(6);

/// The pause after the system refused a connection, for want of descriptors most likely.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Who made a request, or the proxy before them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The first bytes of a stranger's text, as many as are shown.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// Serves until `stopped` turns true, then finishes the requests that have begun. Has at most
/// `limit` connections.
pub(crate) async fn serve(
    listener: TcpListener,
    routes: Router,
    limit: usize,
    mut stopped: watch::Receiver<bool>,
) {
    let routes = TowerToHyperService::new(routes);
    let connections = Connections::new(limit);
    let tasks = TaskTracker::new();
    loop {
        let (stream, peer, connection) = tokio::select! {
            accepted = accept(&listener, &connections) => accepted,
            () = stop(&mut stopped) => break,
        };
        let conversation =
            serve_connection(stream, peer, connection, routes.clone(), stopped.clone());
        tasks.spawn(conversation);
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

/// Answers the requests of one connection.
async fn serve_connection(
    stream: TcpStream,
    peer: Peer,
    connection: Arc<Connection>,
    routes: TowerToHyperService<Router>,
    mut stopped: watch::Receiver<bool>,
) {
    let service = service_fn(|request| answer(&routes, request, peer, &connection));
    let stream = WatchedStream {
        stream,
        connection: Arc::clone(&connection),
    };
    let http = http1::Builder::new()
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let mut http = std::pin::pin!(http);
    let result = tokio::select! {
        biased;
        result = http.as_mut() => result,
        () = connection.evicted() => return,
        () = connection.overdue() => return,
        () = stop(&mut stopped) => {
            http.as_mut().graceful_shutdown();
            time::timeout(LAST_REQUEST_TIME, http).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection broke off");
    }
}

async fn answer(
    routes: &TowerToHyperService<Router>,
    mut request: Request<Incoming>,
    peer: Peer,
    connection: &Arc<Connection>,
) -> Result<Response<AnswerBody>, Infallible> {
    let has_body = !request.body().is_end_stream();
    let response = if connection.begin(has_body) {
        request.extensions_mut().insert(peer);
        let connection = Arc::clone(connection);
        let request = request.map(|body| match has_body {
            true => Body::new(RequestBody { body, connection }),
            false => Body::empty(),
        });
        routes.call(request).await?
    } else {
        closing()
    };
    Ok(response.map(|body| AnswerBody {
        body,
        connection: Arc::clone(connection),
    }))
}

/// The answer to a request that came while its connection was closed for another one. Nothing was
/// done for it.
fn closing() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// Waits until the server is to stop, or is gone.
async fn stop(stopped: &mut watch::Receiver<bool>) {
    drop(stopped.wait_for(|&stopped| stopped).await);
}

/// The next connection.
async fn accept(
    listener: &TcpListener,
    connections: &Arc<Connections>,
) -> (TcpStream, Peer, Arc<Connection>) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, Peer(peer), connections.admit().await),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
