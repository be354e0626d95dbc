//! Rich menus, between the plugin and LINE.

use botbox_line::message::{Area, Size};
use botbox_line::rich_menu;

use super::action::{action, action_of_line};
use super::argument::invalid;
use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::rich_menu::{
    ExistingRichMenu, RichMenu, RichMenuArea, RichMenuBatchOperation, RichMenuBounds, RichMenuSize,
};

/// A rich menu for LINE.
pub(crate) fn rich_menu(menu: RichMenu) -> Result<rich_menu::RichMenu, CallError> {
    let numbered = menu.areas.into_iter().enumerate();
    let areas = numbered.map(|(index, area)| {
        let wrong = |what| invalid(&format!("areas[{index}].action"), what);
        Ok(rich_menu::RichMenuArea {
            bounds: Area {
                x: area.bounds.x,
                y: area.bounds.y,
                width: area.bounds.width,
                height: area.bounds.height,
            },
            action: action(area.action).map_err(wrong)?,
        })
    });
    Ok(rich_menu::RichMenu {
        size: Size {
            width: menu.size.width,
            height: menu.size.height,
        },
        selected: menu.selected,
        name: menu.name,
        chat_bar_text: menu.chat_bar_text,
        areas: areas.collect::<Result<_, CallError>>()?,
    })
}

/// A rich menu from LINE.
pub(crate) fn existing_rich_menu(existing: rich_menu::ExistingRichMenu) -> ExistingRichMenu {
    let rich_menu::ExistingRichMenu { rich_menu_id, menu } = existing;
    let area = |area: rich_menu::RichMenuArea| RichMenuArea {
        bounds: RichMenuBounds {
            x: area.bounds.x,
            y: area.bounds.y,
            width: area.bounds.width,
            height: area.bounds.height,
        },
        action: action_of_line(area.action),
    };
    let menu = RichMenu {
        size: RichMenuSize {
            width: menu.size.width,
            height: menu.size.height,
        },
        selected: menu.selected,
        name: menu.name,
        chat_bar_text: menu.chat_bar_text,
        areas: menu.areas.into_iter().map(area).collect(),
    };
    ExistingRichMenu { rich_menu_id, menu }
}

/// A batch for LINE.
pub(crate) fn rich_menu_batch(
    operations: Vec<RichMenuBatchOperation>,
    resume_request_key: Option<String>,
) -> rich_menu::RichMenuBatch {
    let operation = |operation| match operation {
        RichMenuBatchOperation::Link(it) => rich_menu::BatchOperation::Link {
            from: it.from,
            to: it.to,
        },
        RichMenuBatchOperation::Unlink(from) => rich_menu::BatchOperation::Unlink { from },
        RichMenuBatchOperation::UnlinkAll => rich_menu::BatchOperation::UnlinkAll,
    };
    rich_menu::RichMenuBatch {
        operations: operations.into_iter().map(operation).collect(),
        resume_request_key,
    }
}
