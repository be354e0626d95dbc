//! What the fake host knows, and keeps of what the bot does.

use std::any::Any;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use crate::generated::botbox::line::errors::{CallError, ErrorKind};
use crate::generated::botbox::line::events::{BeaconDevice, Event, Source};
use crate::generated::botbox::line::messages::Message;
use crate::generated::botbox::line::push::NarrowcastTarget;
use crate::generated::botbox::line::rich_menu::RichMenu;
use crate::generated::botbox::line::users::UserProfile;
use crate::generated::wasi::logging::logging::Level;
use crate::http::error::Error as HttpError;
use crate::http::request::Request;
use crate::http::response::Response;

/// Messages that a bot sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// In answer to the event.
    Reply(Vec<Message>),
    /// To one chat.
    Push {
        /// The id of the user, group or room.
        to: String,
        /// The messages.
        messages: Vec<Message>,
    },
    /// To several users.
    Multicast {
        /// The users' ids.
        to: Vec<String>,
        /// The messages.
        messages: Vec<Message>,
    },
    /// To all friends.
    Broadcast(Vec<Message>),
    /// To some of the friends.
    Narrowcast {
        /// To which.
        target: NarrowcastTarget,
        /// The messages.
        messages: Vec<Message>,
    },
    /// To a phone number.
    Notification {
        /// The hash of the number.
        to: String,
        /// The messages.
        messages: Vec<Message>,
    },
}

/// A timer that is set.
#[derive(Clone, Debug, PartialEq)]
pub struct Timer {
    /// The id by which it is cancelled.
    pub id: String,
    /// When it comes, in milliseconds since the Unix epoch.
    pub at: i64,
    /// What comes back with it.
    pub payload: String,
    /// Where it comes: the source of the event that set it.
    pub source: Option<Source>,
}

/// A line of the bot's log.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// How important it is.
    pub level: Level,
    /// Where it is from: a module's path.
    pub target: String,
    /// What it says.
    pub text: String,
}

/// A group or room.
#[derive(Default)]
pub(crate) struct Chat {
    pub(crate) name: String,
    pub(crate) members: Vec<String>,
    pub(crate) is_left: bool,
}

/// A rich menu, and its image once that is set.
pub(crate) struct KeptMenu {
    pub(crate) menu: RichMenu,
    pub(crate) image: Option<(String, Vec<u8>)>,
}

/// Bytes and their media type.
#[derive(Clone)]
pub(crate) struct Medium {
    pub(crate) content_type: String,
    pub(crate) bytes: Vec<u8>,
}

type Server = dyn FnMut(&Request) -> Result<Response, HttpError>;

/// All of it. One bot has one.
#[derive(Default)]
pub(crate) struct World {
    /// In milliseconds since the Unix epoch.
    pub(crate) now: i64,
    /// The event that is being handled.
    pub(crate) event: Option<Event>,
    pub(crate) has_replied: bool,
    pub(crate) sent: Vec<Sent>,
    pub(crate) log: Vec<LogLine>,
    /// For how long the animation was shown, by user.
    pub(crate) loading: Vec<(String, u32)>,

    pub(crate) denied: BTreeSet<String>,
    pub(crate) failures: VecDeque<(String, CallError)>,
    pub(crate) answers: BTreeMap<String, Box<dyn Fn() -> Box<dyn Any>>>,

    pub(crate) profiles: BTreeMap<String, UserProfile>,
    pub(crate) groups: BTreeMap<String, Chat>,
    pub(crate) rooms: BTreeMap<String, Chat>,
    pub(crate) contents: BTreeMap<String, Medium>,
    pub(crate) media: BTreeMap<String, Medium>,
    pub(crate) menus: BTreeMap<String, KeptMenu>,
    pub(crate) menus_of_users: BTreeMap<String, String>,
    pub(crate) default_menu: Option<String>,
    pub(crate) accounts: BTreeMap<String, String>,
    pub(crate) beacons: Vec<BeaconDevice>,
    pub(crate) config: BTreeMap<String, String>,
    pub(crate) buckets: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
    pub(crate) timers: Vec<Timer>,
    pub(crate) server: Option<Box<Server>>,
    last_number: u64,
}

impl World {
    /// An empty one whose clock tells a time.
    pub(crate) fn new(now: i64) -> Self {
        Self {
            now,
            ..Self::default()
        }
    }

    /// A number that was not given before.
    pub(crate) fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }
}

pub(crate) type SharedWorld = Rc<RefCell<World>>;

thread_local! {
    static CURRENT: RefCell<Option<SharedWorld>> = const { RefCell::new(None) };
}

/// Runs something that calls capabilities in a world.
pub(crate) fn inside<T>(world: &SharedWorld, run: impl FnOnce() -> T) -> T {
    struct Restore(Option<SharedWorld>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }
    let _restore = Restore(CURRENT.replace(Some(Rc::clone(world))));
    run()
}

/// Looks at the world that this thread is in.
#[allow(
    clippy::panic,
    reason = "a call of the test's author, to whom no error could be returned"
)]
pub(crate) fn with<T>(look: impl FnOnce(&mut World) -> T) -> T {
    match current() {
        Some(world) => look(&mut world.borrow_mut()),
        None => panic!(
            "there is no host here: a capability was called outside WebAssembly. In a test, run what \
             calls it by `botbox_sdk::testing::Bot::handle` or `Bot::run`"
        ),
    }
}

/// The world that this thread is in, if it is in one.
pub(crate) fn current() -> Option<SharedWorld> {
    CURRENT.with_borrow(Clone::clone)
}

/// Every call of a capability begins with this: it fails when the grant is missing, or when the test wants
/// it to.
pub(crate) fn call(grant: &str, function: &str) -> Result<(), CallError> {
    with(|world| {
        if world.denied.contains(grant) {
            let why = format!("`{grant}` is not among the channel's grants");
            return Err(call_error(ErrorKind::Denied, why));
        }
        let mut failures = world.failures.iter();
        match failures.position(|(name, _)| name == function) {
            Some(at) => match world.failures.remove(at) {
                Some((_, error)) => Err(error),
                None => Ok(()),
            },
            None => Ok(()),
        }
    })
}

/// [`call`] of something that is not allowed in standby.
pub(crate) fn call_active(grant: &str, function: &str) -> Result<(), CallError> {
    call(grant, function)?;
    with(|world| match &world.event {
        Some(event) if event.mode == "standby" => Err(call_error(
            ErrorKind::Standby,
            "the chat is in standby: another service is in charge of it",
        )),
        _ => Ok(()),
    })
}

pub(crate) fn call_error(kind: ErrorKind, message: impl Into<String>) -> CallError {
    CallError {
        kind,
        message: message.into(),
        details: Vec::new(),
        request_id: None,
    }
}

pub(crate) fn not_found(what: &str) -> CallError {
    call_error(ErrorKind::NotFound, format!("the test has no {what}"))
}
