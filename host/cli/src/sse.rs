//! Streams of server-sent events of the admin API (HTML Living Standard, "Server-sent events"), followed
//! over breaks of the connection.

use std::time::Duration;

use reqwest::Response;
use serde::Serialize;
use tokio::time::{Instant, sleep, timeout};

use crate::admin_client::{AdminClient, AdminError};
use crate::output;

/// How long a response may be silent: 45 s, three of the host's heartbeats.
const SILENCE: Duration = Duration::from_secs(45);

/// The pause before the host is asked again: 1 s, so that a host that is away is not asked without end.
const PAUSE: Duration = Duration::from_secs(1);

/// An event of a stream.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct StreamEvent {
    /// Its kind.
    pub(crate) name: String,
    pub(crate) data: String,
}

/// Hands each event of a stream to `print`, until the command is stopped. The host ends each response after
/// some minutes, and may be started anew: then the stream goes on after the last event that came.
pub(crate) async fn follow(
    client: &AdminClient,
    path: &[&str],
    parameters: &impl Serialize,
    mut print: impl FnMut(&StreamEvent) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut parser = Parser::default();
    let mut was_there = false;
    let mut is_away = false;
    loop {
        let asked = Instant::now();
        match client.open(path, parameters, parser.last_id()).await {
            Ok(response) => {
                if is_away {
                    output::remark("the host is there again");
                }
                (was_there, is_away) = (true, false);
                read(response, &mut parser, &mut print).await?;
            }
            Err(AdminError::Unreachable { .. }) if was_there => {
                if !is_away {
                    output::remark("the host can't be reached: waiting for it");
                }
                is_away = true;
            }
            Err(error) => return Err(error.into()),
        }
        if asked.elapsed() < PAUSE {
            sleep(PAUSE).await;
        }
    }
}

/// Reads one response, until it ends or breaks off.
async fn read(
    mut response: Response,
    parser: &mut Parser,
    print: &mut impl FnMut(&StreamEvent) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    parser.begin();
    while let Ok(Ok(Some(piece))) = timeout(SILENCE, response.chunk()).await {
        parser.rest.extend_from_slice(&piece);
        while let Some(event) = parser.next() {
            print(&event)?;
        }
    }
    Ok(())
}

/// Makes events of the bytes that come.
#[derive(Default)]
struct Parser {
    /// What came and has no end of a line yet.
    rest: Vec<u8>,
    /// The event that has no end yet.
    event: StreamEvent,
    id: Option<String>,
    /// The id of the last event that ended.
    last_id: Option<String>,
}

impl Parser {
    /// Forgets what a response left that broke off.
    fn begin(&mut self) {
        self.rest.clear();
        self.event = StreamEvent::default();
        self.id = None;
    }

    fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// The next event, if it came whole. The host writes no carriage returns.
    fn next(&mut self) -> Option<StreamEvent> {
        while let Some(end) = self.rest.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if line.is_empty() {
                let event = std::mem::take(&mut self.event);
                if let Some(id) = self.id.take() {
                    self.last_id = Some(id);
                }
                if !event.data.is_empty() {
                    return Some(event);
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut self.event.name),
                "id" => self.id = Some(value.to_owned()),
                "data" => {
                    if !self.event.data.is_empty() {
                        self.event.data.push('\n');
                    }
                    self.event.data.push_str(value);
                }
                // A comment, or what is the browser's.
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_as_they_come() {
        let stream =
            ": botbox\nretry: 1000\n\nevent: line\ndata: {\"a\":1}\nid: 7\n\n:\n\ndata: x\nda";
        let mut parser = Parser::default();
        let mut events = Vec::new();
        for byte in stream.bytes() {
            parser.rest.push(byte);
            events.extend(parser.next());
        }
        let event = StreamEvent {
            name: String::from("line"),
            data: String::from("{\"a\":1}"),
        };
        assert_eq!(events, [event]);
        assert_eq!(parser.last_id(), Some("7"));
        // What broke off is not joined with what comes then.
        parser.begin();
        parser.rest.extend(b"data: y\nid: 8\n\n");
        assert_eq!(parser.next().unwrap().data, "y");
        assert_eq!(parser.last_id(), Some("8"));
    }
}
