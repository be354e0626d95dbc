//! What plugins may call: one module for each WIT interface. Each checks its grant, calls the line
//! client, and maps the response.

mod account_link;
mod audience;
mod beacon;
mod bot_info;
mod checks;
mod clocks;
mod config;
mod content;
mod coupon;
mod current_event;
mod errors;
mod followers;
mod group;
mod http;
mod insight;
mod keyvalue;
mod line_api;
mod loading;
mod logging;
mod mark_as_read;
mod media;
mod membership;
mod module;
mod notification;
mod profile;
mod push;
mod quota;
mod reply;
mod rich_menu;
mod room;
mod schedule;
mod send;
mod validate;

use wasmtime::component::{HasSelf, Linker};

use crate::bindings::botbox::line;
use crate::bindings::wasi;
use crate::sandbox::Sandbox;

/// Adds the capabilities to the linker, and a WASI with nothing in it. Each call checks its grant, so that a
/// plugin learns of a missing one when it needs it, not by failing to load.
pub(crate) fn add_to_linker(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    type Own = HasSelf<Sandbox>;
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    clocks::add_to_linker(linker)?;
    http::add_to_linker(linker)?;
    line::errors::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::users::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::events::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::messages::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::current_event::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::reply::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::push::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::validate::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::loading::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::mark_as_read::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::notification::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::profile::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::group::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::room::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::followers::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::membership::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::content::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::insight::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::audience::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::coupon::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::module::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::line_api::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::rich_menu::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::bot_info::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::quota::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::beacon::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::schedule::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    wasi::keyvalue::store::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    wasi::keyvalue::atomics::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    wasi::keyvalue::batch::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    wasi::config::store::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::media::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::account_link::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    wasi::logging::logging::add_to_linker::<_, Own>(linker, |sandbox| sandbox)
}

// Interfaces of types alone.
impl line::errors::Host for Sandbox {}
impl line::events::Host for Sandbox {}
impl line::messages::Host for Sandbox {}
impl line::users::Host for Sandbox {}
