//! What a host found when it looked at itself or at a channel.

use serde::{Deserialize, Serialize};

use crate::output;
use crate::terminal::{self, one_line};

/// What is right, and what is not.
#[derive(Clone, Copy, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Ok,
    Warning,
    Problem,
}

/// One thing that was looked at.
#[derive(Deserialize, Serialize)]
pub(crate) struct Finding {
    pub(crate) check: String,
    pub(crate) verdict: Verdict,
    pub(crate) found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remedy: Option<String>,
}

/// A finding, and of what it is.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a str>,
    #[serde(flatten)]
    finding: &'a Finding,
}

/// Something is not as it must be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unwell(String);

/// How much is wrong.
#[derive(Default)]
pub(crate) struct Tally {
    warnings: usize,
    problems: usize,
}

impl Finding {
    pub(crate) fn ok(check: &str, found: String) -> Self {
        Self {
            check: check.to_owned(),
            verdict: Verdict::Ok,
            found,
            remedy: None,
        }
    }

    pub(crate) fn problem(check: &str, found: String, remedy: &str) -> Self {
        Self {
            verdict: Verdict::Problem,
            remedy: Some(remedy.to_owned()),
            ..Self::ok(check, found)
        }
    }
}

impl From<botbox_server::Finding> for Finding {
    fn from(finding: botbox_server::Finding) -> Self {
        Self {
            check: finding.check.to_owned(),
            verdict: match finding.verdict {
                botbox_server::Verdict::Ok => Verdict::Ok,
                botbox_server::Verdict::Warning => Verdict::Warning,
                botbox_server::Verdict::Problem => Verdict::Problem,
            },
            found: finding.found,
            remedy: finding.remedy,
        }
    }
}

impl Tally {
    /// Prints what was found of the host, or of a channel: an object a line for programs.
    pub(crate) fn tell(
        &mut self,
        json: bool,
        channel: Option<&str>,
        findings: &[Finding],
    ) -> anyhow::Result<()> {
        for finding in findings {
            match finding.verdict {
                Verdict::Ok => {}
                Verdict::Warning => self.warnings += 1,
                Verdict::Problem => self.problems += 1,
            }
            if json {
                let told = serde_json::to_string(&Told { channel, finding })?;
                output::line(&terminal::json(&told))?;
            } else {
                print(finding)?;
            }
        }
        Ok(())
    }

    /// Fails if there was a problem.
    pub(crate) fn end(self) -> Result<(), Unwell> {
        let count = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            count => format!("{count} {what}s"),
        };
        let problems = count(self.problems, "problem");
        match (self.problems, self.warnings) {
            (0, _) => Ok(()),
            (_, 0) => Err(Unwell(problems)),
            (_, warnings) => Err(Unwell(format!(
                "{problems}, {}",
                count(warnings, "warning")
            ))),
        }
    }
}

fn print(finding: &Finding) -> anyhow::Result<()> {
    let verdict = match finding.verdict {
        Verdict::Ok => "ok",
        Verdict::Warning => "warning",
        Verdict::Problem => "problem",
    };
    let check = one_line(&finding.check);
    output::line(&format!(
        "  {verdict:9}{check:14}{}",
        one_line(&finding.found)
    ))?;
    match &finding.remedy {
        Some(remedy) => output::line(&format!("{:11}-> {}", "", one_line(remedy))),
        None => Ok(()),
    }
}
