//! A bot on the fake host.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use crate::bindings::botbox::line::errors::{CallError, ErrorDetail, ErrorKind};
use crate::bindings::botbox::line::events::BeaconDevice;
use crate::bindings::botbox::line::rich_menu::RichMenu;
use crate::bindings::botbox::line::users::UserProfile;
use crate::fake_host::world::{Chat, Medium, SharedWorld, Timer, World, inside};
use crate::handler::Handler;
use crate::http;
use crate::{failure, logger};

use super::event::{self, TestEvent, USER};
use super::turn::Turn;

/// When a bot's clock begins: 2026-01-01T00:00:00Z.
const BEGINNING: i64 = 1_767_225_600_000;

/// A bot on a fake host of its own.
pub struct Bot {
    handler: Box<dyn Handler>,
    world: SharedWorld,
}

impl Bot {
    /// A bot by what [`bot!`](crate::bot) exports.
    pub fn new(handler: impl Handler + 'static) -> Self {
        let bot = Self {
            handler: Box::new(handler),
            world: Rc::new(RefCell::new(World::new(BEGINNING))),
        };
        bot.profile(USER, "Aiko");
        bot
    }

    /// Hands an event to the bot.
    pub fn handle(&self, event: impl Into<TestEvent>) -> Turn {
        let event = {
            let mut world = self.world.borrow_mut();
            let (number, now) = (world.number(), world.now);
            let event = event.into().into_event(|| format!("event-{number}"), now);
            world.event = Some(event.clone());
            world.has_replied = false;
            event
        };
        logger::install();
        let result = self.run(|| failure::outcome(self.handler.handle(event)));
        let mut world = self.world.borrow_mut();
        world.event = None;
        Turn {
            result,
            sent: std::mem::take(&mut world.sent),
            log: std::mem::take(&mut world.log),
        }
    }

    /// Runs something that calls capabilities, as if the bot did: to fill a bucket, or to look into it.
    ///
    /// ```
    /// # use botbox_sdk::prelude::*;
    /// # use botbox_sdk::{store, testing::Bot};
    /// # let bot = Bot::new(|_: Event| Ok(()));
    /// bot.run(|| store::open("visits")?.increment("U1", 1)).unwrap();
    /// ```
    pub fn run<T>(&self, run: impl FnOnce() -> T) -> T {
        inside(&self.world, run)
    }

    /// Lets time pass, in which the bot's timers come. Returns what it did about each.
    pub fn advance(&self, time: Duration) -> Vec<Turn> {
        let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let end = self.world.borrow().now.saturating_add(millis);
        let mut turns = Vec::new();
        while let Some(timer) = self.next_timer(end) {
            self.world.borrow_mut().now = timer.at;
            let mut event = event::timer(timer.payload).into_event(|| timer.id.clone(), timer.at);
            event.source = timer.source;
            turns.push(self.handle(event));
        }
        self.world.borrow_mut().now = end;
        turns
    }

    fn next_timer(&self, end: i64) -> Option<Timer> {
        let timers = &mut self.world.borrow_mut().timers;
        timers.sort_by_key(|timer| timer.at);
        let is_due = timers.first()?.at <= end;
        is_due.then(|| timers.remove(0))
    }

    /// The timers that are set, by their times.
    #[must_use]
    pub fn timers(&self) -> Vec<Timer> {
        let mut timers = self.world.borrow().timers.clone();
        timers.sort_by_key(|timer| timer.at);
        timers
    }

    /// What the bot's clock tells, in milliseconds since the Unix epoch: the timestamp of the next event.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.world.borrow().now
    }

    /// Gives a user a profile.
    pub fn profile(&self, user_id: &str, display_name: &str) -> &Self {
        let profile = UserProfile {
            user_id: user_id.to_owned(),
            display_name: display_name.to_owned(),
            picture_url: None,
            status_message: None,
            language: None,
        };
        let profiles = &mut self.world.borrow_mut().profiles;
        profiles.insert(user_id.to_owned(), profile);
        self
    }

    /// Puts the bot into a group with these members.
    pub fn group(&self, group_id: &str, name: &str, members: &[&str]) -> &Self {
        let groups = &mut self.world.borrow_mut().groups;
        groups.insert(group_id.to_owned(), chat(name, members));
        self
    }

    /// Puts the bot into a room with these members.
    pub fn room(&self, room_id: &str, members: &[&str]) -> &Self {
        let rooms = &mut self.world.borrow_mut().rooms;
        rooms.insert(room_id.to_owned(), chat("", members));
        self
    }

    /// Whether the bot is in a group or room.
    #[must_use]
    pub fn is_in(&self, chat_id: &str) -> bool {
        let world = self.world.borrow();
        let chat = world.groups.get(chat_id).or(world.rooms.get(chat_id));
        chat.is_some_and(|chat| !chat.is_left)
    }

    /// Sets the bytes of a message's content.
    pub fn content(
        &self,
        message_id: &str,
        content_type: &str,
        bytes: impl Into<Vec<u8>>,
    ) -> &Self {
        let medium = Medium {
            content_type: content_type.to_owned(),
            bytes: bytes.into(),
        };
        let contents = &mut self.world.borrow_mut().contents;
        contents.insert(message_id.to_owned(), medium);
        self
    }

    /// Sets what the operator configured.
    pub fn config(&self, key: &str, value: &str) -> &Self {
        let config = &mut self.world.borrow_mut().config;
        config.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Registers a beacon.
    pub fn beacon(&self, device: BeaconDevice) -> &Self {
        self.world.borrow_mut().beacons.push(device);
        self
    }

    /// Links a user with an account of the provider's service.
    pub fn account(&self, user_id: &str, account: &str) -> &Self {
        let accounts = &mut self.world.borrow_mut().accounts;
        accounts.insert(user_id.to_owned(), account.to_owned());
        self
    }

    /// Answers the bot's requests to the web. Without it they are denied.
    ///
    /// ```
    /// # use botbox_sdk::prelude::*;
    /// use botbox_sdk::http::{self, Response};
    /// # use botbox_sdk::testing::Bot;
    /// # let bot = Bot::new(|_: Event| Ok(()));
    /// bot.web(|request| {
    ///     assert_eq!(request.url(), "https://api.example.com/tea");
    ///     Ok(Response::new(200, "green"))
    /// });
    /// let tea = bot.run(|| http::get("https://api.example.com/tea").send()?.text());
    /// assert_eq!(tea.unwrap(), "green");
    /// ```
    pub fn web(
        &self,
        serve: impl FnMut(&http::Request) -> Result<http::Response, http::Error> + 'static,
    ) -> &Self {
        self.world.borrow_mut().server = Some(Box::new(serve));
        self
    }

    /// Takes a grant from the bot, by its name in the configuration: `push`, say.
    pub fn deny(&self, grant: &str) -> &Self {
        self.world.borrow_mut().denied.insert(grant.to_owned());
        self
    }

    /// Has the next call of a function fail, by its name in the WIT package: `push-message`, say. A test
    /// in which nothing calls it fails.
    pub fn fails(&self, function: &str, kind: ErrorKind, message: &str) -> &Self {
        self.fails_with(
            function,
            CallError {
                kind,
                message: message.to_owned(),
                details: Vec::<ErrorDetail>::new(),
                request_id: None,
            },
        )
    }

    /// The same with a whole error.
    pub fn fails_with(&self, function: &str, error: CallError) -> &Self {
        let failures = &mut self.world.borrow_mut().failures;
        failures.push_back((function.to_owned(), error));
        self
    }

    /// Says what a function answers of which the fake host knows nothing, by its name in the WIT package:
    /// `get-bot-info`, say.
    pub fn answers<T: Clone + 'static>(&self, function: &str, answer: T) -> &Self {
        let answers = &mut self.world.borrow_mut().answers;
        answers.insert(
            function.to_owned(),
            Box::new(move || Box::new(answer.clone())),
        );
        self
    }

    /// Media type and bytes of what the bot published under a URL.
    #[must_use]
    pub fn published(&self, url: &str) -> Option<(String, Vec<u8>)> {
        let world = self.world.borrow();
        let medium = world.media.get(url)?.clone();
        Some((medium.content_type, medium.bytes))
    }

    /// The rich menu that a user sees.
    #[must_use]
    pub fn rich_menu_of(&self, user_id: &str) -> Option<RichMenu> {
        let world = self.world.borrow();
        let own = world.menus_of_users.get(user_id);
        let id = own.or(world.default_menu.as_ref())?;
        Some(world.menus.get(id)?.menu.clone())
    }

    /// To whom the bot showed the loading animation, and for how many seconds.
    #[must_use]
    pub fn loading(&self) -> Vec<(String, u32)> {
        self.world.borrow().loading.clone()
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let failures: VecDeque<_> = std::mem::take(&mut self.world.borrow_mut().failures);
        let unused: Vec<_> = failures.iter().map(|(function, _)| function).collect();
        assert!(
            unused.is_empty() || thread::panicking(),
            "the test has {unused:?} fail, which nothing called"
        );
    }
}

impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bot {{ now: {} }}", self.now())
    }
}

fn chat(name: &str, members: &[&str]) -> Chat {
    Chat {
        name: name.to_owned(),
        members: members.iter().copied().map(String::from).collect(),
        is_left: false,
    }
}
