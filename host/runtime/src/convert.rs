//! Between LINE's types and the WIT package's.

mod action;
mod argument;
mod event;
mod message;
mod rich_menu;
#[cfg(test)]
mod tests;

pub(crate) use argument::{invalid, json_argument};
pub(crate) use event::{device, event};
pub(crate) use message::{messages, sent};
pub(crate) use rich_menu::{existing_rich_menu, rich_menu, rich_menu_batch};
