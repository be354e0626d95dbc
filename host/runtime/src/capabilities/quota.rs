//! `botbox:line/quota`: how many messages the account may send, and has sent.

use botbox_line::api::Counted;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::quota::{AggregationUnits, DailyCount, Host};
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get_message_quota(&mut self) -> Result<Option<u64>, CallError> {
        self.check_call(Capability::Quota)?;
        Ok(self.client().message_quota().await?)
    }

    async fn get_message_quota_consumption(&mut self) -> Result<u64, CallError> {
        self.check_call(Capability::Quota)?;
        Ok(self.client().message_quota_consumption().await?)
    }

    async fn get_number_of_sent_reply_messages(
        &mut self,
        date: String,
    ) -> Result<DailyCount, CallError> {
        self.daily_count(Capability::Quota, Counted::Replies, &date)
            .await
    }

    async fn get_number_of_sent_push_messages(
        &mut self,
        date: String,
    ) -> Result<DailyCount, CallError> {
        self.daily_count(Capability::Quota, Counted::Pushes, &date)
            .await
    }

    async fn get_number_of_sent_multicast_messages(
        &mut self,
        date: String,
    ) -> Result<DailyCount, CallError> {
        self.daily_count(Capability::Quota, Counted::Multicasts, &date)
            .await
    }

    async fn get_number_of_sent_broadcast_messages(
        &mut self,
        date: String,
    ) -> Result<DailyCount, CallError> {
        self.daily_count(Capability::Quota, Counted::Broadcasts, &date)
            .await
    }

    async fn get_aggregation_unit_usage(&mut self) -> Result<u32, CallError> {
        self.check_call(Capability::Quota)?;
        Ok(self.client().aggregation_unit_usage().await?)
    }

    async fn get_aggregation_unit_name_list(
        &mut self,
        limit: Option<u32>,
        start: Option<String>,
    ) -> Result<AggregationUnits, CallError> {
        self.check_call(Capability::Quota)?;
        let page = self.client().aggregation_unit_names(limit, start).await?;
        Ok(AggregationUnits {
            custom_aggregation_units: page.custom_aggregation_units,
            next: page.next,
        })
    }
}

impl Sandbox {
    /// How many went out on a day.
    pub(super) async fn daily_count(
        &mut self,
        capability: Capability,
        counted: Counted,
        date: &str,
    ) -> Result<DailyCount, CallError> {
        self.check_call(capability)?;
        let count = self.client().number_of_sent_messages(counted, date).await?;
        Ok(DailyCount {
            status: count.status,
            success: count.success,
        })
    }
}
