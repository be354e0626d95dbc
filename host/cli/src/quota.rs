//! `botbox quota`.

use serde::Deserialize;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::output::{self, OutputArguments};
use crate::terminal;
use crate::time::to_the_second;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
}

#[derive(Deserialize)]
struct Quota {
    line: Option<LineQuota>,
    budget: Vec<Window>,
}

#[derive(Deserialize)]
struct LineQuota {
    limit: Option<u64>,
    used: u64,
    /// In seconds since 1970.
    checked_at: i64,
}

#[derive(Deserialize)]
struct Window {
    window: String,
    limit: u64,
    used: u64,
    ends: i64,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let text = client
        .get(&["channels", &arguments.channel, "quota"], &())
        .await?;
    if arguments.output.json {
        return output::line(&terminal::json(&text));
    }
    let quota: Quota = client.parse(&text)?;
    let mut rows = Vec::new();
    if let Some(line) = quota.line {
        rows.push([
            String::from("LINE, this month"),
            line.used.to_string(),
            line.limit
                .map_or(String::from("no limit"), |it| it.to_string()),
            format!("as of {}", to_the_second(line.checked_at * 1_000)),
        ]);
    }
    for window in quota.budget {
        rows.push([
            format!("budget, this {}", terminal::one_line(&window.window)),
            window.used.to_string(),
            window.limit.to_string(),
            format!("until {}", to_the_second(window.ends)),
        ]);
    }
    if rows.is_empty() {
        output::remark("the channel can't push, or LINE has not told its quota yet");
        return Ok(());
    }
    output::table(["QUOTA", "USED", "LIMIT", "WHEN"], &rows)
}
