//! A hostile component, what it does, and what it gets.

use std::fs;
use std::sync::LazyLock;

use botbox_tests::plugin;
use serde_json::{Value, json};

use super::module::Module;

/// How many events each is sent, in chats of their own, unless it has commands of its own.
const EVENTS: usize = 4;

/// A hostile component, or a component that was told to be hostile in one way.
pub(crate) struct Hostile {
    /// Its name in the corpus.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) does: &'static str,
    pub(crate) component: Component,
    /// What is not as in [`LIMITS`](Self::limits).
    pub(crate) deadline_ms: u32,
    pub(crate) got: Got,
}

/// What it is made of.
pub(crate) enum Component {
    /// The text of a component.
    Text(fn() -> String),
    /// A core module, which becomes a component that has the handler's types.
    Module(Module),
    /// The guest `hostile`, and what it is told: in each event the same, or each of these in one event.
    Guest(&'static [&'static str]),
}

/// What it gets from the host.
#[derive(Clone, Copy)]
pub(crate) enum Got {
    /// The host refuses it before its first event, with these words.
    Refused(&'static str),
    /// Its event is a dead letter after one attempt, for a reason with these words.
    Ended(&'static str),
    /// Its event is handled, and it was told so.
    Told(&'static str),
}

impl Hostile {
    pub(crate) fn new(
        name: &'static str,
        does: &'static str,
        component: Component,
        got: Got,
    ) -> Self {
        Self {
            name,
            does,
            component,
            deadline_ms: 10_000,
            got,
        }
    }

    /// With so little time by the clock.
    pub(crate) fn within(mut self, deadline_ms: u32) -> Self {
        self.deadline_ms = deadline_ms;
        self
    }

    /// The component itself.
    pub(crate) fn wasm(&self) -> Vec<u8> {
        static GUEST: LazyLock<Vec<u8>> =
            LazyLock::new(|| fs::read(plugin("hostile")).expect("it is built"));
        match &self.component {
            Component::Text(text) => wat::parse_str(text()).expect(self.name),
            Component::Module(module) => module.component(self.name),
            Component::Guest(_) => GUEST.clone(),
        }
    }

    /// The limits of its deployment: those that every deployment has, but for the time that the test has.
    pub(crate) fn limits(&self) -> Value {
        json!({"cpu_ms": 300, "deadline_ms": self.deadline_ms})
    }

    /// What its users write.
    pub(crate) fn texts(&self, api: &str) -> Vec<String> {
        let texts = match self.component {
            Component::Guest(commands) => commands,
            Component::Text(_) | Component::Module(_) => &["hello"],
        };
        // A page of the stand-in for LINE, by its address and by a name.
        let (_, port) = api.rsplit_once(':').expect("a port");
        let here = |text: &&str| {
            text.replace("HERE", &format!("127.0.0.1:{port}"))
                .replace("NAME", &format!("localhost:{port}"))
        };
        let count = texts.len().max(EVENTS);
        texts.iter().map(here).cycle().take(count).collect()
    }
}

impl Got {
    /// As the page has it.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Refused("") => String::from("refused"),
            Self::Refused(why) => format!("refused: {why}"),
            Self::Ended(why) => format!("ended: {why}"),
            Self::Told("") => String::from("handled, to no effect"),
            Self::Told(what) => format!("handled, and told: {what}"),
        }
    }
}
