//! Who is there in a conversation: users and groups of its own, by the names that its file gives them.

use std::collections::{BTreeMap, BTreeSet};

use botbox_script::{Act, Chat, Convo, Group, Script, StepKind, User};
use serde_json::{Map, Value};

use crate::stage::{Line, LineError};

/// The user who is there without being named.
pub(crate) const ME: &str = "me";

/// The name that stands for the bot.
pub(crate) const BOT: &str = "bot";

/// The users and groups of a conversation.
pub(crate) struct Cast {
    /// Ids by names, of users and the bot.
    users: BTreeMap<String, String>,
    groups: BTreeMap<String, String>,
}

impl Cast {
    /// Makes them at the simulator. Each conversation has its own, so that no bot knows them from an earlier
    /// one.
    pub(crate) async fn gather(
        script: &Script,
        convo: &Convo,
        line: &Line,
    ) -> Result<Self, LineError> {
        let mut users = BTreeMap::new();
        for User { name, mut profile } in users_of(script, convo) {
            profile
                .entry("displayName")
                .or_insert_with(|| name.as_str().into());
            users.insert(name, line.user(&profile).await?);
        }
        let mut groups = BTreeMap::new();
        for group in groups_of(script, convo) {
            let id = |name: &String| users.get(name).map(String::as_str);
            let members: Vec<&str> = match &group.members {
                Some(members) => members.iter().filter_map(id).collect(),
                None => users.values().map(String::as_str).collect(),
            };
            let title = group.title.as_deref().unwrap_or(&group.name);
            let id = line.group(group.is_room, title, &members).await?;
            groups.insert(group.name, id);
        }
        users.insert(BOT.to_owned(), line.bot.id.clone());
        Ok(Self { users, groups })
    }

    pub(crate) fn user(&self, name: &str) -> &str {
        self.users.get(name).map_or("", String::as_str)
    }

    pub(crate) fn group(&self, name: &str) -> &str {
        self.groups.get(name).map_or("", String::as_str)
    }

    /// The id of a chat.
    pub(crate) fn chat(&self, chat: &Chat) -> &str {
        match &chat.group {
            Some(group) => self.group(group),
            None => self.user(&chat.user),
        }
    }

    /// All chats in which the bot may say something, by what a file calls them and their ids.
    pub(crate) fn chats(&self) -> impl Iterator<Item = (Chat, &str)> {
        let users = self.users.iter().filter(|(name, _)| *name != BOT);
        let users = users.map(|(name, id)| {
            let chat = Chat {
                user: name.clone(),
                group: None,
            };
            (chat, id.as_str())
        });
        let groups = self.groups.iter().map(|(name, id)| {
            let chat = Chat {
                user: ME.to_owned(),
                group: Some(name.clone()),
            };
            (chat, id.as_str())
        });
        users.chain(groups)
    }

    /// Names and ids of all, the bot too.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.users.iter().chain(&self.groups);
        all.map(|(name, id)| (name.as_str(), id.as_str()))
    }
}

/// The users that the file lists, or those who are named.
fn users_of(script: &Script, convo: &Convo) -> Vec<User> {
    let mut users = match &script.users {
        Some(users) => users.clone(),
        None => named_users(convo).into_iter().map(unknown).collect(),
    };
    if !users.iter().any(|user| user.name == ME) {
        users.push(unknown(ME.to_owned()));
    }
    users
}

fn named_users(convo: &Convo) -> BTreeSet<String> {
    let mut named: BTreeSet<_> = convo.chats().map(|chat| chat.user.clone()).collect();
    for step in &convo.steps {
        let StepKind::Me { inputs, .. } = &step.kind else {
            continue;
        };
        for input in inputs {
            match &input.act {
                Act::Members { users, .. } => named.extend(users.iter().cloned()),
                Act::Message { mentions, .. } => {
                    let who = mentions.iter().map(|mention| mention.who.clone());
                    named.extend(who.filter(|who| !matches!(who.as_str(), BOT | "all")));
                }
                _ => {}
            }
        }
    }
    named
}

fn unknown(name: String) -> User {
    User {
        name,
        profile: Map::<String, Value>::new(),
    }
}

/// The groups that the file lists, or those that are named. Who joins later is not in them yet.
fn groups_of(script: &Script, convo: &Convo) -> Vec<Group> {
    if let Some(groups) = &script.groups {
        return groups.clone();
    }
    let named: BTreeSet<_> = convo
        .chats()
        .filter_map(|chat| chat.group.clone())
        .collect();
    let members: BTreeSet<_> = convo.chats().map(|chat| chat.user.clone()).collect();
    let members: Vec<String> = members.into_iter().collect();
    let group = |name| Group {
        name,
        title: None,
        is_room: false,
        members: Some(members.clone()),
    };
    named.into_iter().map(group).collect()
}
