//! Load whose every event is accounted for, while the host is stopped and started.
//!
//! In each chat, numbered events go to the host one after the other. One that gets no 200 is sent
//! again with the same id, as LINE does. The plugin sends the number back; so what is in the chat
//! in the end tells what was lost, done twice, or done out of order.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::host::Host;
use crate::line::{Bot, Line, User};
use crate::patience::{PATIENCE, POLL};
use crate::webhook::{Sender, message};

/// How many answers a sender may be ahead of its chat, so that no reply token expires in the queue.
const AHEAD: usize = 5;

/// How long an event may go without a 200: a host that is killed again and again is back by then.
const REDELIVERY_TIME: Duration = Duration::from_secs(4 * PATIENCE.as_secs());

/// What the text that a timer pushes begins with. Its order among the other messages is not fixed.
const TIMER: &str = "timer-";

/// How an event is to be handled, and what the `probe` is told for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Task {
    Push,
    Reply,
    ReplyOrPush,
    /// The first attempt asks for another.
    PushLate,
    /// The first attempt spends the reply, and asks for another.
    ReplyAndRetry,
    /// The first attempt spends the reply, and traps.
    ReplyAndTrap,
    /// The first attempt pushes, and traps.
    PushAndTrap,
    /// A timer pushes, which is another event.
    Timer,
    /// It becomes a dead letter.
    Reject,
}

impl Task {
    const ALL: [Self; 9] = [
        Self::Push,
        Self::Reply,
        Self::ReplyOrPush,
        Self::PushLate,
        Self::ReplyAndRetry,
        Self::ReplyAndTrap,
        Self::PushAndTrap,
        Self::Timer,
        Self::Reject,
    ];

    /// Most events are plain ones.
    fn random(random: &mut Rng) -> Self {
        match random.u32(..100) {
            0..45 => Self::Push,
            45..65 => Self::Reply,
            65..80 => Self::ReplyOrPush,
            _ => Self::ALL[random.usize(3..Self::ALL.len())],
        }
    }

    fn command(self, number: usize) -> String {
        match self {
            Self::Push => format!("deliver push {number}"),
            Self::Reply => format!("deliver reply {number}"),
            Self::ReplyOrPush => format!("deliver reply-or-push {number}"),
            Self::PushLate => format!("deliver push {number} before retry 1"),
            Self::ReplyAndRetry => format!("deliver reply {number} after retry 1"),
            Self::ReplyAndTrap => format!("deliver reply {number} after panic 1"),
            Self::PushAndTrap => format!("deliver push {number} after panic 1"),
            Self::Timer => format!("deliver timer {TIMER}{number}"),
            Self::Reject => format!("deliver push {number} before reject 99"),
        }
    }

    fn is_answered(self) -> bool {
        self != Self::Reject
    }

    fn takes_token(self) -> bool {
        matches!(
            self,
            Self::Reply | Self::ReplyOrPush | Self::ReplyAndRetry | Self::ReplyAndTrap
        )
    }
}

/// An event that the host has acknowledged.
struct Said {
    id: String,
    task: Task,
    /// How often it was sent.
    sends: usize,
}

/// One chat's sender.
struct Talk {
    line: Arc<Line>,
    sender: Sender,
    channel: String,
    bot: Bot,
    user: User,
    url: String,
    random: Rng,
    /// How long to rest after each event.
    rest: watch::Receiver<Duration>,
    /// How long each webhook took that was acknowledged.
    took: Arc<Mutex<Vec<Duration>>>,
    said: Vec<Said>,
    /// The number of the last message from the bot, and how many there are.
    seen: (u64, usize),
}

/// Senders at work.
pub struct Load {
    line: Arc<Line>,
    stop: watch::Sender<bool>,
    rest: watch::Sender<Duration>,
    took: Arc<Mutex<Vec<Duration>>>,
    talks: JoinSet<Talk>,
}

/// What became of all that was sent.
#[derive(Debug, Default)]
pub struct Summary {
    /// Events that the host has answered with 200.
    pub acknowledged: usize,
    /// How often one was sent again before that.
    pub redelivered: usize,
    /// Events that are handled.
    pub handled: usize,
    /// Events that are dead letters.
    pub dead: usize,
    /// Timers that came, and are handled.
    pub timers: usize,
    /// Messages that were pushed.
    pub pushes: usize,
    /// Messages that were replies.
    pub replies: usize,
    /// Calls that repeated what LINE had done already: an attempt was cut off after LINE's answer and before
    /// the outcome was written.
    pub repeated: usize,
    /// Messages that came more than once.
    pub duplicates: usize,
    /// Handled events whose messages never came.
    pub lost: usize,
}

impl Load {
    /// Begins to send to the host at `url`, in so many chats of each channel. What is sent depends
    /// on the `seed` alone.
    pub async fn start(
        line: &Arc<Line>,
        url: &str,
        channels: &[(&str, &Bot)],
        chats: usize,
        seed: u64,
    ) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (rest, rests) = watch::channel(Duration::ZERO);
        let took = Arc::default();
        let mut talks = JoinSet::new();
        let mut random = Rng::with_seed(seed);
        for (channel, bot) in channels {
            for number in 0..chats {
                let user = line.user(&format!("User {number} of {channel}")).await;
                // Only friends are pushed to.
                line.act(bot, &user, json!({"type": "follow"})).await;
                let talk = Talk {
                    line: Arc::clone(line),
                    sender: Sender::new(),
                    channel: (*channel).to_owned(),
                    bot: (*bot).clone(),
                    user,
                    url: format!("{url}/webhook/{channel}"),
                    random: random.fork(),
                    rest: rests.clone(),
                    took: Arc::clone(&took),
                    said: Vec::new(),
                    seen: (0, 0),
                };
                talks.spawn(talk.go_on(stopped.clone()));
            }
        }
        Self {
            line: Arc::clone(line),
            stop,
            rest,
            took,
            talks,
        }
    }

    /// Sends so many events a second in all, or as many as can be sent if those are fewer.
    pub fn pace(&self, a_second: f64) {
        let rest = Duration::from_secs_f64(self.talks.len() as f64 / a_second);
        self.rest.send_replace(rest);
    }

    /// How long the webhooks took that were acknowledged since it was asked last, in order of that.
    pub fn took(&self) -> Vec<Duration> {
        let mut took = std::mem::take(&mut *self.took.lock().unwrap());
        took.sort_unstable();
        took
    }

    /// Fails if a sender has.
    pub fn check(&mut self) {
        if let Some(ended) = self.talks.try_join_next() {
            ended.unwrap();
            panic!("a sender has ended");
        }
    }

    /// Lets the senders finish, waits until the host has handled all, and checks what came of it.
    pub async fn settle(self, host: &Host) -> Summary {
        self.stop.send_replace(true);
        let talks = self.talks.join_all().await;
        host.drained(4 * PATIENCE).await;
        let mut states = HashMap::new();
        for channel in talks.iter().map(|it| &it.channel).collect::<HashSet<_>>() {
            for event in host.events(channel).await {
                let id = event["id"].as_str().unwrap().to_owned();
                let before = states.insert(id, event);
                assert!(before.is_none(), "{before:?}");
            }
        }
        let mut summary = Summary::default();
        for talk in &talks {
            let chat = self.line.messages(&talk.bot, &talk.user.id, 0, 0).await;
            summary.add(&talk.said, &chat, &mut states);
        }
        // What is left was made by the host.
        for event in states.into_values() {
            assert_eq!(event["state"], "handled", "{event}");
            summary.timers += 1;
        }
        let bots: HashMap<_, _> = talks.iter().map(|it| (&it.bot.id, &it.bot)).collect();
        for bot in bots.into_values() {
            for call in self.line.calls(bot, "/v2/bot/message/").await {
                // The retry key, or the reply token, was used.
                summary.repeated += usize::from(call["status"] == 409 || call["status"] == 400);
            }
        }
        // Those do so anyway.
        let twice = talks.iter().flat_map(|it| &it.said);
        let twice = twice.filter(|it| it.task == Task::PushAndTrap).count();
        summary.repeated = summary.repeated.saturating_sub(twice);
        summary
    }
}

impl Talk {
    async fn go_on(mut self, stopped: watch::Receiver<bool>) -> Self {
        while !*stopped.borrow() {
            let begun = Instant::now();
            let number = self.said.len();
            let task = Task::random(&mut self.random);
            let id = format!("{}-{}-{number}", self.channel, self.user.id);
            let token = format!("token of {id}");
            if task.takes_token() {
                self.line.issue_token(&self.bot, &self.user, &token).await;
            }
            let event = message(&self.user, &id, &token, &task.command(number));
            let sends = self.deliver(event).await;
            self.said.push(Said { id, task, sends });
            self.wait_for_answers().await;
            let rest = *self.rest.borrow();
            sleep(rest.saturating_sub(begun.elapsed())).await;
        }
        self
    }

    /// Sends an event until it is acknowledged. Returns how often.
    async fn deliver(&self, mut event: Value) -> usize {
        let deadline = Instant::now() + REDELIVERY_TIME;
        for sends in 1.. {
            let events = std::slice::from_ref(&event);
            let begun = Instant::now();
            match self.sender.send(&self.url, &self.bot, events).await {
                Some(answer) if answer.status == 200 => {
                    self.took.lock().unwrap().push(begun.elapsed());
                    return sends;
                }
                // The host is away, or its disk is.
                None => {}
                Some(answer) => assert_eq!(answer.status, 503, "{}", answer.text),
            }
            assert!(Instant::now() < deadline, "never acknowledged: {event}");
            event["deliveryContext"]["isRedelivery"] = true.into();
            sleep(POLL).await;
        }
        unreachable!("it is sent until it is acknowledged")
    }

    async fn wait_for_answers(&mut self) {
        let answered = self.said.iter().filter(|it| it.task.is_answered()).count();
        let deadline = Instant::now() + REDELIVERY_TIME;
        while answered > self.seen.1 + AHEAD {
            let (bot, chat) = (&self.bot, &self.user.id);
            let new = self.line.messages(bot, chat, self.seen.0, 1_000).await;
            if let Some(last) = new.last() {
                self.seen = (last["seq"].as_u64().unwrap(), self.seen.1 + new.len());
            }
            assert!(
                Instant::now() < deadline,
                "{answered} events of {chat}, and {} answers",
                self.seen.1
            );
        }
    }
}

impl Summary {
    /// Checks one chat: what was said in it, what the bot sent, and what the journal has, from which
    /// the chat's events are taken.
    fn add(&mut self, said: &[Said], chat: &[Value], states: &mut HashMap<String, Value>) {
        let text = |it: &Value| it["message"]["text"].as_str().unwrap().to_owned();
        let texts: Vec<String> = chat.iter().map(text).collect();
        let (mut expected, mut timers) = (Vec::new(), HashSet::new());
        for (number, Said { id, task, sends }) in said.iter().enumerate() {
            self.acknowledged += 1;
            self.redelivered += sends - 1;
            let event = states.remove(id);
            let event = event.unwrap_or_else(|| panic!("{id} was acknowledged and is gone"));
            match event["state"].as_str() {
                Some("handled") if task.is_answered() => {
                    self.handled += 1;
                    if *task == Task::Timer {
                        timers.insert(format!("{TIMER}{number}"));
                    } else {
                        expected.push(number.to_string());
                    }
                }
                Some("dead") if !task.is_answered() => self.dead += 1,
                _ => panic!("{task:?}: {event}"),
            }
        }
        for sent in chat {
            match sent["via"].as_str() {
                Some("push") => self.pushes += 1,
                Some("reply") => self.replies += 1,
                _ => panic!("{sent}"),
            }
        }
        let distinct: HashSet<_> = texts.iter().collect();
        self.duplicates += texts.len() - distinct.len();
        let lost = expected.iter().chain(&timers);
        let lost = lost.filter(|it| !distinct.contains(it)).count();
        self.lost += lost;
        if texts.len() == distinct.len() && lost == 0 {
            let mut others = texts;
            others.retain(|it| !timers.contains(it));
            assert_eq!(others, expected, "not in order, or not asked for");
        }
    }

    /// Fails unless each event was handled once.
    pub fn check(&self) {
        assert_eq!((self.duplicates, self.lost), (0, 0), "{self}");
        assert_eq!(self.handled + self.dead, self.acknowledged, "{self}");
        assert_eq!(self.pushes + self.replies, self.handled, "{self}");
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            acknowledged,
            redelivered,
            handled,
            dead,
            timers,
            pushes,
            replies,
            repeated,
            duplicates,
            lost,
        } = self;
        write!(
            formatter,
            "{acknowledged} events acknowledged, {redelivered} redelivered, {handled} handled, \
             {dead} dead, {timers} timers, {pushes} pushes, {replies} replies, {repeated} calls repeated, \
             {duplicates} duplicates, {lost} lost"
        )
    }
}
