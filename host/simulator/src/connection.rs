//! Connections that can be aborted, with or without TLS: a fault may end one before an answer is written.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a client may take to agree on TLS: 10 s.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Accepts connections that can be aborted.
pub(crate) struct AbortableListener(pub(crate) TcpListener);

/// The same with TLS. Clients that are slow to agree on it hold up no others.
pub(crate) struct TlsListener {
    agreed: mpsc::Receiver<TlsStream<TcpStream>>,
}

/// A connection that ends without another byte once it is aborted.
pub(crate) struct Connection<S> {
    stream: S,
    abort: AbortHandle,
}

/// Aborts one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct AbortHandle(Arc<AtomicBool>);

impl AbortHandle {
    pub(crate) fn abort(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn check(&self) -> io::Result<()> {
        if self.0.load(Ordering::Relaxed) {
            Err(io::ErrorKind::ConnectionAborted.into())
        } else {
            Ok(())
        }
    }
}

impl<S> Connection<S> {
    fn new(stream: S) -> (Self, AbortHandle) {
        let abort = AbortHandle::default();
        let connection = Self {
            stream,
            abort: abort.clone(),
        };
        (connection, abort)
    }
}

impl Listener for AbortableListener {
    type Io = Connection<TcpStream>;
    type Addr = AbortHandle;

    async fn accept(&mut self) -> (Self::Io, AbortHandle) {
        let (stream, _) = Listener::accept(&mut self.0).await;
        Connection::new(stream)
    }

    /// The server asks for none; an address here is what a request learns of its connection.
    fn local_addr(&self) -> io::Result<AbortHandle> {
        self.0
            .local_addr()
            .map(|_: SocketAddr| AbortHandle::default())
    }
}

impl TlsListener {
    pub(crate) fn new(tcp: TcpListener, acceptor: TlsAcceptor) -> Self {
        let (agree, agreed) = mpsc::channel(1);
        tokio::spawn(agree_on_tls(tcp, acceptor, agree));
        Self { agreed }
    }
}

/// Until nobody accepts any more.
async fn agree_on_tls(
    mut tcp: TcpListener,
    acceptor: TlsAcceptor,
    agree: mpsc::Sender<TlsStream<TcpStream>>,
) {
    loop {
        let (stream, _) = tokio::select! {
            accepted = Listener::accept(&mut tcp) => accepted,
            () = agree.closed() => return,
        };
        let (handshake, agree) = (acceptor.accept(stream), agree.clone());
        tokio::spawn(async move {
            match timeout(HANDSHAKE, handshake).await {
                // When it is closed, the simulator has stopped.
                Ok(Ok(stream)) => drop(agree.send(stream).await),
                Ok(Err(error)) => tracing::info!(
                    %error,
                    "a client does not agree on TLS; see that it trusts the certificate's authority"
                ),
                Err(_) => tracing::info!("a client did not agree on TLS within {HANDSHAKE:?}"),
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = Connection<TlsStream<TcpStream>>;
    type Addr = AbortHandle;

    async fn accept(&mut self) -> (Self::Io, AbortHandle) {
        match self.agreed.recv().await {
            Some(stream) => Connection::new(stream),
            // Its sender ends after this.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<AbortHandle> {
        Ok(AbortHandle::default())
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for AbortHandle {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        stream.remote_addr().clone()
    }
}

impl Connected<IncomingStream<'_, AbortableListener>> for AbortHandle {
    fn connect_info(stream: IncomingStream<'_, AbortableListener>) -> Self {
        stream.remote_addr().clone()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.abort.check()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.abort.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.abort.check()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.abort.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
