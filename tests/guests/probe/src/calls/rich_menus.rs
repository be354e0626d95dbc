//! Rich menus.

use botbox_sdk::rich_menu::{
    RichMenu, RichMenuAlias, RichMenuArea, RichMenuBatchOperation, RichMenuBounds,
    RichMenuReplacement, RichMenuSize, cancel_default_rich_menu, create_rich_menu,
    create_rich_menu_alias, delete_rich_menu, delete_rich_menu_alias, get_default_rich_menu_id,
    get_rich_menu, get_rich_menu_alias, get_rich_menu_alias_list, get_rich_menu_batch_progress,
    get_rich_menu_id_of_user, get_rich_menu_image, get_rich_menu_list, link_rich_menu_id_to_user,
    link_rich_menu_id_to_users, rich_menu_batch, set_default_rich_menu,
    set_rich_menu_image as begin_rich_menu_image, unlink_rich_menu_id_from_user,
    unlink_rich_menu_id_from_users, update_rich_menu_alias, validate_rich_menu_batch_request,
    validate_rich_menu_object,
};
use botbox_sdk::{action, set_rich_menu_image};

use super::outcome::{Outcome, owned, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    menus(words)
        .or_else(|| images(words))
        .or_else(|| aliases(words))
        .or_else(|| links(words))
        .or_else(|| batches(words))
}

fn menus(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["rich-menu"] => shown(Ok(menu("2500"))),
        ["create-rich-menu", width] => Some(create_rich_menu(&menu(width))),
        ["validate-rich-menu-object", width] => shown(validate_rich_menu_object(&menu(width))),
        ["get-rich-menu", id] => shown(get_rich_menu(id)),
        ["get-rich-menu-list-length"] => Some(get_rich_menu_list().map(|it| it.len().to_string())),
        ["get-rich-menu-list"] => shown(get_rich_menu_list()),
        ["delete-rich-menu", id] => shown(delete_rich_menu(id)),
        ["set-default-rich-menu", id] => shown(set_default_rich_menu(id)),
        ["get-default-rich-menu-id"] => shown(get_default_rich_menu_id()),
        ["cancel-default-rich-menu"] => shown(cancel_default_rich_menu()),
        _ => None,
    }
}

fn images(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["set-rich-menu-image", id, content_type, bytes] => {
            let image = png(2_500, 843, bytes.parse().unwrap_or_default());
            shown(set_rich_menu_image(id, content_type, &image[..]))
        }
        ["get-rich-menu-image", id] => {
            let image = get_rich_menu_image(id);
            shown(image.map(|(content_type, bytes)| (content_type, bytes.len())))
        }
        ["write-after-finish", id] => {
            let image = begin_rich_menu_image(id, "image/png");
            shown(image.and_then(|image| {
                image.write(&png(2_500, 843, 100))?;
                image.finish()?;
                image.write(b"more")
            }))
        }
        ["finish-twice", id] => {
            let image = begin_rich_menu_image(id, "image/png");
            shown(image.and_then(|image| image.finish().or_else(|_| image.finish())))
        }
        ["hoard-images", id] => {
            let mut images = Vec::new();
            loop {
                match begin_rich_menu_image(id, "image/png") {
                    Ok(image) => images.push(image),
                    Err(error) => {
                        break Some(Ok(format!("{:?} after {}", error.kind, images.len())));
                    }
                }
            }
        }
        _ => None,
    }
}

fn aliases(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["create-rich-menu-alias", alias, id] => shown(create_rich_menu_alias(&named(alias, id))),
        ["update-rich-menu-alias", alias, id] => shown(update_rich_menu_alias(&named(alias, id))),
        ["get-rich-menu-alias", alias] => shown(get_rich_menu_alias(alias)),
        ["get-rich-menu-alias-list"] => shown(get_rich_menu_alias_list()),
        ["delete-rich-menu-alias", alias] => shown(delete_rich_menu_alias(alias)),
        _ => None,
    }
}

fn links(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["link-rich-menu-id-to-user", user, id] => shown(link_rich_menu_id_to_user(user, id)),
        ["get-rich-menu-id-of-user", user] => shown(get_rich_menu_id_of_user(user)),
        ["unlink-rich-menu-id-from-user", user] => shown(unlink_rich_menu_id_from_user(user)),
        ["link-rich-menu-id-to-users", id, ref users @ ..] => {
            shown(link_rich_menu_id_to_users(id, &owned(users)))
        }
        ["unlink-rich-menu-id-from-users", ref users @ ..] => {
            shown(unlink_rich_menu_id_from_users(&owned(users)))
        }
        _ => None,
    }
}

fn batches(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["rich-menu-batch", ref operations @ ..] => {
            Some(rich_menu_batch(&changes(operations), Some("resume-1")))
        }
        ["validate-rich-menu-batch-request", ref operations @ ..] => {
            shown(validate_rich_menu_batch_request(&changes(operations), None))
        }
        ["get-rich-menu-batch-progress", request_id] => {
            shown(get_rich_menu_batch_progress(request_id))
        }
        _ => None,
    }
}

/// `FROM>TO` is a link, `FROM` an unlink, and `-` unlinks all.
fn changes(operations: &[&str]) -> Vec<RichMenuBatchOperation> {
    let change = |operation: &&str| match operation.split_once('>') {
        Some((from, to)) => RichMenuBatchOperation::Link(RichMenuReplacement {
            from: from.to_owned(),
            to: to.to_owned(),
        }),
        None if *operation == "-" => RichMenuBatchOperation::UnlinkAll,
        None => RichMenuBatchOperation::Unlink((*operation).to_owned()),
    };
    operations.iter().map(change).collect()
}

/// With all kinds of actions that rich menus can have.
fn menu(width: &str) -> RichMenu {
    let actions = [
        action::postback("Postback", "data"),
        action::message("Say", "it"),
        action::uri("Open", "https://example.com"),
        action::datetime_picker("When?", "when", "datetime"),
        action::clipboard("Copy", "copied"),
        action::rich_menu_switch("Switch", "other", "switched"),
    ];
    let area = |(x, action)| RichMenuArea {
        bounds: RichMenuBounds {
            x,
            y: 1,
            width: 400,
            height: 842,
        },
        action,
    };
    RichMenu {
        size: RichMenuSize {
            width: width.parse().unwrap_or_default(),
            height: 843,
        },
        selected: true,
        name: String::from("Menu"),
        chat_bar_text: String::from("Tap"),
        areas: (0..).step_by(400).zip(actions).map(area).collect(),
    }
}

/// As much of a picture as LINE's checks look at.
fn png(width: u32, height: u32, bytes: usize) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend(width.to_be_bytes());
    png.extend(height.to_be_bytes());
    png.resize(bytes.max(png.len()), 0);
    png
}

fn named(alias: &str, id: &str) -> RichMenuAlias {
    RichMenuAlias {
        rich_menu_alias_id: alias.to_owned(),
        rich_menu_id: id.to_owned(),
    }
}
