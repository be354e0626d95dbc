//! What a real channel is used with. It is never an argument, which others on the machine can see.

use std::env;
use std::io::{self, IsTerminal as _};

use anyhow::{Context as _, bail};
use botbox_line::secrecy::SecretString;

use crate::hidden_input;

/// The variables that LINE's SDKs have in their examples.
const SECRET: Credential = Credential {
    variable: "LINE_CHANNEL_SECRET",
    name: "the channel secret",
};
const TOKEN: Credential = Credential {
    variable: "LINE_CHANNEL_ACCESS_TOKEN",
    name: "the channel access token",
};

/// The secret and the access token of a channel.
pub(super) struct Credentials {
    pub(super) secret: SecretString,
    pub(super) token: SecretString,
}

struct Credential {
    variable: &'static str,
    name: &'static str,
}

impl Credentials {
    /// Those of the environment; a terminal is asked for what is not there.
    pub(super) fn read() -> anyhow::Result<Self> {
        Ok(Self {
            secret: SECRET.read()?,
            token: TOKEN.read()?,
        })
    }
}

impl Credential {
    fn read(&self) -> anyhow::Result<SecretString> {
        let Self { variable, name } = self;
        let given = match env::var(variable) {
            Ok(given) => given,
            Err(env::VarError::NotUnicode(_)) => bail!("{variable} is not UTF-8"),
            Err(env::VarError::NotPresent) if io::stdin().is_terminal() => {
                let asked = hidden_input::read_line(&format!("type {name}, which is not shown:"));
                asked.with_context(|| format!("cannot read {name} from the terminal"))?
            }
            Err(env::VarError::NotPresent) => bail!(
                "{name} is not known: set {variable}, or run this in a terminal, which asks for it"
            ),
        };
        let given = given.trim();
        if given.is_empty() {
            bail!("{name} is empty: it is in the LINE Developers Console");
        }
        Ok(given.into())
    }
}
