//! The control API: the simulator's own, under `/simulator`. It makes bots, users and groups, acts
//! as users, shows what bots did, and makes LINE fail.

mod bots;
mod chats;
mod clock;
mod contents;
mod coupons;
mod error;
mod events;
mod faults;
mod live;
mod log;
mod memberships;
mod modules;
mod named;
mod origin;
mod people;
mod rich_menus;
mod state;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post, put};

use crate::contents::MAX_CONTENT_BYTES;
use crate::world::Shared;

/// The routes below `/simulator`.
pub(crate) fn routes(shared: &Shared) -> Router<Shared> {
    let upload = post(contents::upload).layer(DefaultBodyLimit::max(MAX_CONTENT_BYTES));
    // States have pictures in them.
    let replace = put(state::replace).layer(DefaultBodyLimit::max(MAX_CONTENT_BYTES));
    Router::new()
        .route("/live", get(live::watch))
        .route("/bots", get(bots::list).post(bots::create))
        .route("/bots/{botId}", get(bots::show).delete(bots::delete))
        .route("/bots/{botId}/webhook", put(bots::set_webhook))
        .route("/bots/{botId}/settings", put(bots::set_settings))
        .route("/bots/{botId}/memberships", put(memberships::set))
        .route("/bots/{botId}/keys", post(bots::add_key))
        .route("/bots/{botId}/modules/{moduleId}", put(modules::attach))
        .route(
            "/bots/{botId}/modules/{moduleId}/codes",
            post(modules::consent),
        )
        .route("/bots/{botId}/calls", get(bots::calls))
        .route("/bots/{botId}/log", get(log::after).delete(log::clear))
        .route("/bots/{botId}/log/{seq}/redelivery", post(log::redeliver))
        .route("/bots/{botId}/events", post(events::act))
        .route("/bots/{botId}/chats", get(chats::list))
        .route("/bots/{botId}/chats/{chatId}", delete(chats::delete))
        .route(
            "/bots/{botId}/chats/{chatId}/messages",
            get(chats::messages),
        )
        .route(
            "/bots/{botId}/messages/{messageId}/content",
            get(contents::of_message),
        )
        .route("/bots/{botId}/coupons/{couponId}", get(coupons::show))
        .route(
            "/bots/{botId}/richMenus/{richMenuId}/image",
            get(rich_menus::image),
        )
        .route(
            "/bots/{botId}/users/{userId}/richMenu",
            get(rich_menus::seen),
        )
        .route(
            "/bots/{botId}/users/{userId}/richMenu/taps",
            post(rich_menus::tap),
        )
        .route("/clock", get(clock::show).post(clock::advance))
        .route("/state", get(state::show).merge(replace))
        .route("/reset", post(state::reset))
        .route("/idle", get(state::idle))
        .route("/log", get(log::of_all))
        .route("/users", get(people::users).post(people::create_user))
        .route(
            "/users/{userId}",
            put(people::change_user).delete(people::delete_user),
        )
        .route("/groups", get(people::groups).post(people::create_group))
        .route("/groups/{groupId}", delete(people::delete_group))
        .route("/contents", upload)
        .route(
            "/faults",
            get(faults::count).post(faults::add).delete(faults::clear),
        )
        .layer(from_fn_with_state(shared.clone(), origin::own_pages_only))
}
