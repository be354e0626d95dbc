//! A proxy before the simulator that can hold requests back, so that LINE hangs exactly as long as a test
//! wants.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::line::Line;

/// A way to the simulator on which requests pass while it is open. It is at first.
pub struct Gate {
    url: String,
    open: watch::Sender<bool>,
}

impl Gate {
    /// A gate before this simulator.
    pub async fn before(line: &Line) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behind = line.url().trim_start_matches("http://").to_owned();
        let (open, is_open) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((before, _)) = listener.accept().await {
                tokio::spawn(pass(before, behind.clone(), is_open.clone()));
            }
        });
        Self { url, open }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Lets nothing pass any more.
    pub fn close(&self) {
        self.open.send_replace(false);
    }

    /// Lets all pass again, what waited first.
    pub fn open(&self) {
        self.open.send_replace(true);
    }
}

async fn pass(before: TcpStream, behind: String, is_open: watch::Receiver<bool>) {
    let Ok(behind) = TcpStream::connect(behind).await else {
        return;
    };
    let (request, mut answer) = before.into_split();
    let (mut answered, requested) = behind.into_split();
    // Whichever side ends, the connection does.
    tokio::select! {
        () = pass_requests(request, requested, is_open) => {}
        _ = copy(&mut answered, &mut answer) => {}
    }
}

async fn pass_requests(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut is_open: watch::Receiver<bool>,
) {
    let mut bytes = vec![0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        // The test is over when nobody has the gate.
        if is_open.wait_for(|&is_open| is_open).await.is_err()
            || to.write_all(&bytes[..count]).await.is_err()
        {
            return;
        }
    }
}
