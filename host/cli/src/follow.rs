//! Live events: what becomes of events, told while it happens.

use std::time::Duration;

use reqwest::Response;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep, timeout};

use crate::admin_client::{AdminClient, AdminError};
use crate::events::short_chat;
use crate::output;
use crate::terminal::{self, one_line};
use crate::time::to_the_millisecond;

/// How long a response may be silent: 45 s, three of the host's heartbeats.
const SILENCE: Duration = Duration::from_secs(45);

/// The pause before the host is asked again: 1 s, so that a host that is away is not asked without end.
const PAUSE: Duration = Duration::from_secs(1);

/// Whose events.
#[derive(clap::Args, Serialize)]
pub(crate) struct FollowFilters {
    /// Those of this channel.
    #[arg(long, value_name = "CHANNEL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// Those of this user, group or room: its whole id.
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    chat: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Event(LiveEvent),
    Missed { missed: u64 },
}

#[derive(Deserialize)]
struct LiveEvent {
    time: i64,
    channel: String,
    id: String,
    chat: String,
    what: String,
    attempt: Option<u32>,
    error: Option<String>,
}

/// Prints what happens until the command is stopped. The host ends each response after some minutes, and may
/// be started anew: then it is asked again.
pub(crate) async fn follow(
    client: &AdminClient,
    filters: &FollowFilters,
    json: bool,
) -> anyhow::Result<()> {
    let mut was_there = false;
    let mut is_away = false;
    loop {
        let asked = Instant::now();
        match client.open(&["journal", "follow"], filters).await {
            Ok(response) => {
                if is_away {
                    output::remark("the host is there again");
                }
                (was_there, is_away) = (true, false);
                print_all(client, response, json).await?;
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

/// Prints what one response tells, until it ends or breaks off.
async fn print_all(client: &AdminClient, mut response: Response, json: bool) -> anyhow::Result<()> {
    let mut rest = Vec::new();
    while let Ok(Ok(Some(piece))) = timeout(SILENCE, response.chunk()).await {
        rest.extend_from_slice(&piece);
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end();
            // An empty one is a heartbeat.
            if !line.is_empty() {
                print(client, line, json)?;
            }
        }
    }
    Ok(())
}

fn print(client: &AdminClient, line: &str, json: bool) -> anyhow::Result<()> {
    if json {
        return output::line(&terminal::json(line));
    }
    match client.parse(line)? {
        Line::Event(event) => output::line(&describe(&event)),
        Line::Missed { missed } => {
            output::remark(&format!(
                "{missed} live events came too fast, and are left out"
            ));
            Ok(())
        }
    }
}

fn describe(event: &LiveEvent) -> String {
    let mut line = format!(
        "{}  {}  {}  {}  {}",
        to_the_millisecond(event.time),
        one_line(&event.channel),
        short_chat(&event.chat),
        one_line(&event.id),
        one_line(&event.what),
    );
    if let Some(attempt) = event.attempt {
        line.push_str(&format!(" (attempt {attempt})"));
    }
    if let Some(error) = &event.error {
        line.push_str(&format!(": {}", one_line(error)));
    }
    line
}
