//! Between LINE's types and the WIT package's.

mod event;
mod message;
mod rich_menu;

pub(crate) use event::{device, event};
pub(crate) use message::{invalid, json_argument, messages};
pub(crate) use rich_menu::{existing_rich_menu, rich_menu, rich_menu_batch};
