//! Paid memberships (LINE reference, "Membership").

use serde::Deserialize;

use super::groups::UserIds;
use crate::client::Client;
use crate::error::Error;
use crate::lenient::elements;
use crate::operation::Operation;

/// What a plan is, to members and to others.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// Which one.
    pub membership_id: i64,
    /// What it is called.
    pub title: String,
    /// What it is.
    pub description: String,
    /// The benefits of its members.
    pub benefits: Vec<String>,
    /// The price of a month, in `currency`.
    pub price: f64,
    /// `JPY`, `TWD` or `THB`.
    pub currency: String,
}

/// A plan on offer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MembershipPlan {
    /// What it is.
    #[serde(flatten)]
    pub membership: Membership,
    /// How many members it has.
    pub member_count: u32,
    /// How many it can have.
    pub member_limit: Option<u32>,
    /// Whether it is sold in the app.
    pub is_in_app_purchase: bool,
    /// Whether users see it.
    pub is_published: bool,
}

/// A user's membership.
#[derive(Debug, Deserialize)]
pub struct Subscription {
    /// The plan.
    pub membership: Membership,
    /// The user as a member of it.
    pub user: Member,
}

/// A user as a member.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The user's number as a member.
    pub membership_no: u32,
    /// In seconds since 1970.
    pub joined_time: i64,
    /// `yyyy-MM-dd`, in UTC+9.
    pub next_billing_date: String,
    /// In months.
    pub total_subscription_months: u32,
}

impl Client {
    /// The plans on offer, at most 5.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn membership_list(&self) -> Result<Vec<MembershipPlan>, Error> {
        #[derive(Deserialize)]
        struct Plans {
            #[serde(deserialize_with = "elements")]
            memberships: Vec<MembershipPlan>,
        }
        let request = self.request(Operation::GetMembershipList);
        Ok(request.receive::<Plans>().await?.memberships)
    }

    /// A user's memberships.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn membership_subscription(&self, user_id: &str) -> Result<Vec<Subscription>, Error> {
        #[derive(Deserialize)]
        struct Subscriptions {
            #[serde(deserialize_with = "elements")]
            subscriptions: Vec<Subscription>,
        }
        let request = self.request(Operation::GetMembershipSubscription);
        let found: Subscriptions = request.id("user-id", user_id)?.receive().await?;
        Ok(found.subscriptions)
    }

    /// A page of at most `limit` members of a plan: by default 300, and never more than 1,000.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn joined_membership_users(
        &self,
        membership_id: i64,
        limit: Option<u32>,
        start: Option<String>,
    ) -> Result<UserIds, Error> {
        let request = self.request(Operation::GetJoinedMembershipUsers);
        let request = request.id("membership-id", &membership_id.to_string())?;
        let request = request.query("limit", limit).query("start", start);
        request.receive().await
    }
}
