//! What the simulator knows: bots, users, groups and rooms, contents, faults.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use botbox_clock::Clock;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::bots::Bot;
use crate::contents::Contents;
use crate::faults::Faults;
use crate::link_tokens::LinkTokens;
use crate::live::{Change, Live};
use crate::settings::Settings;
use crate::webhook::Courier;
use crate::{clock, ids};

/// How many bots can be made.
pub(crate) const MAX_BOTS: usize = 10_000;

/// How many users can be made.
pub(crate) const MAX_USERS: usize = 1_000_000;

/// How many groups and rooms can be made.
pub(crate) const MAX_GROUPS: usize = 100_000;

/// What every request handler shares.
#[derive(Clone)]
pub(crate) struct Shared {
    world: Arc<Mutex<World>>,
    pub(crate) settings: Settings,
    pub(crate) courier: Courier,
    /// How many calls are being answered and webhooks delivered.
    under_way: watch::Sender<usize>,
    /// When webhooks are to be delivered that wait for the clock.
    postponed: Arc<Mutex<Vec<Instant>>>,
    /// Closes when the simulator stops, for the requests that wait on purpose.
    stopped: watch::Receiver<()>,
}

/// Something is under way until this is dropped.
pub(crate) struct Busy(watch::Sender<usize>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// The whole state. It is in memory: a simulator starts empty.
#[derive(Default)]
pub(crate) struct World {
    bots: HashMap<String, Bot>,
    /// Bot ids by long-lived access token.
    tokens: HashMap<String, String>,
    /// Bot ids by channel id.
    channels: HashMap<String, String>,
    users: HashMap<String, User>,
    /// User ids by the SHA-256 of their phone numbers, in hex.
    phones: HashMap<String, String>,
    groups: HashMap<String, Group>,
    pub(crate) link_tokens: LinkTokens,
    pub(crate) contents: Contents,
    pub(crate) faults: Faults,
    pub(crate) live: Live,
    clock: Clock,
}

/// A user of LINE. All bots are of one provider, so each sees a user under the same id.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    pub(crate) user_id: String,
    #[serde(flatten)]
    pub(crate) profile: Profile,
}

/// What users say of themselves.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) picture_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status_message: Option<String>,
    /// Whether the user let LINE hand out their profile; without it, LINE tells nobody of it (LINE
    /// documentation, "Consent on getting user profile information").
    #[serde(default = "consented", skip_serializing)]
    pub(crate) consents: bool,
    /// In the form of E.164, as `+818000001234`. Bots never see it.
    #[serde(skip_serializing)]
    pub(crate) phone_number: Option<String>,
}

/// A group chat or a multi-person chat.
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) kind: GroupKind,
    /// Rooms have none.
    pub(crate) name: Option<String>,
    pub(crate) picture_url: Option<String>,
    /// User ids; bots are not among them.
    pub(crate) members: BTreeSet<String>,
}

/// LINE's two kinds of chats with many users.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum GroupKind {
    /// A group chat.
    Group,
    /// A multi-person chat of old.
    Room,
}

fn consented() -> bool {
    true
}

impl Shared {
    pub(crate) fn new(settings: Settings, courier: Courier, stopped: watch::Receiver<()>) -> Self {
        Self {
            world: Arc::new(Mutex::new(World {
                clock: settings.clock.clone(),
                ..World::default()
            })),
            settings,
            courier,
            under_way: watch::Sender::new(0),
            postponed: Arc::default(),
            stopped,
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        // Every change is whole before anything can panic, so a poisoned world is a sound one.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that something is under way.
    pub(crate) fn busy(&self) -> Busy {
        self.under_way.send_modify(|count| *count += 1);
        Busy(self.under_way.clone())
    }

    /// Waits until nothing is under way, and nothing is due by the clock.
    pub(crate) async fn idle(&self) {
        let mut under_way = self.under_way.subscribe();
        // It does not close: this is one of its senders.
        let _ = under_way
            .wait_for(|count| *count == 0 && !self.is_due())
            .await;
    }

    /// Notes, at once, that something happens at a time of the simulator's clock. What is returned waits for
    /// it, and returns what says that it is under way; nothing when the simulator stops before.
    pub(crate) fn postpone_until(
        &self,
        due: Instant,
    ) -> impl Future<Output = Option<Busy>> + use<> {
        self.postponed().push(due);
        let shared = self.clone();
        async move {
            let busy = tokio::select! {
                () = shared.settings.clock.sleep_until(due) => Some(shared.busy()),
                () = shared.until_stopped() => None,
            };
            let mut postponed = shared.postponed();
            if let Some(own) = postponed.iter().position(|it| *it == due) {
                postponed.swap_remove(own);
            }
            busy
        }
    }

    /// Whether the time has come of something that is about to notice.
    fn is_due(&self) -> bool {
        let now = self.settings.clock.instant();
        self.postponed().iter().any(|due| *due <= now)
    }

    fn postponed(&self) -> MutexGuard<'_, Vec<Instant>> {
        self.postponed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the simulator stops.
    pub(crate) async fn until_stopped(&self) {
        let mut stopped = self.stopped.clone();
        while stopped.changed().await.is_ok() {}
    }
}

impl World {
    /// In milliseconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        clock::now_ms(&self.clock)
    }

    /// Adds `bot`, or tells what of it is another bot's already.
    pub(crate) fn add_bot(&mut self, bot: Bot) -> Result<(), &'static str> {
        if self.tokens.contains_key(&bot.access_token) {
            return Err("access token");
        }
        if self.bots.contains_key(&bot.id) {
            return Err("id");
        }
        if self.channels.contains_key(&bot.channel_id) {
            return Err("channel id");
        }
        self.tokens.insert(bot.access_token.clone(), bot.id.clone());
        self.channels.insert(bot.channel_id.clone(), bot.id.clone());
        self.bots.insert(bot.id.clone(), bot);
        self.live.tell(&Change::Bots);
        Ok(())
    }

    /// A world that knows nothing yet, with the same clock and the same watchers.
    pub(crate) fn fresh(&self) -> Self {
        Self {
            live: self.live.clone(),
            clock: self.clock.clone(),
            ..Self::default()
        }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Tells all who watch that anything may have changed.
    pub(crate) fn notify_all_changed(&self) {
        self.live.tell(&Change::Missed);
    }

    pub(crate) fn add_user(&mut self, profile: Profile) -> User {
        let user = User {
            user_id: ids::user(),
            profile,
        };
        self.put_user(user.clone());
        user
    }

    /// Adds a user, or puts one in the place of who has the same id.
    pub(crate) fn put_user(&mut self, user: User) {
        self.forget_phone(&user.user_id);
        if let Some(number) = &user.profile.phone_number {
            let digest = hex::encode(digest(&SHA256, number.as_bytes()));
            self.phones.insert(digest, user.user_id.clone());
        }
        self.users.insert(user.user_id.clone(), user);
        self.live.tell(&Change::Chats);
    }

    /// Whether there was such a user. The user leaves all groups, and bots do not know them any more.
    pub(crate) fn remove_user(&mut self, id: &str) -> bool {
        self.forget_phone(id);
        for group in self.groups.values_mut() {
            group.members.remove(id);
        }
        for bot in self.bots.values_mut() {
            bot.forget_user(id);
        }
        self.live.tell(&Change::Chats);
        self.users.remove(id).is_some()
    }

    /// Whether there was such a group or room.
    pub(crate) fn remove_group(&mut self, id: &str) -> bool {
        for bot in self.bots.values_mut() {
            bot.leaves(id);
            bot.forget_chat(id);
        }
        self.live.tell(&Change::Chats);
        self.groups.remove(id).is_some()
    }

    /// Whether there was such a bot.
    pub(crate) fn remove_bot(&mut self, id: &str) -> bool {
        self.tokens.retain(|_, bot_id| bot_id != id);
        self.channels.retain(|_, bot_id| bot_id != id);
        for module in self.bots.values_mut() {
            module.attachments.bots.remove(id);
        }
        self.live.tell(&Change::Bots);
        self.bots.remove(id).is_some()
    }

    fn forget_phone(&mut self, user_id: &str) {
        self.phones.retain(|_, of| of != user_id);
    }

    pub(crate) fn add_group(&mut self, group: Group) -> &Group {
        self.live.tell(&Change::Chats);
        self.groups.entry(group.id.clone()).or_insert(group)
    }

    /// All bots, in no order.
    pub(crate) fn bots(&self) -> impl Iterator<Item = &Bot> {
        self.bots.values()
    }

    pub(crate) fn bot(&self, id: &str) -> Option<&Bot> {
        self.bots.get(id)
    }

    pub(crate) fn bot_mut(&mut self, id: &str) -> Option<&mut Bot> {
        self.bots.get_mut(id)
    }

    /// The id of the bot that may call with this access token.
    pub(crate) fn bot_of_token(&self, token: &str) -> Option<&str> {
        let bot_id = self.issuer_of_token(token)?;
        let bot = self.bots.get(bot_id)?;
        let admitted = self.is_long_lived(token)
            || bot
                .access_tokens
                .admit(token, &bot.channel_secret, self.now());
        admitted.then_some(bot_id)
    }

    /// The id of the bot that an access token says it is of. It may have ended, or be made up.
    pub(crate) fn issuer_of_token(&self, token: &str) -> Option<&str> {
        let long_lived = self.tokens.get(token).map(String::as_str);
        long_lived.or_else(|| {
            let (bot_id, _) = token.split_once('.')?;
            self.bots.get(bot_id).map(|bot| bot.id.as_str())
        })
    }

    pub(crate) fn is_long_lived(&self, token: &str) -> bool {
        self.tokens.contains_key(token)
    }

    pub(crate) fn revoke_long_lived(&mut self, token: &str) {
        self.tokens.remove(token);
    }

    pub(crate) fn bot_of_channel(&self, channel_id: &str) -> Option<&str> {
        self.channels.get(channel_id).map(String::as_str)
    }

    /// All users, in no order.
    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.get(id)
    }

    /// The id of the user whose phone number has that SHA-256, in hex.
    pub(crate) fn user_of_phone(&self, digest: &str) -> Option<&str> {
        let digest = digest.to_ascii_lowercase();
        self.phones.get(&digest).map(String::as_str)
    }

    /// All groups and rooms, in no order.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    pub(crate) fn group(&self, id: &str) -> Option<&Group> {
        self.groups.get(id)
    }

    pub(crate) fn group_mut(&mut self, id: &str) -> Option<&mut Group> {
        self.groups.get_mut(id)
    }

    /// The module channels that are attached to a bot.
    pub(crate) fn modules_of(&self, bot_id: &str) -> Vec<String> {
        let bots = self.bots.values();
        let modules = bots.filter(|module| module.attachments.bots.contains(bot_id));
        modules.map(|module| module.id.clone()).collect()
    }

    /// How many users see what is sent to a chat.
    pub(crate) fn recipient_count(&self, chat_id: &str) -> usize {
        let group = self.groups.get(chat_id);
        group.map_or(1, |group| group.members.len())
    }

    pub(crate) fn bots_full(&self) -> bool {
        self.bots.len() >= MAX_BOTS
    }

    pub(crate) fn users_full(&self) -> bool {
        self.users.len() >= MAX_USERS
    }

    pub(crate) fn groups_full(&self) -> bool {
        self.groups.len() >= MAX_GROUPS
    }
}

impl GroupKind {
    /// The id of a new chat of this kind.
    pub(crate) fn new_id(self) -> String {
        match self {
            Self::Group => ids::group(),
            Self::Room => ids::room(),
        }
    }

    /// Whether `id` has the form of the id of such a chat.
    pub(crate) fn is_id(self, id: &str) -> bool {
        match self {
            Self::Group => ids::is_group(id),
            Self::Room => ids::is_room(id),
        }
    }

    /// The property that names a chat of this kind.
    pub(crate) fn id_property(self) -> &'static str {
        match self {
            Self::Group => "groupId",
            Self::Room => "roomId",
        }
    }
}
