//! The one switch of a channel's traffic, by which everything is done that changes what serves.

use serde::{Deserialize, Serialize};

use crate::admin_client::{AdminClient, AdminError};
use crate::terminal::one_line;

/// Which deployments of a channel serve.
#[derive(Deserialize)]
pub(crate) struct Traffic {
    pub(crate) revision: u64,
    pub(crate) stable: u64,
    pub(crate) canary: Option<Canary>,
    pub(crate) pinned: bool,
    /// What the host took out of traffic, for it failed: the pin is against this one.
    aborted: Option<u64>,
    pub(crate) reason: String,
    pub(crate) by: String,
    pub(crate) at: i64,
}

/// A deployment that is tried on some chats.
#[derive(Clone, Copy, Deserialize, Serialize)]
pub(crate) struct Canary {
    pub(crate) deployment: u64,
    pub(crate) percent: u8,
}

/// A switch that is asked for.
#[derive(Serialize)]
pub(crate) struct Switch<'a> {
    pub(crate) stable: u64,
    pub(crate) canary: Option<Canary>,
    pub(crate) pinned: Option<bool>,
    pub(crate) reason: &'a str,
}

/// Why, and who may switch from now on.
#[derive(clap::Args)]
pub(crate) struct Motive {
    /// Why, for those who look later.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) reason: String,
    /// Pins the traffic: from now on only a person switches it, who says --pin or --unpin.
    #[arg(long)]
    pin: bool,
    /// Switches pinned traffic, and unpins it.
    #[arg(long, conflicts_with = "pin")]
    unpin: bool,
}

impl Motive {
    pub(crate) fn pinned(&self) -> Option<bool> {
        match (self.pin, self.unpin) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        }
    }
}

/// What serves a channel now. None: it has no deployment that serves.
pub(crate) async fn current(
    client: &AdminClient,
    channel: &str,
) -> Result<Option<Traffic>, AdminError> {
    // What is missing is the traffic, and not the channel.
    client.get(&["channels", channel], &()).await?;
    let found = client.find(&["channels", channel, "traffic"]).await?;
    found.map(|text| client.parse(&text)).transpose()
}

impl Switch<'_> {
    /// Switches, unless somebody has switched meanwhile. Returns what the host answers.
    pub(crate) async fn replace(
        &self,
        client: &AdminClient,
        channel: &str,
        before: Option<&Traffic>,
    ) -> Result<String, AdminError> {
        let revision = before.map_or(0, |before| before.revision);
        let path = ["channels", channel, "traffic"];
        client.change(&path, revision, self).await
    }
}

impl Traffic {
    /// Who is served by what.
    pub(crate) fn in_words(&self) -> String {
        let Self { stable, .. } = self;
        let mut words = match self.canary {
            None => format!("deployment {stable} serves all chats"),
            Some(Canary {
                deployment,
                percent,
            }) => format!(
                "deployment {deployment} serves {percent} % of the chats, deployment {stable} the others"
            ),
        };
        match self.aborted {
            Some(aborted) => words.push_str(&format!("; pinned against deployment {aborted}")),
            None if self.pinned => words.push_str("; pinned"),
            None => {}
        }
        if !self.reason.is_empty() {
            words.push_str(&format!("; {}", one_line(&self.reason)));
        }
        words
    }
}
