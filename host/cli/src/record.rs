//! `botbox record`: what a channel's events make its bot do, in a file.
//!
//! The host keeps no bodies of sends: it tells them while somebody listens. So a recording has what happened
//! from its beginning to its end, and nothing of before.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use botbox_conversation::Scrubber;
use botbox_conversation::recording::{Call, RecordedEvent};
use reqwest::Response;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::admin_client::{AdminArguments, AdminClient};
use crate::output::remark;
use crate::shutdown::Shutdown;

/// How long a response may be silent: 45 s, three of the host's heartbeats.
const SILENCE: Duration = Duration::from_secs(45);

/// The pause before the host is asked again: 1 s.
const PAUSE: Duration = Duration::from_secs(1);

/// How large a recording gets: 256 MiB.
const FILE_BYTES: usize = 256 << 20;

/// How many events may have begun and not ended: more than a channel handles at a time.
const OPEN: usize = 10_000;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
    /// The file to write. It is not written over.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Replaces ids, names and texts. What the bot says to a text is then no test of it.
    #[arg(long)]
    scrub: bool,
    /// Ends after so many events; Ctrl-C ends it as well.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    events: usize,
    /// Ends after so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    seconds: u64,
}

/// A line of the host's answer.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Begun {
        id: String,
        event: Value,
    },
    Called {
        id: String,
        call: Call,
    },
    Ended {
        id: String,
        error: Option<String>,
        again: bool,
    },
    Missed(u64),
}

/// A recording that is being made.
struct Recorder {
    file: File,
    scrubber: Option<Scrubber>,
    /// The events that have begun, by their ids.
    open: HashMap<String, RecordedEvent>,
    written: usize,
    bytes: usize,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut shutdown = Shutdown::new()?;
    let client = AdminClient::new(&arguments.admin).await?;
    let file = File::create_new(&arguments.output);
    let mut recorder = Recorder {
        file: file.with_context(|| format!("cannot make {}", arguments.output.display()))?,
        scrubber: arguments.scrub.then(Scrubber::default),
        open: HashMap::new(),
        written: 0,
        bytes: 0,
    };
    let end = Instant::now() + Duration::from_secs(arguments.seconds);
    let done = tokio::select! {
        done = record(&arguments, &client, &mut recorder, end) => done,
        () = shutdown.requested() => Ok(()),
    };
    remark(&format!(
        "{} events recorded in {}",
        recorder.written,
        arguments.output.display()
    ));
    done
}

/// Records until there is enough. The host ends each answer after some minutes: then it is asked again.
async fn record(
    arguments: &Arguments,
    client: &AdminClient,
    recorder: &mut Recorder,
    end: Instant,
) -> anyhow::Result<()> {
    while Instant::now() < end {
        let path = ["channels", &arguments.channel, "recording"];
        let response = client.open(&path, &(), None).await?;
        remark(&format!("recording {}", arguments.channel));
        let listening = recorder.listen(client, response, arguments.events);
        match timeout_at(end, listening).await {
            Ok(Ok(true)) | Err(_) => return Ok(()),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => return Err(error),
        }
        // What ran when the answer ended is not whole.
        recorder.open.clear();
        sleep(PAUSE).await;
    }
    Ok(())
}

impl Recorder {
    /// Takes what one answer tells, until it ends; returns whether there is enough.
    async fn listen(
        &mut self,
        client: &AdminClient,
        mut response: Response,
        enough: usize,
    ) -> anyhow::Result<bool> {
        let mut rest = Vec::new();
        while let Ok(Ok(Some(piece))) = timeout(SILENCE, response.chunk()).await {
            rest.extend_from_slice(&piece);
            while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line);
                // An empty one is a heartbeat.
                if !line.trim().is_empty() {
                    self.take(client.parse(&line)?)?;
                }
                if self.written >= enough || self.bytes >= FILE_BYTES {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn take(&mut self, line: Line) -> anyhow::Result<()> {
        match line {
            Line::Begun { id, event } => {
                if self.open.len() < OPEN {
                    // An attempt after another goes on with what that one did.
                    let begun = self.open.entry(id);
                    begun.or_insert_with(|| RecordedEvent {
                        event,
                        calls: Vec::new(),
                        error: None,
                    });
                }
            }
            Line::Called { id, call } => {
                if let Some(event) = self.open.get_mut(&id) {
                    event.calls.push(call);
                }
            }
            Line::Ended { id, error, again } => {
                if !again && let Some(mut event) = self.open.remove(&id) {
                    event.error = error;
                    self.write(event).context("cannot write the recording")?;
                }
            }
            Line::Missed(missed) => {
                // Nobody knows of which events.
                self.open.clear();
                remark(&format!(
                    "{missed} lines came too fast: some events are left out"
                ));
            }
        }
        Ok(())
    }

    fn write(&mut self, mut event: RecordedEvent) -> io::Result<()> {
        if let Some(scrubber) = &mut self.scrubber {
            scrubber.scrub(&mut event);
        }
        let mut line = serde_json::to_vec(&event)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.written += 1;
        self.bytes += line.len();
        Ok(())
    }
}
