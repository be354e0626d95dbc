//! The state as a document: what a seed file says, what `GET /simulator/state` answers and what
//! `PUT /simulator/state` takes have one form, so that each state is a seed, too.
//!
//! It has what people set up and said: users, groups, bots with their settings, which users are their
//! friends, chats and rich menus. It leaves out what does not live as long as a file: tokens that were issued,
//! uploaded contents, logs, faults, and what LINE counts.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::bots::chats::ChatMessage;
use crate::bots::rich_menus::RichMenusState;
use crate::bots::{Acquaintance, Bot, NewBot};
use crate::ids;
use crate::world::{Group, GroupKind, Profile, User, World};

/// All that is kept.
#[derive(Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct State {
    users: Vec<UserState>,
    groups: Vec<GroupState>,
    bots: Vec<BotState>,
}

/// A user. An id that is left out is made up.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UserState {
    #[serde(default = "ids::user")]
    user_id: String,
    display_name: String,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    picture_url: Option<String>,
    #[serde(default)]
    status_message: Option<String>,
    #[serde(default)]
    phone_number: Option<String>,
    #[serde(default = "default_true")]
    consents: bool,
}

/// A group or room.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GroupState {
    /// Its group id or room id.
    chat_id: Option<String>,
    kind: GroupKind,
    #[serde(default)]
    group_name: Option<String>,
    #[serde(default)]
    picture_url: Option<String>,
    members: BTreeSet<String>,
}

/// A bot, and what is between it and its users.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BotState {
    bot: NewBot,
    /// User ids.
    #[serde(default)]
    friends: Vec<String>,
    #[serde(default)]
    strangers: Vec<String>,
    #[serde(default)]
    blocked: Vec<String>,
    /// Ids of groups and rooms that it is in.
    #[serde(default)]
    groups: BTreeSet<String>,
    #[serde(default)]
    chats: BTreeMap<String, Vec<ChatMessage>>,
    #[serde(default)]
    rich_menus: RichMenusState,
}

/// Why a state contradicts itself.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Contradiction {
    #[error("{0} is no id of its kind")]
    Id(String),
    #[error("there is no user {0}")]
    User(String),
    #[error("there is no group or room {0}")]
    Group(String),
    #[error("two bots have the same {0}")]
    Bot(&'static str),
    #[error("the image of a rich menu is not in base64, or of a type that is none")]
    Image,
}

impl State {
    pub(crate) fn of(world: &World) -> Self {
        let mut users: Vec<UserState> = world.users().map(UserState::of).collect();
        users.sort_by(|a, b| a.user_id.cmp(&b.user_id));
        let mut groups: Vec<GroupState> = world.groups().map(GroupState::of).collect();
        groups.sort_by(|a, b| a.chat_id.cmp(&b.chat_id));
        let mut bots: Vec<&Bot> = world.bots().collect();
        bots.sort_by(|a, b| a.id.cmp(&b.id));
        Self {
            users,
            groups,
            bots: bots.into_iter().map(BotState::of).collect(),
        }
    }

    /// Puts this state in the place of all that `world` knows, unless it contradicts itself.
    pub(crate) fn restore(
        self,
        world: &mut World,
        reply_token_lifetime: Duration,
    ) -> Result<(), Contradiction> {
        let mut fresh = world.fresh();
        for user in self.users {
            fresh.put_user(user.user()?);
        }
        for group in self.groups {
            fresh.add_group(group.group(&fresh)?);
        }
        for bot in self.bots {
            let bot = bot.bot(&fresh, reply_token_lifetime)?;
            fresh.add_bot(bot).map_err(Contradiction::Bot)?;
        }
        *world = fresh;
        world.notify_all_changed();
        Ok(())
    }
}

impl UserState {
    fn of(user: &User) -> Self {
        let Profile {
            display_name,
            language,
            picture_url,
            status_message,
            consents,
            phone_number,
        } = user.profile.clone();
        Self {
            user_id: user.user_id.clone(),
            display_name,
            language,
            picture_url,
            status_message,
            phone_number,
            consents,
        }
    }

    fn user(self) -> Result<User, Contradiction> {
        if !ids::is_user(&self.user_id) {
            return Err(Contradiction::Id(self.user_id));
        }
        Ok(User {
            user_id: self.user_id,
            profile: Profile {
                display_name: self.display_name,
                language: self.language,
                picture_url: self.picture_url,
                status_message: self.status_message,
                consents: self.consents,
                phone_number: self.phone_number,
            },
        })
    }
}

impl GroupState {
    fn of(group: &Group) -> Self {
        Self {
            chat_id: Some(group.id.clone()),
            kind: group.kind,
            group_name: group.name.clone(),
            picture_url: group.picture_url.clone(),
            members: group.members.clone(),
        }
    }

    fn group(self, world: &World) -> Result<Group, Contradiction> {
        let id = self.chat_id.unwrap_or_else(|| self.kind.new_id());
        if !self.kind.is_id(&id) {
            return Err(Contradiction::Id(id));
        }
        check_users(world, &self.members)?;
        Ok(Group {
            id,
            kind: self.kind,
            name: self.group_name,
            picture_url: self.picture_url,
            members: self.members,
        })
    }
}

impl BotState {
    fn of(bot: &Bot) -> Self {
        let standing = |wanted| {
            let known = bot.users().filter(|(_, standing)| *standing == wanted);
            known.map(|(user_id, _)| user_id.to_owned()).collect()
        };
        let chats = bot.chats().map(|(id, chat)| (id.to_owned(), chat.after(0)));
        Self {
            bot: NewBot::of(bot),
            friends: standing(Acquaintance::Friend),
            strangers: standing(Acquaintance::Stranger),
            blocked: standing(Acquaintance::Blocked),
            groups: bot.groups().map(str::to_owned).collect(),
            chats: chats.filter(|(_, chat)| !chat.is_empty()).collect(),
            rich_menus: bot.rich_menus.state(),
        }
    }

    fn bot(self, world: &World, reply_token_lifetime: Duration) -> Result<Bot, Contradiction> {
        if let Some(id) = self.bot.bot_id.as_ref().filter(|id| !ids::is_user(id)) {
            return Err(Contradiction::Id(id.clone()));
        }
        let (live, clock) = (world.live.clone(), world.clock().clone());
        let mut bot = Bot::new(self.bot, reply_token_lifetime, live, clock);
        for (user_ids, standing) in [
            (self.friends, Acquaintance::Friend),
            (self.strangers, Acquaintance::Stranger),
            (self.blocked, Acquaintance::Blocked),
        ] {
            check_users(world, &user_ids)?;
            for user_id in user_ids {
                bot.becomes(&user_id, standing);
            }
        }
        for group_id in self.groups {
            if world.group(&group_id).is_none() {
                return Err(Contradiction::Group(group_id));
            }
            bot.joins(&group_id);
        }
        for (chat_id, messages) in self.chats {
            bot.chat(&chat_id).restore(messages);
        }
        let menus = self.rich_menus.restore();
        bot.rich_menus = menus.ok_or(Contradiction::Image)?;
        Ok(bot)
    }
}

fn check_users<'a>(
    world: &World,
    user_ids: impl IntoIterator<Item = &'a String>,
) -> Result<(), Contradiction> {
    let mut user_ids = user_ids.into_iter();
    match user_ids.find(|id| world.user(id).is_none()) {
        Some(unknown) => Err(Contradiction::User(unknown.clone())),
        None => Ok(()),
    }
}

fn default_true() -> bool {
    true
}
