//! What the bot remembers of a conversation: a typed value for each user of each chat, and with it small
//! state machines.
//!
//! ```
//! use std::time::Duration;
//!
//! use botbox_sdk::prelude::*;
//! use botbox_sdk::session::{Session, Sessions};
//! use serde::{Deserialize, Serialize};
//!
//! /// What an order needs next. Forgotten when the user says nothing for an hour.
//! const ORDERS: Sessions<Order> = Sessions::new("orders").lasting(Duration::from_secs(3600));
//!
//! #[derive(Serialize, Deserialize)]
//! enum Order {
//!     Size,
//!     Name { size: String },
//! }
//!
//! bot!(routes());
//!
//! fn routes() -> Router {
//!     Router::new()
//!         .session(ORDERS, proceed)
//!         .text("order", |event, _| {
//!             ORDERS.begin(event, Order::Size)?;
//!             answer("Small or large?")
//!         })
//! }
//!
//! fn proceed(event: &Event, mut order: Session<Order>) -> Result {
//!     let text = event.text().unwrap_or_default();
//!     match &*order {
//!         Order::Size => {
//!             order.set(Order::Name { size: text.to_owned() })?;
//!             answer("Which name may we call?")
//!         }
//!         Order::Name { size } => {
//!             let done = format!("One {size} for {text}!");
//!             order.end()?;
//!             answer(&done)
//!         }
//!     }
//! }
//!
//! fn answer(text: &str) -> Result {
//!     reply(text)?;
//!     Ok(())
//! }
//! ```
//!
//! Sessions are kept in a bucket of their name (grant `keyvalue`), as JSON. In a group, each member has one.
//! An event that failed comes again and finds what its earlier attempt has set: set what comes next before
//! the reply, which is sent once whatever happens.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bindings::botbox::line::events::Event;
use crate::store::{self, Bucket, Error};

/// All sessions of one kind: a constant of the bot. See the [module](self).
pub struct Sessions<T> {
    bucket: &'static str,
    lifetime: Duration,
    kind: PhantomData<fn() -> T>,
}

/// The session of one user in one chat. What is changed in it is kept by [`save`](Self::save).
#[derive(Debug)]
pub struct Session<T> {
    value: T,
    bucket: Bucket,
    key: String,
    now: i64,
}

/// What is in the bucket.
#[derive(Serialize, Deserialize)]
struct Kept<T> {
    value: T,
    /// When it was saved: the timestamp of the event.
    saved: i64,
}

impl<T> Sessions<T> {
    /// Sessions that are kept in a bucket of this name until they end.
    #[must_use]
    pub const fn new(bucket: &'static str) -> Self {
        Self {
            bucket,
            lifetime: Duration::MAX,
            kind: PhantomData,
        }
    }

    /// Sessions that are over when nothing was saved for so long.
    #[must_use]
    pub const fn lasting(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }
}

impl<T: Serialize + DeserializeOwned> Sessions<T> {
    /// The session of the event's user, if there is one.
    ///
    /// A value that can't be read as a `T` any more, such as one of an earlier version of the bot, is no
    /// session: the log has a warning then.
    ///
    /// # Errors
    ///
    /// Those of [`store`].
    pub fn find(&self, event: &Event) -> Result<Option<Session<T>>, Error> {
        let Some(key) = key(event) else {
            return Ok(None);
        };
        let bucket = store::open(self.bucket)?;
        let Some(bytes) = bucket.get(&key)? else {
            return Ok(None);
        };
        let kept: Kept<T> = match serde_json::from_slice(&bytes) {
            Ok(kept) => kept,
            Err(error) => {
                let bucket = self.bucket;
                log::warn!(
                    "the session {key} in {bucket} is not understood and begins anew: {error}"
                );
                return Ok(None);
            }
        };
        let age = u64::try_from(event.timestamp.saturating_sub(kept.saved)).unwrap_or(0);
        if Duration::from_millis(age) > self.lifetime {
            return Ok(None);
        }
        Ok(Some(Session {
            value: kept.value,
            bucket,
            key,
            now: event.timestamp,
        }))
    }

    /// Begins a session with a value, which is saved at once, in the place of the one that there may be.
    ///
    /// # Errors
    ///
    /// Those of [`store`]; and when the event tells no chat.
    pub fn begin(&self, event: &Event, value: T) -> Result<Session<T>, Error> {
        let key = key(event).ok_or_else(|| {
            Error::Other(String::from(
                "the event tells no chat, so it has no session",
            ))
        })?;
        let session = Session {
            value,
            bucket: store::open(self.bucket)?,
            key,
            now: event.timestamp,
        };
        session.save()?;
        Ok(session)
    }
}

impl<T: Serialize> Session<T> {
    /// Keeps the value as it is now.
    ///
    /// # Errors
    ///
    /// Those of [`store`].
    pub fn save(&self) -> Result<(), Error> {
        let kept = Kept {
            value: &self.value,
            saved: self.now,
        };
        self.bucket.set_json(&self.key, &kept)
    }

    /// Goes on with another value, and keeps it.
    ///
    /// # Errors
    ///
    /// Those of [`store`].
    pub fn set(&mut self, value: T) -> Result<(), Error> {
        self.value = value;
        self.save()
    }

    /// Ends the session, and gives its value.
    ///
    /// # Errors
    ///
    /// Those of [`store`].
    pub fn end(self) -> Result<T, Error> {
        self.bucket.delete(&self.key)?;
        Ok(self.value)
    }
}

impl<T> Deref for Session<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Session<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> Clone for Sessions<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Sessions<T> {}

impl<T> fmt::Debug for Sessions<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bucket, lifetime) = (self.bucket, self.lifetime);
        write!(
            f,
            "Sessions {{ bucket: {bucket:?}, lifetime: {lifetime:?} }}"
        )
    }
}

/// The key of the event's user in its chat.
fn key(event: &Event) -> Option<String> {
    let chat = event.chat_id()?;
    Some(match event.user_id() {
        Some(user) if user != chat => format!("{chat}/{user}"),
        _ => chat.to_owned(),
    })
}
