//! Which function handles an event.

mod layer;
mod pattern;

use std::fmt;

use crate::bindings::botbox::line::events::{
    AccountLinkEvent, BeaconEvent, BeaconVisitEvent, Event, EventKind, FollowEvent,
    LocationContent, MembersEvent, MessageContent, MessageEvent, StickerContent, TimerEvent,
};
use crate::failure::Result;
use crate::handler::Handler;
use crate::postback::PostbackData;
use crate::session::{Session, Sessions};

use layer::Layer;

pub use layer::Next;
pub use pattern::TextPattern;

/// Hands each event to the first route that fits it.
///
/// ```
/// use botbox_sdk::prelude::*;
///
/// bot!(routes());
///
/// fn routes() -> Router {
///     Router::new()
///         .follow(|_, _| answer("Welcome! Say “menu”."))
///         .text("menu", |_, _| answer("Tea and cake"))
///         .text(|text: &str| text.ends_with('?'), |_, _| answer("Good question."))
///         .command("order", |_, what| answer(format!("One {what}, coming up.")))
///         .postback("cancel", |_, data| answer(format!("Order {} is cancelled.", data.name())))
///         .otherwise(|_| answer("Say “menu”."))
/// }
///
/// fn answer(text: impl Into<String>) -> Result {
///     reply(text.into())?;
///     Ok(())
/// }
/// ```
///
/// Every function gets the event, and what its route found in it. Routes are asked in the order in which they
/// were added; an event that fits none, and that has no [`otherwise`](Self::otherwise), is handled by
/// doing nothing.
#[derive(Default)]
#[must_use = "a router does nothing until an event is handed to it"]
pub struct Router {
    layers: Vec<Box<Layer>>,
    routes: Vec<Box<Route>>,
}

/// Handles the events that fit it, and tells of the others by `None`.
type Route = dyn Fn(&Event) -> Option<Result>;

impl Router {
    /// A router without routes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Events for which `fits` is true.
    pub fn on(
        self,
        fits: impl Fn(&Event) -> bool + 'static,
        handle: impl Fn(&Event) -> Result + 'static,
    ) -> Self {
        self.route(move |event| fits(event).then(|| handle(event)))
    }

    /// Texts that fit a [`TextPattern`]: equal ones, one of several, or those for which a function is true.
    pub fn text(
        self,
        pattern: impl TextPattern + 'static,
        handle: impl Fn(&Event, &str) -> Result + 'static,
    ) -> Self {
        self.route(move |event| {
            let text = event.text()?;
            pattern.fits(text).then(|| handle(event, text))
        })
    }

    /// Texts that begin with a word, in capital or small letters. The function gets what follows it.
    pub fn command(
        self,
        word: impl Into<String>,
        handle: impl Fn(&Event, &str) -> Result + 'static,
    ) -> Self {
        let word = word.into();
        self.route(move |event| {
            let rest = pattern::after_word(&word, event.text()?)?;
            Some(handle(event, rest))
        })
    }

    /// Postbacks whose data is `prefix`, or begins with it and goes on with something other than a letter or
    /// digit: `buy` stands for `buy?item=3` and `buy=3`, but not for `buyer`. An empty prefix stands for all.
    pub fn postback(
        self,
        prefix: impl Into<String>,
        handle: impl Fn(&Event, PostbackData) -> Result + 'static,
    ) -> Self {
        let prefix = prefix.into();
        self.route(move |event| {
            let EventKind::Postback(postback) = &event.kind else {
                return None;
            };
            let rest = postback.data.strip_prefix(&prefix)?;
            let is_whole = prefix.is_empty() || !rest.starts_with(char::is_alphanumeric);
            is_whole.then(|| handle(event, PostbackData::parse(&postback.data)))
        })
    }

    /// Whatever happens in a chat that has a session: the way of a bot that asks one thing after the
    /// other. See [`session`](crate::session).
    pub fn session<T>(
        self,
        sessions: Sessions<T>,
        handle: impl Fn(&Event, Session<T>) -> Result + 'static,
    ) -> Self
    where
        T: serde::Serialize + serde::de::DeserializeOwned + 'static,
    {
        self.route(move |event| match sessions.find(event) {
            Ok(found) => Some(handle(event, found?)),
            Err(error) => Some(Err(error.into())),
        })
    }

    /// Messages of any kind.
    pub fn message(self, handle: impl Fn(&Event, &MessageEvent) -> Result + 'static) -> Self {
        self.select(message, handle)
    }

    /// Images. The message's id is what [`content`](crate::content()) fetches them by.
    pub fn image(self, handle: impl Fn(&Event, &MessageEvent) -> Result + 'static) -> Self {
        let image = |it: &MessageContent| matches!(it, MessageContent::Image(_));
        self.content(image, handle)
    }

    /// Videos.
    pub fn video(self, handle: impl Fn(&Event, &MessageEvent) -> Result + 'static) -> Self {
        let video = |it: &MessageContent| matches!(it, MessageContent::Video(_));
        self.content(video, handle)
    }

    /// Sounds.
    pub fn audio(self, handle: impl Fn(&Event, &MessageEvent) -> Result + 'static) -> Self {
        let audio = |it: &MessageContent| matches!(it, MessageContent::Audio(_));
        self.content(audio, handle)
    }

    /// Files.
    pub fn file(self, handle: impl Fn(&Event, &MessageEvent) -> Result + 'static) -> Self {
        let file = |it: &MessageContent| matches!(it, MessageContent::File(_));
        self.content(file, handle)
    }

    /// Stickers.
    pub fn sticker(self, handle: impl Fn(&Event, &StickerContent) -> Result + 'static) -> Self {
        self.select(
            |event| match &message(event)?.content {
                MessageContent::Sticker(sticker) => Some(sticker),
                _ => None,
            },
            handle,
        )
    }

    /// Places.
    pub fn location(self, handle: impl Fn(&Event, &LocationContent) -> Result + 'static) -> Self {
        self.select(
            |event| match &message(event)?.content {
                MessageContent::Location(location) => Some(location),
                _ => None,
            },
            handle,
        )
    }

    /// Users who add the bot as a friend.
    pub fn follow(self, handle: impl Fn(&Event, &FollowEvent) -> Result + 'static) -> Self {
        self.select(
            |event| match &event.kind {
                EventKind::Follow(follow) => Some(follow),
                _ => None,
            },
            handle,
        )
    }

    /// Users who block the bot.
    pub fn unfollow(self, handle: impl Fn(&Event) -> Result + 'static) -> Self {
        self.on(|event| matches!(event.kind, EventKind::Unfollow), handle)
    }

    /// Groups and rooms that the bot joins.
    pub fn join(self, handle: impl Fn(&Event) -> Result + 'static) -> Self {
        self.on(|event| matches!(event.kind, EventKind::Join), handle)
    }

    /// Groups and rooms that the bot has left.
    pub fn leave(self, handle: impl Fn(&Event) -> Result + 'static) -> Self {
        self.on(|event| matches!(event.kind, EventKind::Leave), handle)
    }

    /// Users who join a group or room.
    pub fn member_joined(self, handle: impl Fn(&Event, &MembersEvent) -> Result + 'static) -> Self {
        self.select(
            |event| match &event.kind {
                EventKind::MemberJoined(joined) => Some(joined),
                _ => None,
            },
            handle,
        )
    }

    /// Users who leave a group or room.
    pub fn member_left(self, handle: impl Fn(&Event, &MembersEvent) -> Result + 'static) -> Self {
        self.select(
            |event| match &event.kind {
                EventKind::MemberLeft(left) => Some(left),
                _ => None,
            },
            handle,
        )
    }

    /// Users who come near a beacon.
    pub fn beacon(self, handle: impl Fn(&Event, &BeaconEvent) -> Result + 'static) -> Self {
        self.select(
            |event| match &event.kind {
                EventKind::Beacon(beacon) => Some(beacon),
                _ => None,
            },
            handle,
        )
    }

    /// Users whose stay near a beacon has ended.
    pub fn beacon_visit(
        self,
        handle: impl Fn(&Event, &BeaconVisitEvent) -> Result + 'static,
    ) -> Self {
        self.select(
            |event| match &event.kind {
                EventKind::BeaconVisit(visit) => Some(visit),
                _ => None,
            },
            handle,
        )
    }

    /// Users who link their account of the provider's service, or fail to.
    pub fn account_link(
        self,
        handle: impl Fn(&Event, &AccountLinkEvent) -> Result + 'static,
    ) -> Self {
        self.select(
            |event| match &event.kind {
                EventKind::AccountLink(link) => Some(link),
                _ => None,
            },
            handle,
        )
    }

    /// Times that have come: see [`schedule`](crate::schedule).
    pub fn timer(self, handle: impl Fn(&Event, &TimerEvent) -> Result + 'static) -> Self {
        self.select(
            |event| match &event.kind {
                EventKind::Timer(timer) => Some(timer),
                _ => None,
            },
            handle,
        )
    }

    /// Whatever no route before this one fits.
    pub fn otherwise(self, handle: impl Fn(&Event) -> Result + 'static) -> Self {
        self.route(move |event| Some(handle(event)))
    }

    /// Middleware: a function around all routes, those added later, too. It calls [`Next::run`] to go on, or
    /// does not. The layer that was added first is the outermost.
    ///
    /// ```
    /// # use botbox_sdk::prelude::*;
    /// let router = Router::new()
    ///     .layer(|event, next| {
    ///         log::debug!("event {} at attempt {}", event.id, event.attempt);
    ///         next.run(event)
    ///     })
    ///     .layer(|event, next| match event.source {
    ///         Some(Source::User(_)) => next.run(event),
    ///         _ => Ok(()), // not in groups
    ///     });
    /// ```
    pub fn layer(mut self, layer: impl Fn(&Event, Next<'_>) -> Result + 'static) -> Self {
        self.layers.push(Box::new(layer));
        self
    }

    /// Events in which `find` finds something.
    fn select<T: 'static>(
        self,
        find: impl for<'e> Fn(&'e Event) -> Option<&'e T> + 'static,
        handle: impl Fn(&Event, &T) -> Result + 'static,
    ) -> Self {
        self.route(move |event| Some(handle(event, find(event)?)))
    }

    fn content(
        self,
        fits: impl Fn(&MessageContent) -> bool + 'static,
        handle: impl Fn(&Event, &MessageEvent) -> Result + 'static,
    ) -> Self {
        self.route(move |event| {
            let message = message(event)?;
            fits(&message.content).then(|| handle(event, message))
        })
    }

    fn route(mut self, route: impl Fn(&Event) -> Option<Result> + 'static) -> Self {
        self.routes.push(Box::new(route));
        self
    }
}

impl Handler for Router {
    fn handle(&self, event: Event) -> Result {
        let routes = |event: &Event| {
            let mut results = self.routes.iter().filter_map(|route| route(event));
            results.next().unwrap_or(Ok(()))
        };
        Next::new(&self.layers, &routes).run(&event)
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (layers, routes) = (self.layers.len(), self.routes.len());
        write!(f, "Router {{ {layers} layers, {routes} routes }}")
    }
}

fn message(event: &Event) -> Option<&MessageEvent> {
    match &event.kind {
        EventKind::Message(message) => Some(message),
        _ => None,
    }
}
