//! A channel at work: its secrets, its deployment, and its events that wait.

use std::collections::{HashMap, VecDeque};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use botbox_line::webhook::{Event, EventKind};
use botbox_runtime::Deployment;
use secrecy::SecretString;
use tokio::sync::Semaphore;

use crate::agenda::Agenda;
use crate::counters::EventCounters;
use crate::quota::Quota;
use crate::room::ROOM;
use crate::services::ChannelServices;
use crate::visits::Visits;

/// The most events of one channel that wait or run: memory is for all channels. LINE sends refused
/// events again where the channel has webhook redelivery switched on.
const EVENTS_LIMIT: usize = 1_000;

/// The most bytes of JSON in them: 16 MiB, for an event is a few kilobytes at most.
const BYTES_LIMIT: usize = 16 << 20;

pub(crate) struct Channel {
    pub(crate) id: String,
    pub(crate) provider: String,
    /// One of them signs webhooks.
    pub(crate) secrets: Vec<SecretString>,
    pub(crate) deployment: Arc<Deployment>,
    /// The same that the deployment has.
    pub(crate) services: Arc<ChannelServices>,
    pub(crate) counters: EventCounters,
    pub(crate) quota: Quota,
    /// One permit for each event that may be handled at a time.
    pub(crate) turns: Semaphore,
    /// Of channels that have them on.
    pub(crate) visits: Option<Visits>,
    queue: Mutex<Queue>,
}

/// The events that wait, by chat. A chat is here as long as a task works on it.
#[derive(Default)]
struct Queue {
    chats: HashMap<ChatId, VecDeque<Event>>,
    events: usize,
    bytes: usize,
}

/// The id of a user, group or room. Events that tell none share one line: the empty id.
pub(crate) type ChatId = Box<str>;

/// What putting events in line led to.
#[derive(Default)]
pub(crate) struct Enqueued {
    /// Chats that nobody works on yet.
    pub(crate) idle: Vec<ChatId>,
    /// Messages that waited, and were taken back.
    pub(crate) unsent: Vec<Event>,
}

/// Why events are not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QueueFull {
    #[error(
        "{waiting} events of the channel wait, and the webhook brings {more}; \
         the limit is {EVENTS_LIMIT}, or {BYTES_LIMIT} bytes"
    )]
    Channel { waiting: usize, more: usize },
    #[error("the events that wait on this host would have more than {ROOM} bytes, the limit")]
    Host,
}

impl Channel {
    pub(crate) fn new(
        id: String,
        provider: String,
        secrets: Vec<SecretString>,
        deployment: Arc<Deployment>,
        services: Arc<ChannelServices>,
        concurrency: usize,
        visits: Option<Visits>,
    ) -> Self {
        Self {
            id,
            provider,
            secrets,
            deployment,
            services,
            counters: EventCounters::default(),
            quota: Quota::default(),
            turns: Semaphore::new(concurrency.min(Semaphore::MAX_PERMITS)),
            visits,
            queue: Mutex::default(),
        }
    }

    /// The events of the host's own that are to come.
    pub(crate) fn agendas(&self) -> impl Iterator<Item = &Arc<Agenda>> {
        let visits = self.visits.iter().map(|it| &it.agenda);
        visits.chain([&self.services.timers.agenda])
    }

    /// Puts all events in line, or none. A message that its sender takes back before its turn comes
    /// leaves the line: its content must not be used any more (LINE documentation, "Receiving
    /// messages").
    pub(crate) fn enqueue(&self, events: Vec<Event>) -> Result<Enqueued, QueueFull> {
        let bytes: usize = events.iter().map(size).sum();
        let mut queue = self.queue();
        if queue.events + events.len() > EVENTS_LIMIT || queue.bytes + bytes > BYTES_LIMIT {
            let waiting = queue.events;
            let more = events.len();
            return Err(QueueFull::Channel { waiting, more });
        }
        queue.events += events.len();
        queue.bytes += bytes;
        let mut enqueued = Enqueued::default();
        for event in events {
            let chat = event.chat().unwrap_or_default();
            if let Some(line) = queue.chats.get_mut(chat) {
                if let EventKind::Unsend { message_id } = &event.kind {
                    enqueued.unsent.extend(take_back(line, message_id));
                }
                line.push_back(event);
            } else {
                enqueued.idle.push(ChatId::from(chat));
                queue.chats.insert(chat.into(), VecDeque::from([event]));
            }
        }
        queue.events -= enqueued.unsent.len();
        queue.bytes -= enqueued.unsent.iter().map(size).sum::<usize>();
        Ok(enqueued)
    }

    /// Whether an event of the chat waits. Without one the chat is idle again.
    pub(crate) fn has_next(&self, chat: &str) -> bool {
        let mut queue = self.queue();
        let waits = queue.chats.get(chat).is_some_and(|line| !line.is_empty());
        if !waits {
            queue.chats.remove(chat);
        }
        waits
    }

    /// The chat's next event, unless it was taken back.
    pub(crate) fn next(&self, chat: &str) -> Option<Event> {
        self.queue().chats.get_mut(chat)?.pop_front()
    }

    /// Makes the room of an event free.
    pub(crate) fn release(&self, size: usize) {
        let mut queue = self.queue();
        queue.events -= 1;
        queue.bytes -= size;
    }

    /// How many events wait or run.
    pub(crate) fn waiting(&self) -> usize {
        self.queue().events
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while it holds the lock; if it did, the queue would be whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the events of a message out of a chat's line.
fn take_back(line: &mut VecDeque<Event>, message_id: &str) -> VecDeque<Event> {
    let is_it = |event: &Event| match &event.kind {
        EventKind::Message(message) | EventKind::MessageEdited(message) => message.id == message_id,
        _ => false,
    };
    let (unsent, kept) = mem::take(line).into_iter().partition(is_it);
    *line = kept;
    unsent
}

/// What an event counts against the limit.
pub(crate) fn size(event: &Event) -> usize {
    event.json.as_str().len()
}
