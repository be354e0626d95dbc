//! Statistics (LINE reference, "Insight"). LINE leaves out, or makes null, what few users did.

use serde::{Deserialize, Deserializer};

use crate::client::Client;
use crate::error::Error;
use crate::lenient::elements;
use crate::operation::Operation;

/// A share of the friends.
#[derive(Debug, Deserialize)]
pub struct Share {
    /// Whose share it is. LINE names this field differently in each list.
    #[serde(
        alias = "gender",
        alias = "age",
        alias = "area",
        alias = "appType",
        alias = "subscriptionPeriod"
    )]
    pub of: String,
    /// From 0 to 100.
    pub percentage: f64,
}

/// Who the friends are.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Demographics {
    /// Whether there are any figures.
    pub available: bool,
    /// By gender.
    #[serde(deserialize_with = "elements")]
    pub genders: Vec<Share>,
    /// By age.
    #[serde(deserialize_with = "elements")]
    pub ages: Vec<Share>,
    /// By country and region.
    #[serde(deserialize_with = "elements")]
    pub areas: Vec<Share>,
    /// By kind of phone.
    #[serde(deserialize_with = "elements")]
    pub app_types: Vec<Share>,
    /// By how long they have been friends.
    #[serde(deserialize_with = "elements")]
    pub subscription_periods: Vec<Share>,
}

/// How many messages went out on a day.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageDeliveries {
    /// `ready`, `unready` or `out_of_service`.
    pub status: String,
    /// To all friends.
    pub broadcast: Option<u64>,
    /// To friends with certain attributes.
    pub targeting: Option<u64>,
    /// Automatic answers.
    pub auto_response: Option<u64>,
    /// Greetings.
    pub welcome_response: Option<u64>,
    /// From LINE Official Account Manager's chat.
    pub chat: Option<u64>,
    /// Broadcasts of the API.
    pub api_broadcast: Option<u64>,
    /// Pushes.
    pub api_push: Option<u64>,
    /// Multicasts.
    pub api_multicast: Option<u64>,
    /// Narrowcasts.
    pub api_narrowcast: Option<u64>,
    /// Replies.
    pub api_reply: Option<u64>,
}

/// How many friends there were on a day.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FollowerCount {
    /// `ready`, `unready` or `out_of_service`.
    pub status: String,
    /// Who ever became a friend.
    pub followers: Option<u64>,
    /// Who can be reached by targeted messages.
    pub targeted_reaches: Option<u64>,
    /// Who blocks the account.
    pub blocks: Option<u64>,
}

/// What users did with messages.
#[derive(Debug, Deserialize)]
pub struct MessageStatistics {
    /// In all.
    pub overview: StatisticsOverview,
    /// With each message.
    #[serde(default, deserialize_with = "elements")]
    pub messages: Vec<MessageInteractions>,
    /// With each URL.
    #[serde(default, deserialize_with = "elements")]
    pub clicks: Vec<UrlClicks>,
}

/// What users did with the messages of a request, or of an aggregation unit.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatisticsOverview {
    /// The request.
    pub request_id: Option<String>,
    /// When it was sent, in seconds since 1970.
    pub timestamp: Option<i64>,
    /// How many messages arrived.
    pub delivered: Option<u64>,
    /// How many users saw a message.
    pub unique_impression: Option<u64>,
    /// How many opened a URL.
    pub unique_click: Option<u64>,
    /// How many began to play a video or sound.
    pub unique_media_played: Option<u64>,
    /// How many played one to its end.
    pub unique_media_played100_percent: Option<u64>,
}

/// What users did with one message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "LINE's names say it")]
pub struct MessageInteractions {
    /// Which one, from 1.
    pub seq: u32,
    pub impression: Option<u64>,
    pub unique_impression: Option<u64>,
    pub media_played: Option<u64>,
    pub media_played25_percent: Option<u64>,
    pub media_played50_percent: Option<u64>,
    pub media_played75_percent: Option<u64>,
    pub media_played100_percent: Option<u64>,
    pub unique_media_played: Option<u64>,
    pub unique_media_played25_percent: Option<u64>,
    pub unique_media_played50_percent: Option<u64>,
    pub unique_media_played75_percent: Option<u64>,
    pub unique_media_played100_percent: Option<u64>,
}

/// What users did with one URL.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UrlClicks {
    /// Of which message, from 1.
    pub seq: u32,
    /// The URL.
    pub url: String,
    /// How often it was opened in this message.
    pub click: Option<u64>,
    /// How many users opened it in this message.
    pub unique_click: Option<u64>,
    /// How many users opened it in any message of the request.
    pub unique_click_of_request: Option<u64>,
}

/// What users did with a rich menu. If few users saw it, there is only its id.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RichMenuInsight {
    /// The rich menu.
    pub rich_menu_id: String,
    /// The first day of the figures: `yyyyMMdd`.
    pub metrics_from: Option<String>,
    /// The last one.
    pub metrics_to: Option<String>,
    /// How often it was seen.
    #[serde(default, deserialize_with = "figures_of_impression")]
    pub impression: Vec<RichMenuMetrics>,
    /// How often each area was tapped.
    #[serde(default, deserialize_with = "elements")]
    pub clicks: Vec<RichMenuClicks>,
}

/// How often one area of a rich menu was tapped.
#[derive(Debug, Deserialize)]
pub struct RichMenuClicks {
    /// Where it is.
    pub bounds: RichMenuBounds,
    /// One figure of all the time, or one of each day.
    #[serde(deserialize_with = "figures")]
    pub metrics: Vec<RichMenuMetrics>,
}

/// An area of a rich menu, in pixels.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct RichMenuBounds {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// How wide.
    pub width: u32,
    /// How high.
    pub height: u32,
}

/// How often something was seen or tapped.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RichMenuMetrics {
    /// On which day: `yyyyMMdd`.
    pub date: Option<String>,
    /// How often.
    pub count: u64,
    /// About how many users did so.
    pub unique_users: u64,
}

/// The figures of a summary are one object; those of single days are a list.
fn figures<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<RichMenuMetrics>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Figures {
        Summary(RichMenuMetrics),
        Daily(Vec<RichMenuMetrics>),
    }
    Ok(match Figures::deserialize(deserializer)? {
        Figures::Summary(metrics) => vec![metrics],
        Figures::Daily(metrics) => metrics,
    })
}

fn figures_of_impression<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<RichMenuMetrics>, D::Error> {
    #[derive(Deserialize)]
    struct Impression {
        #[serde(deserialize_with = "figures")]
        metrics: Vec<RichMenuMetrics>,
    }
    let impression = Option::<Impression>::deserialize(deserializer)?;
    Ok(impression.map_or_else(Vec::new, |it| it.metrics))
}

impl Client {
    /// Who the friends are.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn friends_demographics(&self) -> Result<Demographics, Error> {
        self.request(Operation::GetFriendsDemographics)
            .receive()
            .await
    }

    /// How many messages went out on a day: `yyyyMMdd`, in UTC+9.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn number_of_message_deliveries(
        &self,
        date: &str,
    ) -> Result<MessageDeliveries, Error> {
        let request = self.request(Operation::GetNumberOfMessageDeliveries);
        request.query("date", Some(date)).receive().await
    }

    /// How many friends there were on a day: `yyyyMMdd`, in UTC+9; by default yesterday.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn number_of_followers(&self, date: Option<&str>) -> Result<FollowerCount, Error> {
        let request = self.request(Operation::GetNumberOfFollowers);
        request.query("date", date).receive().await
    }

    /// What users did with a narrowcast or broadcast, by its request's id.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn message_event(&self, request_id: &str) -> Result<MessageStatistics, Error> {
        let request = self.request(Operation::GetMessageEvent);
        request.query("requestId", Some(request_id)).receive().await
    }

    /// What users did with the messages of an aggregation unit, from a day to a day: `yyyyMMdd`, in
    /// UTC+9, at most 30 days apart.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn statistics_per_unit(
        &self,
        custom_aggregation_unit: &str,
        from: &str,
        to: &str,
    ) -> Result<MessageStatistics, Error> {
        let request = self.request(Operation::GetStatisticsPerUnit);
        let unit = Some(custom_aggregation_unit);
        let request = request.query("customAggregationUnit", unit);
        let request = request.query("from", Some(from)).query("to", Some(to));
        request.receive().await
    }

    /// What users did with a rich menu, from a day to a day: `yyyyMMdd`, in UTC+9, at most 396 days
    /// apart.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn rich_menu_insight_summary(
        &self,
        rich_menu_id: &str,
        from: &str,
        to: &str,
    ) -> Result<RichMenuInsight, Error> {
        let operation = Operation::GetRichMenuInsightSummary;
        self.rich_menu_insight(operation, rich_menu_id, from, to)
            .await
    }

    /// The same day by day, at most 99 days apart.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn rich_menu_insight_daily(
        &self,
        rich_menu_id: &str,
        from: &str,
        to: &str,
    ) -> Result<RichMenuInsight, Error> {
        let operation = Operation::GetRichMenuInsightDaily;
        self.rich_menu_insight(operation, rich_menu_id, from, to)
            .await
    }

    async fn rich_menu_insight(
        &self,
        operation: Operation,
        rich_menu_id: &str,
        from: &str,
        to: &str,
    ) -> Result<RichMenuInsight, Error> {
        let request = self
            .request(operation)
            .id("rich-menu-id", rich_menu_id)?
            .query("from", Some(from))
            .query("to", Some(to));
        request.receive().await
    }
}
