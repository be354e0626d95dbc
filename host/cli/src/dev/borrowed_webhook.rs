//! A channel's webhook URL, which is borrowed while a bot is worked on, and given back.
//!
//! What LINE had before is written to a file before it is changed. A run that nobody saw end, by `kill -9` or a
//! power cut, leaves that file; the next run gives back what was there before that one.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use botbox_line::Client;
use botbox_line::error::with_causes;
use botbox_server::{Finding, set_webhook};
use serde::{Deserialize, Serialize};

use crate::kept_state::write_private;
use crate::output::remark;

/// A webhook URL that LINE has until it is given back.
pub(super) struct BorrowedWebhook {
    client: Client,
    file: PathBuf,
    loan: Loan,
}

/// What the file has.
#[derive(Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Loan {
    /// What LINE had; nothing when it had none.
    before: Option<String>,
    /// What it has meanwhile.
    ours: String,
}

impl BorrowedWebhook {
    /// Sets the channel's webhook URL, and has LINE test it. A test that fails is told: the tunnel may come
    /// later.
    pub(super) async fn take(
        client: Client,
        channel: &str,
        ours: String,
    ) -> anyhow::Result<(Self, Vec<Finding>)> {
        let file = file(channel)?;
        let present = client.webhook_endpoint().await;
        let present = present.context("LINE does not tell the channel's webhook URL")?;
        let mut before = present.map(|endpoint| endpoint.endpoint);
        let earlier = read(&file)?;
        if let Some(earlier) = &earlier {
            // Else somebody has set another one since, and means that.
            if before.as_ref().is_none_or(|url| *url == earlier.ours) {
                remark(&match &earlier.before {
                    Some(url) => format!(
                        "an earlier run did not end as it should; {url} is put back at the end"
                    ),
                    None => String::from(
                        "an earlier run did not end as it should; there was no webhook URL before it",
                    ),
                });
                before.clone_from(&earlier.before);
            }
        }
        let loan = Loan { before, ours };
        write(&file, &loan)?;
        match set_webhook(&client, &loan.ours).await {
            Ok(findings) => Ok((Self { client, file, loan }, findings)),
            Err(Finding { found, remedy, .. }) => {
                // LINE may have taken it all the same. What is written does no harm if not: the next run gives
                // back nothing that LINE does not have.
                if let Some(earlier) = earlier {
                    write(&file, &earlier)?;
                }
                bail!("{found}; {}", remedy.unwrap_or_default());
            }
        }
    }

    /// Gives back what LINE had, unless somebody has set another one since.
    pub(super) async fn give_back(self) -> anyhow::Result<()> {
        let Self { client, file, loan } = &self;
        let Some(before) = &loan.before else {
            remark(&format!(
                "LINE had no webhook URL of the channel before, and knows no way back: it keeps {}",
                loan.ours
            ));
            return self.forget();
        };
        let present = client.webhook_endpoint().await.ok().flatten();
        // It may take LINE a minute to tell of a change.
        let is_ours = |url: &String| *url == loan.ours || url == before;
        if let Some(other) = present.map(|it| it.endpoint).filter(|url| !is_ours(url)) {
            remark(&format!(
                "LINE sends webhooks to {other} meanwhile, and goes on so"
            ));
            return self.forget();
        }
        if let Err(error) = client.set_webhook_endpoint(before).await {
            bail!(
                "the channel's webhook URL was {before}, and LINE does not take it back: {}; it is written in \
                 {}: set it in the LINE Developers Console, or run this command once more",
                with_causes(&error),
                file.display()
            );
        }
        remark(&format!("LINE sends webhooks to {before} again"));
        self.forget()
    }

    /// Removes the file, unless another run has written it since.
    fn forget(&self) -> anyhow::Result<()> {
        let Self { file, loan, .. } = self;
        if read(file)?.as_ref() == Some(loan) {
            fs::remove_file(file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
        Ok(())
    }
}

/// In the folder of what programs keep of their runs (XDG Base Directory Specification 0.8).
fn file(channel: &str) -> anyhow::Result<PathBuf> {
    let folder = |variable: &str| {
        let folder = env::var_os(variable).map(PathBuf::from);
        folder.filter(|folder| folder.is_absolute())
    };
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")));
    let state = state.context(
        "there is no folder for the channel's present webhook URL: set HOME or XDG_STATE_HOME",
    )?;
    let folder = state.join("botbox/webhooks");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder.join(format!("{channel}.json")))
}

fn read(file: &Path) -> anyhow::Result<Option<Loan>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", file.display()));
        }
    };
    let loan = serde_json::from_str(&text);
    let loan =
        loan.with_context(|| format!("{} is not as it was written; remove it", file.display()))?;
    Ok(Some(loan))
}

fn write(file: &Path, loan: &Loan) -> anyhow::Result<()> {
    let text = serde_json::to_string(loan)?;
    write_private(file, &text).with_context(|| format!("cannot write {}", file.display()))
}
