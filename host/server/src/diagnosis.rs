//! What keeps a host or a channel from working, and what to do about it: for operators, at their request.
//!
//! A finding is of one thing that was looked at. It is in an operator's words, because whoever reads it may not
//! have made the host; programs go by its check and its verdict.

pub(crate) mod certificate;
pub(crate) mod channel;
pub(crate) mod host;
pub(crate) mod webhook;

use schemars::JsonSchema;
use serde::Serialize;

/// How something that was looked at is.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is right.
    Ok,
    /// It works, and soon may not, or not as the operator means it.
    Warning,
    /// Users miss something.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, JsonSchema, Serialize)]
pub struct Finding {
    /// What it is, such as `webhook-url`.
    pub check: &'static str,
    /// How it is.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to do, unless all is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Finding {
    pub(crate) fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Ok,
            found: found.into(),
            remedy: None,
        }
    }

    fn warning(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Warning,
            remedy: Some(remedy.into()),
            ..Self::ok(check, found)
        }
    }

    pub(crate) fn problem(
        check: &'static str,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            verdict: Verdict::Problem,
            ..Self::warning(check, found, remedy)
        }
    }
}
