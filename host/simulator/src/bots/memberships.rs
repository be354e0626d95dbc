//! Memberships: plans that users subscribe to (LINE reference, "Membership").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};

use crate::clock;

/// How many plans a bot can offer (LINE reference, "Get membership plans being offered").
pub(crate) const MAX_PLANS: usize = 5;

/// A month of a subscription, in milliseconds. The simulator's have thirty days each.
const MONTH_MS: u64 = 30 * 24 * 3_600 * 1_000;

/// A plan with its members.
pub(crate) struct Plan {
    pub(crate) offer: Offer,
    pub(crate) limits: Limits,
    /// By user id; there are as many as users at most.
    members: BTreeMap<String, Member>,
    last_number: u64,
}

/// What a plan is.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Offer {
    pub(crate) membership_id: u64,
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    benefits: Vec<String>,
    price: Number,
    #[serde(default = "yen")]
    currency: String,
}

/// How a plan is sold.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Limits {
    #[serde(default)]
    member_limit: Option<u64>,
    #[serde(default)]
    is_in_app_purchase: bool,
    #[serde(default = "published")]
    is_published: bool,
}

/// A user's subscription.
struct Member {
    number: u64,
    /// In milliseconds since 1970.
    joined_at: u64,
}

impl Plan {
    pub(crate) fn new(offer: Offer, limits: Limits) -> Self {
        Self {
            offer,
            limits,
            members: BTreeMap::new(),
            last_number: 0,
        }
    }

    /// Makes the user a member from now on, in milliseconds since 1970, unless they are one.
    pub(crate) fn join(&mut self, user_id: &str, now: u64) {
        let number = self.last_number + 1;
        let member = Member {
            number,
            joined_at: now,
        };
        let joined = self.members.entry(user_id.to_owned()).or_insert(member);
        self.last_number = self.last_number.max(joined.number);
    }

    pub(crate) fn leave(&mut self, user_id: &str) {
        self.members.remove(user_id);
    }

    /// User ids in order.
    pub(crate) fn members(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// The plan as LINE lists it.
    pub(crate) fn view(&self) -> Value {
        let mut view = json!(self.offer);
        view["memberCount"] = self.members.len().into();
        view["memberLimit"] = json!(self.limits.member_limit);
        view["isInAppPurchase"] = self.limits.is_in_app_purchase.into();
        view["isPublished"] = self.limits.is_published.into();
        view
    }

    /// The user's subscription of this plan, if there is one.
    pub(crate) fn subscription(&self, user_id: &str, now: u64) -> Option<Value> {
        let member = self.members.get(user_id)?;
        let months = now.saturating_sub(member.joined_at) / MONTH_MS + 1;
        let billing_day = clock::statistics_day(member.joined_at + months * MONTH_MS);
        let (year, month, day) = (
            billing_day / 10_000,
            billing_day / 100 % 100,
            billing_day % 100,
        );
        Some(json!({
            "membership": self.offer,
            "user": {
                "membershipNo": member.number,
                "joinedTime": member.joined_at / 1000,
                "nextBillingDate": format!("{year:04}-{month:02}-{day:02}"),
                "totalSubscriptionMonths": months,
            },
        }))
    }
}

fn yen() -> String {
    "JPY".to_owned()
}

fn published() -> bool {
    true
}
