//! Completes what a user does into the webhook event that LINE would send, and lets it take
//! effect.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::bots::{Acquaintance, Bot, MessageContent, ReadToken};
use crate::ids;
use crate::live::Change;
use crate::merge::merge;
use crate::validation::{self, EventFlaws};
use crate::webhook::Webhook;
use crate::world::World;

/// Something that a user does.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Act {
    /// The user who acts.
    #[serde(rename = "as")]
    pub(crate) user_id: Option<String>,
    /// The group or room where it happens; without it, the chat of the user with the bot.
    #[serde(rename = "in")]
    pub(crate) group_id: Option<String>,
    /// What is known of the event; its `type` at least.
    pub(crate) event: Map<String, Value>,
    /// What the chat shows as the user's words, and the bot does not hear: the `displayText` of a postback
    /// action.
    pub(crate) display_text: Option<String>,
}

/// The parts of a completed event that a test asks for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    webhook_event_id: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_token: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<Value>,
}

/// Why an act is impossible.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Impossible {
    #[error("no user {0}")]
    UnknownUser(String),
    #[error("no group or room {0}")]
    UnknownGroup(String),
    #[error("no content {0}")]
    UnknownContent(String),
    #[error("an event has a type")]
    Untyped,
    #[error(
        "the event has no {0}, which LINE always sends; give it, or null to leave it out on purpose"
    )]
    Incomplete(String),
}

/// Checks that `act` names only what exists.
pub(crate) fn check(world: &World, act: &Act) -> Result<(), Impossible> {
    if let Some(user_id) = &act.user_id
        && world.user(user_id).is_none()
    {
        return Err(Impossible::UnknownUser(user_id.clone()));
    }
    if let Some(group_id) = &act.group_id
        && world.group(group_id).is_none()
    {
        return Err(Impossible::UnknownGroup(group_id.clone()));
    }
    if let Some(content_id) = act.message_field("contentId")
        && world.contents.get(content_id).is_none()
    {
        return Err(Impossible::UnknownContent(content_id.to_owned()));
    }
    if act.kind().is_empty() {
        return Err(Impossible::Untyped);
    }
    Ok(())
}

/// What LINE would never send in the webhook event of `act`. The event is sent all the same when its type
/// may be a future one of LINE's, or when it was written so on purpose, but not when it is incomplete by
/// mistake.
pub(crate) fn warnings(world: &World, bot_id: &str, act: &Act) -> Result<Vec<String>, Impossible> {
    let event = assemble(world, bot_id, act);
    let EventFlaws { missing, mut odd } = validation::event(&event);
    for property in missing {
        if !is_left_out(&act.event, &property) {
            return Err(Impossible::Incomplete(property));
        }
        odd.push(format!("{property}: LINE always sends it"));
    }
    Ok(odd)
}

/// Whether the property is given as null: on purpose, it is not to be there.
fn is_left_out(event: &Map<String, Value>, property: &str) -> bool {
    let (first, rest) = property.split_once('.').unwrap_or((property, ""));
    let mut given = event.get(first);
    for name in rest.split('.').filter(|name| !name.is_empty()) {
        given = given.and_then(|given| given.get(name));
    }
    given.is_some_and(Value::is_null)
}

/// The webhook event of `act`, after it took effect.
pub(crate) fn complete(world: &mut World, bot_id: &str, act: &Act) -> Value {
    let event = assemble(world, bot_id, act);
    take_effect(world, bot_id, act, &event);
    event
}

/// The webhook that tells the bot of `act`, after it took effect; `None` when there is no such bot.
pub(crate) fn webhook(world: &mut World, bot_id: &str, act: &Act) -> Option<Webhook> {
    let event = complete(world, bot_id, act);
    let bot = world.bot(bot_id)?;
    Some(bot.webhook_to(bot.webhook.clone(), &[event]))
}

/// The webhooks that tell the module channels that are attached to a bot of what happened to it. One
/// of them may control the chat; the others, and they all by default, are on standby (LINE
/// documentation for corporate customers, "Using the Messaging API from a module channel").
pub(crate) fn webhooks_of_modules(
    world: &mut World,
    bot_id: &str,
    acts: &[Act],
    events: &[Value],
) -> Vec<Webhook> {
    let now = world.now();
    let mut webhooks = Vec::new();
    for module_id in world.modules_of(bot_id) {
        let mut copies = Vec::new();
        for (act, event) in acts.iter().zip(events) {
            let mut event = event.clone();
            let bot = world.bot(bot_id);
            let holder = bot.and_then(|bot| bot.chat_control.holder(act.chat_id()?, now));
            let active = holder == Some(&*module_id);
            event["mode"] = if active { "active" } else { "standby" }.into();
            if let Some(event) = event.as_object_mut() {
                event.remove("replyToken");
            }
            if act.is_replyable(&event["mode"]) {
                event["replyToken"] = ids::hex().into();
            }
            take_effect(world, &module_id, act, &event);
            copies.push(event);
        }
        if let Some(module) = world.bot(&module_id) {
            webhooks.push(module.webhook_about(bot_id, &copies));
        }
    }
    webhooks
}

fn assemble(world: &World, bot_id: &str, act: &Act) -> Value {
    let mut event = common_fields(world, bot_id, act);
    if act.has_message() {
        event["message"] = message_fields(world, act);
    }
    merge(&mut event, &Value::Object(act.event.clone()));
    if let Some(message) = event.get_mut("message").and_then(Value::as_object_mut) {
        message.remove("contentId");
    }
    event
}

/// The webhook that carries `events` to the bot once more, marked as redelivered; `None` when there
/// are no events.
pub(crate) fn redelivery(bot: &mut Bot, mut events: Vec<Value>) -> Option<Webhook> {
    for event in &mut events {
        event["deliveryContext"]["isRedelivery"] = true.into();
        sent_again(bot, event);
    }
    (!events.is_empty()).then(|| bot.webhook_to(bot.webhook.clone(), &events))
}

/// Notes that `event` is about to be sent once more: its reply token lives longer.
fn sent_again(bot: &mut Bot, event: &Value) {
    let source = &event["source"];
    let chat_id = ["groupId", "roomId", "userId"]
        .iter()
        .find_map(|name| source[name].as_str());
    if let (Some(token), Some(chat_id)) = (event["replyToken"].as_str(), chat_id) {
        bot.reply_tokens.sent(token, chat_id);
    }
}

impl Receipt {
    pub(crate) fn of(event: &Value) -> Self {
        Self {
            webhook_event_id: event["webhookEventId"].clone(),
            reply_token: event.get("replyToken").cloned(),
            message_id: event.pointer("/message/id").cloned(),
        }
    }
}

impl Act {
    /// What `user_id` does in the chat with the bot.
    pub(crate) fn of_user(user_id: &str, event: Map<String, Value>) -> Self {
        Self {
            user_id: Some(user_id.to_owned()),
            group_id: None,
            event,
            display_text: None,
        }
    }

    /// What happens to the chat as a whole, with a user or in a group.
    pub(crate) fn of_chat(chat_id: &str, event: Map<String, Value>) -> Self {
        let chat_id = chat_id.to_owned();
        let (user_id, group_id) = if ids::is_user(&chat_id) {
            (Some(chat_id), None)
        } else {
            (None, Some(chat_id))
        };
        Self {
            user_id,
            group_id,
            event,
            display_text: None,
        }
    }

    /// That the module channel is attached to a bot.
    pub(crate) fn of_attachment(bot_id: &str, scopes: &[String]) -> Self {
        let module = json!({ "type": "attached", "botId": bot_id, "scopes": scopes });
        let event = [
            ("type".to_owned(), "module".into()),
            ("module".to_owned(), module),
        ];
        Self::of_platform(Map::from_iter(event))
    }

    /// What the platform does, as far as the bot is concerned.
    pub(crate) fn of_platform(event: Map<String, Value>) -> Self {
        Self {
            user_id: None,
            group_id: None,
            event,
            display_text: None,
        }
    }

    fn kind(&self) -> &str {
        self.event
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The group, the room or else the user: the chat where it happens.
    fn chat_id(&self) -> Option<&str> {
        self.group_id.as_deref().or(self.user_id.as_deref())
    }

    fn message_field(&self, name: &str) -> Option<&str> {
        self.event.get("message")?.get(name)?.as_str()
    }

    fn has_message(&self) -> bool {
        matches!(self.kind(), "message" | "messageEdited")
    }

    fn is_linked(&self) -> bool {
        let link = self.event.get("link");
        link.is_some_and(|link| link["result"] == "ok")
    }

    /// Whether LINE sends a reply token with it (LINE reference, "Webhook event objects").
    fn is_replyable(&self, mode: &Value) -> bool {
        let answerable = match self.kind() {
            "message" | "messageEdited" | "follow" | "join" | "memberJoined" | "postback"
            | "videoPlayComplete" | "beacon" | "membership" => true,
            "accountLink" => self.is_linked(),
            _ => false,
        };
        answerable && mode != "standby" && self.chat_id().is_some()
    }
}

/// The fields that LINE gives every event, and those that its type asks for.
fn common_fields(world: &World, bot_id: &str, act: &Act) -> Value {
    let mode = mode(world, bot_id, act);
    let replyable = act.is_replyable(&mode);
    let mut event = json!({
        "webhookEventId": ids::webhook_event(),
        "timestamp": world.now(),
        "mode": mode,
        "deliveryContext": { "isRedelivery": false },
    });
    if let Some(source) = source(world, act) {
        event["source"] = source;
    }
    if replyable {
        event["replyToken"] = ids::hex().into();
    }
    match (act.kind(), act.user_id.as_deref()) {
        ("follow", Some(user_id)) => {
            let before = world.bot(bot_id).and_then(|bot| bot.acquaintance(user_id));
            let unblocked = before == Some(Acquaintance::Blocked);
            event["follow"] = json!({ "isUnblocked": unblocked });
        }
        ("memberJoined", Some(user_id)) => event["joined"] = members(user_id),
        ("memberLeft", Some(user_id)) => event["left"] = members(user_id),
        _ => {}
    }
    event
}

/// Whether the bot is the active channel of the chat.
fn mode(world: &World, bot_id: &str, act: &Act) -> Value {
    if let Some(given) = act.event.get("mode") {
        return given.clone();
    }
    // LINE fixes the mode of an event that says that control is gone.
    let standby = act.kind() != "deactivated"
        && act
            .chat_id()
            .zip(world.bot(bot_id))
            .is_some_and(|(chat_id, bot)| bot.is_on_standby(chat_id));
    if standby { "standby" } else { "active" }.into()
}

fn source(world: &World, act: &Act) -> Option<Value> {
    // Of a link that failed, LINE does not say whose it was.
    if act.kind() == "accountLink" && !act.is_linked() {
        return None;
    }
    let mut source = match &act.group_id {
        Some(group_id) => {
            let group = world.group(group_id)?;
            json!({ "type": group.kind, group.kind.id_property(): group_id })
        }
        None => json!({ "type": "user" }),
    };
    // What happens to a group as a whole has no user as its source.
    let impersonal = matches!(act.kind(), "join" | "leave" | "memberJoined" | "memberLeft");
    match &act.user_id {
        Some(user_id) if !impersonal => source["userId"] = user_id.as_str().into(),
        _ if act.group_id.is_some() => {}
        _ => return None,
    }
    Some(source)
}

fn members(user_id: &str) -> Value {
    json!({ "members": [{ "type": "user", "userId": user_id }] })
}

/// The fields that LINE gives a user's message of each type (LINE reference, "Message event").
fn message_fields(world: &World, act: &Act) -> Value {
    let kind = act.message_field("type").unwrap_or_default();
    let mut message = json!({ "id": ids::message() });
    if act.kind() == "message" {
        message["markAsReadToken"] = ids::long_token().into();
    }
    if matches!(kind, "text" | "image" | "video" | "sticker") {
        message["quoteToken"] = ids::long_token().into();
    }
    match kind {
        "image" | "video" | "audio" => message["contentProvider"] = json!({ "type": "line" }),
        "sticker" => message["stickerResourceType"] = "STATIC".into(),
        "file" => {
            let content = act
                .message_field("contentId")
                .and_then(|id| world.contents.get(id));
            message["fileName"] = "file".into();
            message["fileSize"] = content.map_or(0, |content| content.bytes.len()).into();
        }
        _ => {}
    }
    message
}

fn take_effect(world: &mut World, bot_id: &str, act: &Act, event: &Value) {
    let now = world.now();
    // A redelivered event happened before; only its reply token is sent anew.
    let redelivered = event.pointer("/deliveryContext/isRedelivery") == Some(&Value::Bool(true));
    if let (Some(group_id), false) = (&act.group_id, redelivered) {
        change_members(world, group_id, act, event);
    }
    let Some(bot) = world.bot_mut(bot_id) else {
        return;
    };
    if let (Some(token), Some(chat_id)) = (event["replyToken"].as_str(), act.chat_id()) {
        bot.reply_tokens.sent(token, chat_id);
    }
    if redelivered {
        return;
    }
    match (&act.group_id, &act.user_id) {
        (Some(group_id), _) if act.kind() == "leave" => bot.leaves(group_id),
        // What happens elsewhere in a group is seen by bots that are in it.
        (Some(group_id), _) => bot.joins(group_id),
        (None, Some(user_id)) => change_acquaintance(bot, user_id, act.kind()),
        (None, None) => {}
    }
    if let (Some(text), Some(chat_id)) = (&act.display_text, act.chat_id()) {
        let id = ids::message();
        let message = json!({ "id": id, "type": "text", "text": text });
        bot.chat(chat_id)
            .user_sent(act.user_id.as_deref(), id, message);
    }
    match act.kind() {
        "message" => remember_message(bot, act, event),
        "membership" => change_membership(bot, act, &event["membership"], now),
        "unsend" => {
            let message_id = event.pointer("/unsend/messageId").and_then(Value::as_str);
            let content = message_id.and_then(|id| bot.messages_with_content.get_mut(id));
            if let Some(content) = content {
                content.unsent = true;
            }
        }
        _ => {}
    }
}

fn change_members(world: &mut World, group_id: &str, act: &Act, event: &Value) {
    let named = |list: &str| -> Vec<String> {
        let members = event.pointer(list).and_then(Value::as_array);
        let ids = members
            .into_iter()
            .flatten()
            .filter_map(|member| member["userId"].as_str());
        ids.map(str::to_owned).collect()
    };
    let Some(group) = world.group_mut(group_id) else {
        return;
    };
    let before = group.members.len();
    match act.kind() {
        "memberLeft" => {
            for user_id in named("/left/members") {
                group.members.remove(&user_id);
            }
        }
        "memberJoined" => group.members.extend(named("/joined/members")),
        // Who acts in a group is in it.
        _ => group.members.extend(act.user_id.clone()),
    }
    if group.members.len() != before {
        world.live.tell(&Change::Chats);
    }
}

fn change_acquaintance(bot: &mut Bot, user_id: &str, kind: &str) {
    match kind {
        "follow" => bot.becomes(user_id, Acquaintance::Friend),
        "unfollow" => bot.becomes(user_id, Acquaintance::Blocked),
        _ => bot.meets(user_id),
    }
}

fn change_membership(bot: &mut Bot, act: &Act, membership: &Value, now: u64) {
    let id = membership["membershipId"].as_u64();
    let mut plans = bot.memberships.iter_mut();
    let plan = plans.find(|plan| Some(plan.offer.membership_id) == id);
    let (Some(plan), Some(user_id)) = (plan, act.user_id.as_deref()) else {
        return;
    };
    match membership["type"].as_str() {
        Some("joined") => plan.join(user_id, now),
        Some("left") => plan.leave(user_id),
        _ => {}
    }
}

fn remember_message(bot: &mut Bot, act: &Act, event: &Value) {
    let message = &event["message"];
    let Some(id) = message["id"].as_str() else {
        return;
    };
    if let Some(content_id) = act.message_field("contentId") {
        let content = MessageContent {
            content_id: content_id.to_owned(),
            message_type: message["type"].as_str().unwrap_or_default().to_owned(),
            unsent: false,
        };
        bot.messages_with_content.insert(id.to_owned(), content);
    }
    if let Some(chat_id) = act.chat_id() {
        let chat = bot.chat(chat_id);
        chat.user_sent(act.user_id.as_deref(), id.to_owned(), message.clone());
        let last = chat.last();
        if let Some(token) = message["quoteToken"].as_str() {
            bot.quote_tokens
                .insert(token.to_owned(), chat_id.to_owned());
        }
        if let Some(token) = message["markAsReadToken"].as_str() {
            let read_token = ReadToken {
                chat_id: chat_id.to_owned(),
                seq: last,
            };
            bot.read_tokens.insert(token.to_owned(), read_token);
        }
    }
}
