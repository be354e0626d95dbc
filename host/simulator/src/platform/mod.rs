//! The LINE Platform's side: the Messaging API.

mod access_tokens;
mod account_links;
mod audiences;
mod bots;
mod chat_rules;
mod chats;
mod contents;
mod coupons;
mod groups;
mod insights;
mod liff_apps;
mod memberships;
mod messages;
mod missions;
mod modules;
mod multipart;
mod narrowcasts;
mod notifications;
mod page;
mod profiles;
mod rich_menu_aliases;
mod rich_menu_links;
mod rich_menus;
mod sending;
mod serve;
mod statistics;

use axum::Router;

use self::serve::not_found;
use crate::world::Shared;

/// LINE's API and data API, under the paths that LINE gives them.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .merge(access_tokens::routes())
        .merge(account_links::routes())
        .merge(audiences::routes())
        .merge(bots::routes())
        .merge(chats::routes())
        .merge(contents::routes())
        .merge(coupons::routes())
        .merge(groups::routes())
        .merge(insights::routes())
        .merge(liff_apps::routes())
        .merge(memberships::routes())
        .merge(messages::routes())
        .merge(missions::routes())
        .merge(modules::routes())
        .merge(narrowcasts::routes())
        .merge(notifications::routes())
        .merge(profiles::routes())
        .merge(rich_menu_aliases::routes())
        .merge(rich_menu_links::routes())
        .merge(rich_menus::routes())
        .merge(statistics::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
}
