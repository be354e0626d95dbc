//! The host's configuration.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::simulator::Bot;

/// Each bot has a channel with its example's `channel.toml`.
pub(super) fn toml(
    line: &str,
    plugins: &Path,
    examples: &Path,
    bots: &[Bot],
) -> anyhow::Result<String> {
    let mut toml = format!(
        "\
[server]
listen = \"127.0.0.1:0\"

[line]
api_base = \"{line}\"
data_api_base = \"{line}\"
access_base = \"{line}\"

[store]
url = \"sqlite:./data\"
"
    );
    for bot in bots {
        let needs = examples.join(&bot.name).join("channel.toml");
        let needs = fs::read_to_string(&needs)
            .with_context(|| format!("cannot read {}", needs.display()))?;
        // Writing to a string does not fail.
        let _ = write!(
            toml,
            "
[[channels]]
id = \"{name}\"
provider = \"demo\"
secret = {{ env = \"{secret}\" }}
access_token = {{ env = \"{token}\" }}
plugin = '{plugin}'
{needs}",
            name = bot.name,
            secret = secret_variable(bot),
            token = token_variable(bot),
            plugin = plugins.join(format!("{}.wasm", bot.name)).display(),
        );
    }
    Ok(toml)
}

pub(super) fn secret_variable(bot: &Bot) -> String {
    format!("{}_SECRET", bot.name.to_uppercase())
}

pub(super) fn token_variable(bot: &Bot) -> String {
    format!("{}_TOKEN", bot.name.to_uppercase())
}
