//! Validates what bots send, and reports errors as LINE does.
//!
//! The limits stand in tables, one per kind of object; [`check`] walks a request along them.

mod actions;
mod audiences;
mod chats;
mod check;
mod coupons;
mod detail;
mod dialect;
mod events;
mod flex;
mod liff_apps;
mod messages;
mod modules;
mod narrowcasts;
mod notifications;
mod placeholders;
mod recipients;
mod rich_menus;
mod sends;
mod templates;

pub(crate) use self::audiences::{
    audience_addition, audience_name, audience_of_message, audience_upload,
};
pub(crate) use self::chats::{loading, read_token, read_user};
pub(crate) use self::coupons::coupon;
pub(crate) use self::detail::{Detail, Invalid};
pub(crate) use self::events::{EventFlaws, event};
pub(crate) use self::liff_apps::{liff_app, liff_app_update};
pub(crate) use self::modules::{chat_control, detachment, mission};
pub(crate) use self::narrowcasts::leaves;
pub(crate) use self::notifications::{notification, templated_notification};
pub(crate) use self::recipients::Recipients;
pub(crate) use self::rich_menus::{
    is_rich_menu_alias, is_rich_menu_ratio, rich_menu, rich_menu_alias, rich_menu_alias_target,
    rich_menu_batch, rich_menu_link, rich_menu_unlink,
};
pub(crate) use self::sends::{
    broadcast, is_aggregation_unit, messages, multicast, narrowcast, push, reply,
};
