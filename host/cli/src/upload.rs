//! Plugins on their way to a host.

use std::convert::Infallible;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::{fs, iter};

use futures_util::stream;
use reqwest::Body;
use ring::digest::{SHA256, digest};

use crate::admin_client::{AdminClient, AdminError};

/// How much is sent at a time: 64 KiB, of which a slow connection has several in a second.
const PIECE: usize = 64 << 10;

/// A component, by its bytes.
pub(crate) struct Component {
    bytes: Vec<u8>,
    /// Its SHA-256 in hexadecimal, which names the plugin.
    pub(crate) digest: String,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot read the plugin {}", .path.display())]
pub(crate) struct UnreadableError {
    path: PathBuf,
    source: io::Error,
}

impl Component {
    pub(crate) fn read(file: &Path) -> Result<Self, UnreadableError> {
        let bytes = fs::read(file).map_err(|source| UnreadableError {
            path: file.to_owned(),
            source,
        })?;
        let digest = hex::encode(digest(&SHA256, &bytes));
        Ok(Self { bytes, digest })
    }

    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Uploads it, and waits until the host has compiled it. Who sees a terminal sees how far it is. A plugin
    /// that the host has is sent again, too, which keeps it for whoever deploys it now.
    pub(crate) async fn upload(&self, client: &AdminClient) -> Result<String, AdminError> {
        let pieces = self.pieces();
        let path = ["plugins", &self.digest];
        let uploaded = client.upload(&path, Body::wrap_stream(stream::iter(pieces)));
        let uploaded = uploaded.await;
        clear();
        uploaded
    }

    fn pieces(&self) -> impl Iterator<Item = Result<Vec<u8>, Infallible>> + Send + use<> {
        let (bytes, mut sent) = (self.bytes.clone(), 0);
        iter::from_fn(move || {
            let piece = bytes.get(sent..)?.chunks(PIECE).next();
            match piece {
                Some(_) => tell(&format!("uploading: {} %", sent * 100 / bytes.len())),
                None => tell("compiling"),
            }
            let piece = piece?.to_vec();
            sent += piece.len();
            Some(Ok(piece))
        })
    }
}

/// Writes over what the terminal's line says.
fn tell(words: &str) {
    let mut terminal = io::stderr();
    if terminal.is_terminal() {
        // Nobody sees it otherwise.
        let _ = write!(terminal, "\r\x1b[K{words}").and_then(|()| terminal.flush());
    }
}

fn clear() {
    tell("");
}
