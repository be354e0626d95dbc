//! A connection to a bot. It shares the processors with the bots, so it speaks just as much HTTP as
//! it needs.

use std::net::SocketAddr;

use anyhow::ensure;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::stage::PATIENCE;

/// One that is kept alive, as LINE's are.
pub(crate) struct Connection(TcpStream);

impl Connection {
    pub(crate) async fn open(bot: SocketAddr) -> anyhow::Result<Self> {
        let connection = TcpStream::connect(bot).await?;
        connection.set_nodelay(true)?;
        Ok(Self(connection))
    }

    /// Sends a request, and waits until it has succeeded.
    pub(crate) async fn send(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.0.write_all(request).await?;
        let mut answer = [0; 1024];
        let mut length = 0;
        // A success has no body: it ends with its head.
        while !answer[..length].ends_with(b"\r\n\r\n") {
            let read = timeout(PATIENCE, self.0.read(&mut answer[length..])).await??;
            ensure!(read > 0, "the bot closed the connection");
            length += read;
            let text = String::from_utf8_lossy(&answer[..length]);
            ensure!(text.starts_with("HTTP/1.1 200"), "the bot answered {text}");
        }
        Ok(())
    }
}
