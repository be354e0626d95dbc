//! The host's configuration.

use std::fmt::Write as _;
use std::path::Path;

use super::simulator::Bot;

pub(super) fn toml(line: &str, plugins: &Path, bots: &[Bot]) -> String {
    let mut toml = format!(
        "\
[server]
listen = \"127.0.0.1:0\"

[line]
api_base = \"{line}\"
data_api_base = \"{line}\"

[store]
url = \"sqlite:./data\"
"
    );
    for bot in bots {
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
grants = {grants:?}
",
            name = bot.name,
            secret = secret_variable(bot),
            token = token_variable(bot),
            plugin = plugins.join(format!("{}.wasm", bot.name)).display(),
            grants = grants(bot),
        );
    }
    toml
}

pub(super) fn secret_variable(bot: &Bot) -> String {
    format!("{}_SECRET", bot.name.to_uppercase())
}

pub(super) fn token_variable(bot: &Bot) -> String {
    format!("{}_TOKEN", bot.name.to_uppercase())
}

fn grants(bot: &Bot) -> &'static [&'static str] {
    match bot.name {
        "greeter" => &["reply", "push", "profile", "content"],
        _ => &["reply"],
    }
}
