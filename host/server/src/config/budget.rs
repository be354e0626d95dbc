//! A channel's push budget, as it is written.

use botbox_runtime::PushLimits;
use serde::Deserialize;

/// `[channels.budget]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BudgetTable {
    per_hour: Option<u64>,
    per_month: Option<u64>,
}

impl BudgetTable {
    /// The limits, or what is wrong with them.
    pub(super) fn check(self) -> Result<PushLimits, &'static str> {
        match (self.per_hour, self.per_month) {
            (None, None) => Err("give `per_hour`, `per_month` or both"),
            (Some(0), _) | (_, Some(0)) => {
                Err("give numbers from 1; to push nothing, leave the grant `push` out")
            }
            (per_hour, per_month) => Ok(PushLimits {
                per_hour,
                per_month,
            }),
        }
    }
}
