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
mod list;
mod live;
mod log;
mod memberships;
mod modules;
mod named;
mod notes;
mod openapi;
mod people;
mod rich_menus;
mod route;
mod script;
mod state;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

use crate::origin;
use crate::world::Shared;

/// The routes below `/simulator`.
pub(crate) fn routes(shared: &Shared) -> Router<Shared> {
    route::router(list::routes())
        .route("/openapi.json", get(openapi::show))
        .layer(from_fn_with_state(shared.clone(), origin::own_pages_only))
}
