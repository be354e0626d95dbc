//! Links users with their accounts of a service, and has a rich menu for each side of it.

mod menu;

use botbox_sdk::account_link;
use botbox_sdk::events::{AccountLinkEvent, UserSource};
use botbox_sdk::prelude::*;

bot!(members);

fn members(event: Event) -> Result {
    // Links and menus are for chats with one user.
    let Some(Source::User(UserSource {
        user_id: Some(user),
    })) = &event.source
    else {
        return Ok(());
    };
    match &event.kind {
        EventKind::Follow(_) => {
            menu::show(user)?;
            invite(user, "Welcome!")
        }
        EventKind::AccountLink(link) => linked(user, link),
        EventKind::Message(_) => match event.text() {
            Some("menu") => {
                menu::show(user)?;
                answer("The menu is below.")
            }
            Some("link") => invite(user, "Gladly."),
            Some("who am I") => who(user),
            Some("unlink") => unlink(user),
            _ => answer("Say: menu, link, who am I, or unlink"),
        },
        _ => Ok(()),
    }
}

/// Sends the button by which an account is linked.
fn invite(user: &str, why: &str) -> Result {
    let url = account_link::create_link(user)?;
    let text = format!("{why} Link your account here; say “unlink” at any time to undo it.");
    let button = action::uri("Link my account", url);
    reply(message::buttons("Link your account", text, [button]))?;
    Ok(())
}

fn linked(user: &str, link: &AccountLinkEvent) -> Result {
    let Some(account) = &link.account else {
        return answer("That did not work. Say “link” to try again.");
    };
    menu::show(user)?;
    answer(format!("Hello {account}, your account is linked."))
}

fn who(user: &str) -> Result {
    let name = profile(user)?.display_name;
    answer(match account_link::linked_account(user)? {
        Some(account) => format!("You are {name}, with the account {account}."),
        None => format!("You are {name}, without an account. Say “link” to change that."),
    })
}

fn unlink(user: &str) -> Result {
    let was_linked = account_link::unlink(user)?;
    menu::show(user)?;
    answer(if was_linked {
        "Your account is no longer linked."
    } else {
        "There was no link."
    })
}

fn answer(text: impl Into<String>) -> Result {
    reply(text.into())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use botbox_sdk::testing::{Bot, USER, event};

    use super::*;

    #[test]
    fn an_account_is_linked_and_unlinked() {
        let bot = Bot::new(members);
        bot.handle(event::follow()).assert_handled();
        let guests = bot.rich_menu_of(USER).unwrap();
        bot.handle(event::text("who am I"))
            .assert_replied("You are Aiko, without an account. Say “link” to change that.");

        bot.account(USER, "aiko@club");
        bot.handle(event::account_link(Some("aiko@club")))
            .assert_replied("Hello aiko@club, your account is linked.");
        assert_ne!(bot.rich_menu_of(USER).unwrap(), guests);
        bot.handle(event::text("who am I"))
            .assert_replied("You are Aiko, with the account aiko@club.");

        bot.handle(event::text("unlink"))
            .assert_replied("Your account is no longer linked.");
        assert_eq!(bot.rich_menu_of(USER).unwrap(), guests);
    }

    #[test]
    fn groups_are_left_alone() {
        let bot = Bot::new(members);
        bot.handle(event::text("link").in_group("C1"))
            .assert_silent();
    }
}
