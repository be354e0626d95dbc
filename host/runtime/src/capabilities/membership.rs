//! `botbox:line/membership`: the account's paid memberships.

use botbox_line::api;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::membership::{Host, MembershipPlan, Subscription};
use crate::bindings::botbox::line::users::UserIds;
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get_membership_list(&mut self) -> Result<Vec<MembershipPlan>, CallError> {
        self.check_call(Capability::Membership)?;
        let plans = self.client().membership_list().await?;
        Ok(plans.into_iter().map(Into::into).collect())
    }

    async fn get_membership_subscription(
        &mut self,
        user_id: String,
    ) -> Result<Vec<Subscription>, CallError> {
        self.check_call(Capability::Membership)?;
        let found = self.client().membership_subscription(&user_id).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    async fn get_joined_membership_users(
        &mut self,
        membership_id: i64,
        limit: Option<u32>,
        start: Option<String>,
    ) -> Result<UserIds, CallError> {
        self.check_call(Capability::Membership)?;
        let client = self.client();
        let page = client.joined_membership_users(membership_id, limit, start);
        Ok(page.await?.into())
    }
}

impl From<api::MembershipPlan> for MembershipPlan {
    fn from(plan: api::MembershipPlan) -> Self {
        let membership = plan.membership;
        Self {
            membership_id: membership.membership_id,
            title: membership.title,
            description: membership.description,
            benefits: membership.benefits,
            price: membership.price,
            currency: membership.currency,
            member_count: plan.member_count,
            member_limit: plan.member_limit,
            is_in_app_purchase: plan.is_in_app_purchase,
            is_published: plan.is_published,
        }
    }
}

impl From<api::Subscription> for Subscription {
    fn from(subscription: api::Subscription) -> Self {
        let api::Subscription { membership, user } = subscription;
        Self {
            membership_id: membership.membership_id,
            title: membership.title,
            description: membership.description,
            benefits: membership.benefits,
            price: membership.price,
            currency: membership.currency,
            membership_no: user.membership_no,
            joined_time: user.joined_time,
            next_billing_date: user.next_billing_date,
            total_subscription_months: user.total_subscription_months,
        }
    }
}
