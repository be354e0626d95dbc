//! The journal against queues in memory, with random calls, stops, and kills amid a write.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_store::{Appended, EventFilter, EventState, Position, ReplayOn, Sqlite};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::runtime::Builder;

use crate::conformance::journal::fixture::{
    Channel, HOUR, body, dead, event, handled, retry, unsend,
};
use crate::sqlite::killed;

const CHATS: usize = 2;

/// Messages are numbered. Each is of one chat.
type Number = usize;

#[derive(Clone, Debug)]
enum Call {
    Append(Vec<Number>),
    Unsend(Number),
    Claim(usize),
    /// Of those that are claimed.
    Settle(usize, Ending),
    Replay,
    Discard,
    Reopen,
    /// The process is killed.
    Kill,
    /// It is killed while an event is written, with as much of the log as a fraction of its file says.
    KillAmid(Number, f64),
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    Handled,
    RetryNow,
    RetryLater,
    Dead,
}

fn call() -> impl Strategy<Value = Call> {
    let number = || 0..12_usize;
    let ending = prop_oneof![
        3 => Just(Ending::Handled),
        2 => Just(Ending::RetryNow),
        1 => Just(Ending::RetryLater),
        2 => Just(Ending::Dead),
    ];
    prop_oneof![
        4 => prop::collection::vec(number(), 1..5).prop_map(Call::Append),
        2 => number().prop_map(Call::Unsend),
        4 => (0..=CHATS).prop_map(Call::Claim),
        6 => (any::<usize>(), ending).prop_map(|(which, ending)| Call::Settle(which, ending)),
        2 => Just(Call::Replay),
        1 => Just(Call::Discard),
        1 => Just(Call::Reopen),
        1 => Just(Call::Kill),
        1 => (number(), 0.0..1.0_f64).prop_map(|(it, part)| Call::KillAmid(it, part)),
    ]
}

fn chat(number: Number) -> String {
    (number % CHATS).to_string()
}

fn unsend_id(number: Number) -> String {
    format!("unsend {number}")
}

#[derive(Debug)]
struct Known {
    id: String,
    chat: String,
    state: EventState,
    is_claimed: bool,
    is_due: bool,
    has_body: bool,
    attempts: u32,
    /// Once it has been claimed.
    position: Position,
}

/// The events in the order of their arrival.
#[derive(Default)]
struct Model {
    events: Vec<Known>,
    /// Of each chat with waiting events, the one that can run, or runs.
    first: HashMap<String, usize>,
    unsent: BTreeSet<Number>,
}

impl Model {
    fn find(&self, id: &str) -> Option<usize> {
        self.events.iter().position(|event| event.id == id)
    }

    fn add(&mut self, id: String, chat: String, state: EventState) {
        let is_waiting = state == EventState::Waiting;
        self.events.push(Known {
            id,
            chat: chat.clone(),
            state,
            is_claimed: false,
            is_due: true,
            has_body: is_waiting,
            attempts: 0,
            position: 0,
        });
        if is_waiting {
            self.first.entry(chat).or_insert(self.events.len() - 1);
        }
    }

    fn append(&mut self, numbers: &[Number]) -> Appended {
        let mut appended = Appended::default();
        for &number in numbers {
            let id = number.to_string();
            if self.find(&id).is_some() {
                appended.duplicates += 1;
                continue;
            }
            appended.new += 1;
            let state = if self.unsent.contains(&number) {
                appended.unsent += 1;
                EventState::Unsent
            } else {
                EventState::Waiting
            };
            self.add(id, chat(number), state);
        }
        appended
    }

    fn unsend(&mut self, number: Number) -> Appended {
        let mut appended = Appended::default();
        if !self.unsent.insert(number) {
            appended.duplicates = 1;
            return appended;
        }
        appended.new = 1;
        self.add(unsend_id(number), chat(number), EventState::Waiting);
        if let Some(index) = self.find(&number.to_string()) {
            let event = &mut self.events[index];
            event.has_body = false;
            if event.state == EventState::Dead {
                event.state = EventState::Unsent;
            }
            if event.state == EventState::Waiting && !event.is_claimed {
                self.end(index, EventState::Unsent);
                appended.unsent = 1;
            }
        }
        appended
    }

    /// Returns whether the chat goes on.
    fn end(&mut self, index: usize, state: EventState) -> bool {
        let event = &mut self.events[index];
        event.state = state;
        event.is_claimed = false;
        let chat = event.chat.clone();
        if self.first[&chat] != index {
            return false;
        }
        self.first.remove(&chat);
        let mut waiting = self.events.iter();
        let is_next = |event: &Known| event.state == EventState::Waiting && event.chat == chat;
        if let Some(next) = waiting.position(is_next) {
            self.first.insert(chat, next);
            return true;
        }
        false
    }

    fn settle(&mut self, index: usize, ending: Ending) -> bool {
        let event = &mut self.events[index];
        match ending {
            Ending::Handled => self.end(index, EventState::Handled),
            _ if !event.has_body => self.end(index, EventState::Unsent),
            Ending::RetryNow | Ending::RetryLater => {
                event.attempts += 1;
                event.is_claimed = false;
                event.is_due = matches!(ending, Ending::RetryNow);
                false
            }
            Ending::Dead => {
                event.attempts += 1;
                self.end(index, EventState::Dead)
            }
        }
    }

    /// Those that can be claimed.
    fn free(&self) -> BTreeSet<usize> {
        let first = self.first.values().copied();
        first
            .filter(|&index| !self.events[index].is_claimed && self.events[index].is_due)
            .collect()
    }

    fn claimed(&self) -> Vec<usize> {
        let is_claimed = |&index: &usize| self.events[index].is_claimed;
        (0..self.events.len()).filter(is_claimed).collect()
    }

    fn dead(&self) -> Vec<usize> {
        let is_dead = |&index: &usize| {
            let event = &self.events[index];
            event.state == EventState::Dead && event.has_body
        };
        (0..self.events.len()).filter(is_dead).collect()
    }

    fn replay(&mut self) -> usize {
        let dead = self.dead();
        for &index in &dead {
            let event = &mut self.events[index];
            event.state = EventState::Waiting;
            event.attempts = 0;
            event.is_due = true;
            self.first.entry(event.chat.clone()).or_insert(index);
        }
        dead.len()
    }

    fn discard(&mut self) -> usize {
        let dead = self.dead();
        for &index in &dead {
            self.events[index].state = EventState::Discarded;
            self.events[index].has_body = false;
        }
        dead.len()
    }

    /// Claims are forgotten, and so are those events that only a claim has kept.
    fn reopen(&mut self) {
        for event in &mut self.events {
            event.is_claimed = false;
            event.is_due = true;
        }
        for index in self.free() {
            if !self.events[index].has_body {
                self.end(index, EventState::Unsent);
            }
        }
    }
}

struct Bench {
    folder: tempfile::TempDir,
    /// Absent while it is opened again.
    store: Option<Sqlite>,
    model: Model,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Some(Sqlite::open(folder.path(), Clock::system()).unwrap());
        let model = Model::default();
        Self {
            folder,
            store,
            model,
        }
    }

    fn channel(&self) -> Channel<'_> {
        Channel::new(self.store.as_ref().unwrap(), "channel")
    }

    async fn claim(&mut self, limit: usize) -> usize {
        let free = self.model.free();
        let channel = self.channel();
        let claims = channel.journal.claim(channel.name, limit).await.unwrap();
        let claims = claims.events;
        assert_eq!(claims.len(), free.len().min(limit));
        for claim in &claims {
            let index = self.model.find(&claim.id).unwrap();
            assert!(free.contains(&index), "{} is claimed", claim.id);
            let event = &mut self.model.events[index];
            assert!(!event.is_claimed, "{} is claimed twice", claim.id);
            event.is_claimed = true;
            event.position = claim.position;
            assert_eq!(claim.attempts, event.attempts);
            assert_eq!(claim.chat, event.chat);
            assert_eq!(claim.body, body(&claim.id));
        }
        claims.len()
    }

    async fn settle(&mut self, index: usize, ending: Ending) {
        let channel = self.channel();
        let position = self.model.events[index].position;
        let outcome = match ending {
            Ending::Handled => handled(),
            Ending::RetryNow => retry(Duration::ZERO),
            Ending::RetryLater => retry(HOUR),
            Ending::Dead => dead(),
        };
        let goes_on = channel.settle_at(position, outcome).await;
        let is_retry = matches!(ending, Ending::RetryNow | Ending::RetryLater);
        assert_eq!(goes_on, self.model.settle(index, ending) || is_retry);
    }

    /// Opens the store again.
    async fn reopen(&mut self) {
        self.store = None;
        self.store = Some(Sqlite::open(self.folder.path(), Clock::system()).unwrap());
        // The store notices only here which messages were unsent meanwhile. They hold nothing else up.
        let channel = self.channel();
        channel.journal.claim(channel.name, CHATS).await.unwrap();
        self.store = None;
        self.store = Some(Sqlite::open(self.folder.path(), Clock::system()).unwrap());
        self.model.reopen();
    }

    /// Appends an event, but the process is killed before it knows that the log has it.
    async fn kill_amid(&mut self, number: Number, part: f64) {
        let before = killed(self.folder.path());
        let log = |folder: &Path| folder.join("redo");
        let new = event(&number.to_string(), &chat(number));
        let _ = self.channel().append(vec![new]).await;
        let written = fs::read(log(self.folder.path())).unwrap();
        let mut torn = fs::read(log(before.path())).unwrap();
        // What differs, up to a byte.
        let differs = |(a, b): (&u8, &u8)| a != b;
        let first = torn.iter().zip(&written).position(differs).unwrap_or(0);
        let last = torn.iter().zip(&written).rposition(differs).unwrap_or(0);
        let end = first + ((last + 2 - first) as f64 * part) as usize;
        torn[first..end].copy_from_slice(&written[first..end]);
        fs::write(log(before.path()), torn).unwrap();
        self.folder = before;
        self.store = None;
        self.store = Some(Sqlite::open(self.folder.path(), Clock::system()).unwrap());
        let id = number.to_string();
        let is_there = self.channel().journal.show("channel", &id).await;
        if is_there.unwrap().is_some() && self.model.find(&id).is_none() {
            self.model.append(&[number]);
        }
        self.reopen().await;
    }

    async fn check(&mut self, call: Call) {
        match call {
            Call::Append(numbers) => {
                let events = numbers
                    .iter()
                    .map(|&number| event(&number.to_string(), &chat(number)));
                let appended = self.channel().append(events.collect()).await;
                assert_eq!(appended, self.model.append(&numbers));
            }
            Call::Unsend(number) => {
                let unsend = unsend(&unsend_id(number), &chat(number), &number.to_string());
                let appended = self.channel().append(vec![unsend]).await;
                assert_eq!(appended, self.model.unsend(number));
            }
            Call::Claim(limit) => {
                self.claim(limit).await;
            }
            Call::Settle(which, ending) => {
                let claimed = self.model.claimed();
                if !claimed.is_empty() {
                    self.settle(claimed[which % claimed.len()], ending).await;
                }
            }
            Call::Replay => {
                let journal = self.channel().journal;
                let replayed = journal
                    .replay(EventFilter::default(), 0, ReplayOn::Current)
                    .await
                    .unwrap();
                assert_eq!(replayed.positions.len(), self.model.replay());
            }
            Call::Discard => {
                let journal = self.channel().journal;
                let discarded = journal.discard(EventFilter::default(), 0).await.unwrap();
                assert_eq!(discarded.positions.len(), self.model.discard());
            }
            Call::Reopen => self.reopen().await,
            Call::Kill => {
                self.folder = killed(self.folder.path());
                self.reopen().await;
            }
            Call::KillAmid(number, part) => self.kill_amid(number, part).await,
        }
    }

    /// What is to be seen of the events.
    async fn compare(&self) {
        let mut waiting = 0;
        let mut bytes = 0;
        for known in &self.model.events {
            let shown = self.channel().show(&known.id).await;
            let body = known.has_body.then(|| body(&known.id));
            assert_eq!(shown.entry.state, known.state, "{}", known.id);
            assert_eq!(shown.entry.attempts, known.attempts, "{}", known.id);
            assert_eq!(shown.body, body, "{}", known.id);
            if known.state == EventState::Waiting {
                waiting += 1;
                bytes += body.map_or(0, |body| body.len() as u64);
            }
        }
        assert_eq!(self.channel().waiting().await, (waiting, bytes));
    }

    /// Handles the rest. Each comes, in its order.
    async fn finish(&mut self) {
        self.compare().await;
        self.reopen().await;
        while self.claim(CHATS).await > 0 {
            for index in self.model.claimed() {
                self.settle(index, Ending::Handled).await;
            }
        }
        assert!(self.model.first.is_empty());
        self.compare().await;
    }
}

#[test]
fn the_journal_is_a_queue_for_each_chat() {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let config = ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let calls = prop::collection::vec(call(), 1..60);
    let result = TestRunner::new(config).run(&calls, |calls| {
        runtime.block_on(async {
            let mut bench = Bench::new();
            for call in calls {
                bench.check(call).await;
            }
            bench.finish().await;
        });
        Ok(())
    });
    result.unwrap();
}
