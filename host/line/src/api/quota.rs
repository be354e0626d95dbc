//! How many messages a channel may send, and has sent (LINE reference, "Get the target limit for
//! sending messages this month" and the sections after it).

use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::lenient::elements;
use crate::operation::Operation;

/// What is counted by the day.
#[derive(Clone, Copy, Debug)]
pub enum Counted {
    /// Replies.
    Replies,
    /// Push messages.
    Pushes,
    /// Multicasts.
    Multicasts,
    /// Broadcasts.
    Broadcasts,
    /// LINE notification messages.
    Notifications,
    /// LINE notification messages made from templates.
    TemplatedNotifications,
}

/// How many messages went out on a day.
#[derive(Debug, Deserialize)]
pub struct DailyCount {
    /// `ready`, `unready`, `out_of_service` or `unavailable_for_privacy`.
    pub status: String,
    /// The count, when it is ready.
    pub success: Option<u64>,
}

/// A page of names of aggregation units.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AggregationUnits {
    /// The names.
    #[serde(deserialize_with = "elements")]
    pub custom_aggregation_units: Vec<String>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Client {
    /// How many messages this month may have; nothing when there is no limit.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn message_quota(&self) -> Result<Option<u64>, Error> {
        #[derive(Deserialize)]
        struct Quota {
            /// Of the type `limited` only.
            value: Option<u64>,
        }
        let request = self.request(Operation::GetMessageQuota);
        Ok(request.receive::<Quota>().await?.value)
    }

    /// About how many messages went out this month, whoever sent them.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn message_quota_consumption(&self) -> Result<u64, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Consumption {
            total_usage: u64,
        }
        let request = self.request(Operation::GetMessageQuotaConsumption);
        Ok(request.receive::<Consumption>().await?.total_usage)
    }

    /// How many messages went out on a day: `yyyyMMdd`, in UTC+9.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn number_of_sent_messages(
        &self,
        counted: Counted,
        date: &str,
    ) -> Result<DailyCount, Error> {
        let request = self.request(match counted {
            Counted::Replies => Operation::GetNumberOfSentReplyMessages,
            Counted::Pushes => Operation::GetNumberOfSentPushMessages,
            Counted::Multicasts => Operation::GetNumberOfSentMulticastMessages,
            Counted::Broadcasts => Operation::GetNumberOfSentBroadcastMessages,
            Counted::Notifications => Operation::GetPnpMessageStatistics,
            Counted::TemplatedNotifications => Operation::GetTemplatedPnpMessageStatistics,
        });
        request.query("date", Some(date)).receive().await
    }

    /// How many aggregation units were named this month.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn aggregation_unit_usage(&self) -> Result<u32, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Usage {
            num_of_custom_aggregation_units: u32,
        }
        let request = self.request(Operation::GetAggregationUnitUsage);
        let usage: Usage = request.receive().await?;
        Ok(usage.num_of_custom_aggregation_units)
    }

    /// A page of at most `limit` of this month's aggregation units: by default 100, and never more.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn aggregation_unit_names(
        &self,
        limit: Option<u32>,
        start: Option<String>,
    ) -> Result<AggregationUnits, Error> {
        let request = self.request(Operation::GetAggregationUnitNameList);
        let request = request.query("limit", limit).query("start", start);
        request.receive().await
    }
}
