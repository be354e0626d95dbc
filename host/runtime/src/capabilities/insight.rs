//! `botbox:line/insight`: statistics.

use botbox_line::api;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::insight::{
    Demographics, FollowerCount, Host, MessageDeliveries, MessageInteractions, MessageStatistics,
    RichMenuClicks, RichMenuInsight, RichMenuMetrics, Share, StatisticsOverview, UrlClicks,
};
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get_friends_demographics(&mut self) -> Result<Demographics, CallError> {
        self.check_call(Capability::Insight)?;
        let demographics = self.client().friends_demographics().await?;
        Ok(Demographics {
            available: demographics.available,
            genders: shares(demographics.genders),
            ages: shares(demographics.ages),
            areas: shares(demographics.areas),
            app_types: shares(demographics.app_types),
            subscription_periods: shares(demographics.subscription_periods),
        })
    }

    async fn get_number_of_message_deliveries(
        &mut self,
        date: String,
    ) -> Result<MessageDeliveries, CallError> {
        self.check_call(Capability::Insight)?;
        let sent = self.client().number_of_message_deliveries(&date).await?;
        Ok(MessageDeliveries {
            status: sent.status,
            broadcast: sent.broadcast,
            targeting: sent.targeting,
            auto_response: sent.auto_response,
            welcome_response: sent.welcome_response,
            chat: sent.chat,
            api_broadcast: sent.api_broadcast,
            api_push: sent.api_push,
            api_multicast: sent.api_multicast,
            api_narrowcast: sent.api_narrowcast,
            api_reply: sent.api_reply,
        })
    }

    async fn get_number_of_followers(
        &mut self,
        date: Option<String>,
    ) -> Result<FollowerCount, CallError> {
        self.check_call(Capability::Insight)?;
        let count = self.client().number_of_followers(date.as_deref()).await?;
        Ok(FollowerCount {
            status: count.status,
            followers: count.followers,
            targeted_reaches: count.targeted_reaches,
            blocks: count.blocks,
        })
    }

    async fn get_message_event(
        &mut self,
        request_id: String,
    ) -> Result<MessageStatistics, CallError> {
        self.check_call(Capability::Insight)?;
        Ok(self.client().message_event(&request_id).await?.into())
    }

    async fn get_statistics_per_unit(
        &mut self,
        custom_aggregation_unit: String,
        from: String,
        to: String,
    ) -> Result<MessageStatistics, CallError> {
        self.check_call(Capability::Insight)?;
        let client = self.client();
        let statistics = client.statistics_per_unit(&custom_aggregation_unit, &from, &to);
        Ok(statistics.await?.into())
    }

    async fn get_rich_menu_insight_summary(
        &mut self,
        rich_menu_id: String,
        from: String,
        to: String,
    ) -> Result<RichMenuInsight, CallError> {
        self.check_call(Capability::Insight)?;
        let client = self.client();
        let insight = client.rich_menu_insight_summary(&rich_menu_id, &from, &to);
        Ok(insight.await?.into())
    }

    async fn get_rich_menu_insight_daily(
        &mut self,
        rich_menu_id: String,
        from: String,
        to: String,
    ) -> Result<RichMenuInsight, CallError> {
        self.check_call(Capability::Insight)?;
        let client = self.client();
        let insight = client.rich_menu_insight_daily(&rich_menu_id, &from, &to);
        Ok(insight.await?.into())
    }
}

fn shares(shares: Vec<api::Share>) -> Vec<Share> {
    let share = |it: api::Share| Share {
        of: it.of,
        percentage: it.percentage,
    };
    shares.into_iter().map(share).collect()
}

impl From<api::MessageStatistics> for MessageStatistics {
    fn from(statistics: api::MessageStatistics) -> Self {
        let overview = statistics.overview;
        Self {
            overview: StatisticsOverview {
                request_id: overview.request_id,
                timestamp: overview.timestamp,
                delivered: overview.delivered,
                unique_impression: overview.unique_impression,
                unique_click: overview.unique_click,
                unique_media_played: overview.unique_media_played,
                unique_media_played100_percent: overview.unique_media_played100_percent,
            },
            messages: statistics.messages.into_iter().map(Into::into).collect(),
            clicks: statistics.clicks.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<api::MessageInteractions> for MessageInteractions {
    fn from(message: api::MessageInteractions) -> Self {
        Self {
            seq: message.seq,
            impression: message.impression,
            unique_impression: message.unique_impression,
            media_played: message.media_played,
            media_played25_percent: message.media_played25_percent,
            media_played50_percent: message.media_played50_percent,
            media_played75_percent: message.media_played75_percent,
            media_played100_percent: message.media_played100_percent,
            unique_media_played: message.unique_media_played,
            unique_media_played25_percent: message.unique_media_played25_percent,
            unique_media_played50_percent: message.unique_media_played50_percent,
            unique_media_played75_percent: message.unique_media_played75_percent,
            unique_media_played100_percent: message.unique_media_played100_percent,
        }
    }
}

impl From<api::UrlClicks> for UrlClicks {
    fn from(clicks: api::UrlClicks) -> Self {
        Self {
            seq: clicks.seq,
            url: clicks.url,
            click: clicks.click,
            unique_click: clicks.unique_click,
            unique_click_of_request: clicks.unique_click_of_request,
        }
    }
}

impl From<api::RichMenuInsight> for RichMenuInsight {
    fn from(insight: api::RichMenuInsight) -> Self {
        let clicks = |it: api::RichMenuClicks| RichMenuClicks {
            x: it.bounds.x,
            y: it.bounds.y,
            width: it.bounds.width,
            height: it.bounds.height,
            metrics: metrics(it.metrics),
        };
        Self {
            rich_menu_id: insight.rich_menu_id,
            metrics_from: insight.metrics_from,
            metrics_to: insight.metrics_to,
            impression: metrics(insight.impression),
            clicks: insight.clicks.into_iter().map(clicks).collect(),
        }
    }
}

fn metrics(metrics: Vec<api::RichMenuMetrics>) -> Vec<RichMenuMetrics> {
    let figure = |it: api::RichMenuMetrics| RichMenuMetrics {
        date: it.date,
        count: it.count,
        unique_users: it.unique_users,
    };
    metrics.into_iter().map(figure).collect()
}
