//! Rich menus, and who sees which.

use std::cell::RefCell;

use crate::generated::botbox::line::errors::CallError;

use super::canned::canned;
use super::world::{KeptMenu, call, not_found, with};

pub use crate::generated::botbox::line::rich_menu::{
    ExistingRichMenu, RichMenu, RichMenuAlias, RichMenuArea, RichMenuBatchOperation,
    RichMenuBatchProgress, RichMenuBounds, RichMenuReplacement, RichMenuSize,
};

#[derive(Debug)]
pub struct RichMenuImage {
    rich_menu_id: String,
    content_type: String,
    bytes: RefCell<Vec<u8>>,
}

impl RichMenuImage {
    pub fn write(&self, bytes: &[u8]) -> Result<(), CallError> {
        self.bytes.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }

    pub fn finish(&self) -> Result<(), CallError> {
        let image = (self.content_type.clone(), self.bytes.take());
        find(&self.rich_menu_id, |menu| menu.image = Some(image))
    }
}

pub fn create_rich_menu(menu: &RichMenu) -> Result<String, CallError> {
    call("rich-menu", "create-rich-menu")?;
    Ok(with(|world| {
        let id = format!("richmenu-{}", world.number());
        let menu = menu.clone();
        world
            .menus
            .insert(id.clone(), KeptMenu { menu, image: None });
        id
    }))
}

pub fn validate_rich_menu_object(_menu: &RichMenu) -> Result<(), CallError> {
    call("rich-menu", "validate-rich-menu-object")
}

pub fn get_rich_menu(rich_menu_id: &str) -> Result<ExistingRichMenu, CallError> {
    call("rich-menu", "get-rich-menu")?;
    find(rich_menu_id, |kept| existing(rich_menu_id, kept))
}

pub fn get_rich_menu_list() -> Result<Vec<ExistingRichMenu>, CallError> {
    call("rich-menu", "get-rich-menu-list")?;
    Ok(with(|world| {
        let menus = world.menus.iter();
        menus.map(|(id, kept)| existing(id, kept)).collect()
    }))
}

pub fn delete_rich_menu(rich_menu_id: &str) -> Result<(), CallError> {
    call("rich-menu", "delete-rich-menu")?;
    find(rich_menu_id, |_| ())?;
    with(|world| {
        world.menus.remove(rich_menu_id);
        world.menus_of_users.retain(|_, menu| menu != rich_menu_id);
        world.default_menu.take_if(|menu| menu == rich_menu_id);
    });
    Ok(())
}

pub fn set_rich_menu_image(
    rich_menu_id: &str,
    content_type: &str,
) -> Result<RichMenuImage, CallError> {
    call("rich-menu", "set-rich-menu-image")?;
    find(rich_menu_id, |_| ())?;
    Ok(RichMenuImage {
        rich_menu_id: rich_menu_id.to_owned(),
        content_type: content_type.to_owned(),
        bytes: RefCell::default(),
    })
}

pub fn get_rich_menu_image(rich_menu_id: &str) -> Result<(String, Vec<u8>), CallError> {
    call("rich-menu", "get-rich-menu-image")?;
    let image = find(rich_menu_id, |menu| menu.image.clone())?;
    image.ok_or_else(|| not_found(&format!("image of {rich_menu_id}")))
}

pub fn set_default_rich_menu(rich_menu_id: &str) -> Result<(), CallError> {
    call("rich-menu", "set-default-rich-menu")?;
    find(rich_menu_id, |_| ())?;
    with(|world| world.default_menu = Some(rich_menu_id.to_owned()));
    Ok(())
}

pub fn get_default_rich_menu_id() -> Result<Option<String>, CallError> {
    call("rich-menu", "get-default-rich-menu-id")?;
    Ok(with(|world| world.default_menu.clone()))
}

pub fn cancel_default_rich_menu() -> Result<(), CallError> {
    call("rich-menu", "cancel-default-rich-menu")?;
    with(|world| world.default_menu = None);
    Ok(())
}

pub fn link_rich_menu_id_to_user(user_id: &str, rich_menu_id: &str) -> Result<(), CallError> {
    call("rich-menu", "link-rich-menu-id-to-user")?;
    link(rich_menu_id, &[user_id.to_owned()])
}

pub fn link_rich_menu_id_to_users(
    rich_menu_id: &str,
    user_ids: &[String],
) -> Result<(), CallError> {
    call("rich-menu", "link-rich-menu-id-to-users")?;
    link(rich_menu_id, user_ids)
}

pub fn get_rich_menu_id_of_user(user_id: &str) -> Result<Option<String>, CallError> {
    call("rich-menu", "get-rich-menu-id-of-user")?;
    Ok(with(|world| world.menus_of_users.get(user_id).cloned()))
}

pub fn unlink_rich_menu_id_from_user(user_id: &str) -> Result<(), CallError> {
    call("rich-menu", "unlink-rich-menu-id-from-user")?;
    with(|world| world.menus_of_users.remove(user_id));
    Ok(())
}

pub fn unlink_rich_menu_id_from_users(user_ids: &[String]) -> Result<(), CallError> {
    call("rich-menu", "unlink-rich-menu-id-from-users")?;
    with(|world| {
        world
            .menus_of_users
            .retain(|user, _| !user_ids.contains(user));
    });
    Ok(())
}

canned! { "rich-menu":
    fn create_rich_menu_alias = "create-rich-menu-alias"(alias: &RichMenuAlias) -> ();
    fn update_rich_menu_alias = "update-rich-menu-alias"(alias: &RichMenuAlias) -> ();
    fn get_rich_menu_alias = "get-rich-menu-alias"(rich_menu_alias_id: &str) -> RichMenuAlias;
    fn get_rich_menu_alias_list = "get-rich-menu-alias-list"() -> Vec<RichMenuAlias>;
    fn delete_rich_menu_alias = "delete-rich-menu-alias"(rich_menu_alias_id: &str) -> ();
    fn rich_menu_batch = "rich-menu-batch"(operations: &[RichMenuBatchOperation], resume_request_key: Option<&str>) -> String;
    fn validate_rich_menu_batch_request = "validate-rich-menu-batch-request"(operations: &[RichMenuBatchOperation], resume_request_key: Option<&str>) -> ();
    fn get_rich_menu_batch_progress = "get-rich-menu-batch-progress"(request_id: &str) -> RichMenuBatchProgress;
}

fn link(rich_menu_id: &str, user_ids: &[String]) -> Result<(), CallError> {
    find(rich_menu_id, |_| ())?;
    with(|world| {
        let linked = user_ids.iter().cloned();
        let linked = linked.map(|user| (user, rich_menu_id.to_owned()));
        world.menus_of_users.extend(linked);
    });
    Ok(())
}

fn find<T>(rich_menu_id: &str, look: impl FnOnce(&mut KeptMenu) -> T) -> Result<T, CallError> {
    let found = with(|world| world.menus.get_mut(rich_menu_id).map(look));
    found.ok_or_else(|| not_found(&format!("rich menu {rich_menu_id}")))
}

fn existing(rich_menu_id: &str, kept: &KeptMenu) -> ExistingRichMenu {
    ExistingRichMenu {
        rich_menu_id: rich_menu_id.to_owned(),
        menu: kept.menu.clone(),
    }
}
