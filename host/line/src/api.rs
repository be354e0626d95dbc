//! What [`Client`](crate::Client) can call: LINE's API, one file for each part of the LINE reference.
//!
//! Fields and functions have the names of LINE's OpenAPI description. What LINE limits, LINE checks, and its
//! response says what is wrong; only what must not reach LINE is refused here.

mod account_link;
mod any;
mod audiences;
mod bots;
mod chats;
mod content;
mod coupons;
mod groups;
mod insights;
mod memberships;
mod messages;
mod modules;
mod profiles;
mod quota;
mod rich_menu_aliases;
mod rich_menu_links;
mod rich_menus;
mod send;
mod validation;
mod webhook_endpoint;

pub use any::{API_METHODS, API_RESPONSE_LIMIT, ApiRequest, check_api_segments};
pub use audiences::{
    AudienceData, AudienceFilter, AudienceGroup, AudienceGroupJob, AudienceGroups, AudienceOwner,
    NewAudience,
};
pub use bots::BotInfo;
pub use content::{CONTENT_LIMIT, Content};
pub use coupons::{
    AcquisitionCondition, CouponDetail, CouponTitle, Coupons, NewCoupon, PriceInfo, Reward,
};
pub use groups::{GroupChat, GroupSummary, UserIds};
pub use insights::{
    Demographics, FollowerCount, MessageDeliveries, MessageInteractions, MessageStatistics,
    RichMenuBounds, RichMenuClicks, RichMenuInsight, RichMenuMetrics, Share, StatisticsOverview,
    UrlClicks,
};
pub use memberships::{Member, Membership, MembershipPlan, Subscription};
pub use messages::{
    NarrowcastFilter, NarrowcastLimit, NarrowcastProgress, NarrowcastTarget, SendOptions,
    SentMessage,
};
pub use modules::{Attached, Attachment, ModuleBot, ModuleBots};
pub use profiles::Profile;
pub use quota::{AggregationUnits, Counted, DailyCount};
pub use rich_menus::RICH_MENU_IMAGE_LIMIT;
pub use send::{Accepted, SendRequest};
pub use validation::MessageUse;
pub use webhook_endpoint::{WebhookEndpoint, WebhookTest};

pub use crate::transport::RawResponse;
