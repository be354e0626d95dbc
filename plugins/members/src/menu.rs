//! Two rich menus: the default one offers to link an account, and who has linked one sees another.

use botbox_sdk::account_link::linked_account;
use botbox_sdk::errors::{CallError, ErrorKind};
use botbox_sdk::prelude::*;
use botbox_sdk::rich_menu::{
    RichMenu, RichMenuArea, RichMenuBounds, RichMenuSize, create_rich_menu, get_rich_menu,
    link_rich_menu_id_to_user, set_default_rich_menu, unlink_rich_menu_id_from_user,
};
use botbox_sdk::{set_rich_menu_image, store};

/// Of both pictures, in pixels.
const SIZE: RichMenuSize = RichMenuSize {
    width: 1200,
    height: 405,
};

struct Menu {
    name: &'static str,
    /// A PNG of [`SIZE`].
    image: &'static [u8],
    /// From left to right: what each part of the picture is, and what a tap on it says.
    areas: &'static [(&'static str, &'static str)],
}

const GUESTS: Menu = Menu {
    name: "guests",
    image: include_bytes!("guests.png"),
    areas: &[("Link my account", "link")],
};

const MEMBERS: Menu = Menu {
    name: "members",
    image: include_bytes!("members.png"),
    areas: &[("My account", "who am I"), ("Unlink", "unlink")],
};

/// Shows a user the menu that fits.
pub(crate) fn show(user: &str) -> Result {
    if linked_account(user)?.is_some() {
        link_rich_menu_id_to_user(user, &MEMBERS.id()?)?;
    } else {
        set_default_rich_menu(&GUESTS.id()?)?;
        unlink_rich_menu_id_from_user(user)?;
    }
    Ok(())
}

impl Menu {
    /// Its id at LINE, where it is made if it is not there. (Two users who are the first at the same
    /// time make two; the later one stays.)
    fn id(&self) -> Result<String> {
        let bucket = store::open("menus")?;
        if let Some(id) = bucket.get_text(self.name)?
            && exists(&id)?
        {
            return Ok(id);
        }
        let id = self.make()?;
        bucket.set(self.name, &id)?;
        Ok(id)
    }

    fn make(&self) -> Result<String, CallError> {
        let id = create_rich_menu(&RichMenu {
            size: SIZE,
            selected: true,
            name: String::from(self.name),
            chat_bar_text: String::from("Account"),
            areas: self.areas(),
        })?;
        set_rich_menu_image(&id, "image/png", self.image)?;
        Ok(id)
    }

    /// Areas of one width.
    fn areas(&self) -> Vec<RichMenuArea> {
        let width = SIZE.width / self.areas.len() as u32;
        let left = (0..).step_by(width as usize);
        let area = |(x, (label, text)): (u32, &(&str, &str))| RichMenuArea {
            bounds: RichMenuBounds {
                x,
                y: 0,
                width,
                height: SIZE.height,
            },
            action: action::message(*label, *text),
        };
        left.zip(self.areas).map(area).collect()
    }
}

/// Whether LINE still has it.
fn exists(id: &str) -> Result<bool, CallError> {
    match get_rich_menu(id) {
        Ok(_) => Ok(true),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
