//! A language model behind the API of OpenAI's chat completions, which many services have.

use botbox_sdk::http;
use botbox_sdk::prelude::*;
use serde::{Deserialize, Serialize};

/// A model, as the operator configured it.
pub(crate) struct Model {
    url: String,
    model: String,
    /// Empty where the service wants none.
    key: String,
    instructions: Option<String>,
}

/// What somebody said.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Turn {
    role: Role,
    content: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    System,
    User,
    Assistant,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    messages: Vec<Turn>,
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Turn,
}

impl Turn {
    pub(crate) fn user(content: impl Into<String>) -> Self {
        Self::by(Role::User, content)
    }

    pub(crate) fn assistant(content: impl Into<String>) -> Self {
        Self::by(Role::Assistant, content)
    }

    fn by(role: Role, content: impl Into<String>) -> Self {
        let content = content.into();
        Self { role, content }
    }
}

impl Model {
    pub(crate) fn configured() -> Result<Self> {
        let needed = |key: &str| {
            let value = botbox_sdk::config(key);
            value.ok_or_else(|| Failure::reject(format!("[channels.config] has no `{key}`")))
        };
        Ok(Self {
            url: needed("url")?,
            model: needed("model")?,
            key: botbox_sdk::config("key").unwrap_or_default(),
            instructions: botbox_sdk::config("instructions"),
        })
    }

    /// What the model says next.
    pub(crate) fn answer(&self, talk: &[Turn]) -> Result<String> {
        let instructions = self.instructions.clone().into_iter();
        let instructions = instructions.map(|text| Turn::by(Role::System, text));
        let mut request = http::post(&self.url).json(&Request {
            model: &self.model,
            messages: instructions.chain(talk.iter().cloned()).collect(),
        });
        if !self.key.is_empty() {
            request = request.bearer(&self.key);
        }
        let completion: Completion = request.send()?.success()?.json()?;
        let first = completion.choices.into_iter().next();
        let first = first.ok_or_else(|| Failure::reject("the model has nothing to say"))?;
        Ok(first.message.content)
    }
}
