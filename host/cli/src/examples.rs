//! Examples for the help of commands that have none of their own. A test holds each of them to what the command
//! takes.

use clap::Command;

/// Of each command, a line for each example.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "serve",
        &[
            "botbox serve",
            "botbox serve --config /etc/botbox/botbox.toml",
        ],
    ),
    (
        "check",
        &[
            "botbox check",
            "botbox check --config /etc/botbox/botbox.toml",
        ],
    ),
    (
        "simulator",
        &[
            "botbox simulator",
            "botbox simulator --listen 127.0.0.1:9000 --seed state.json",
            "botbox simulator --keep state.json",
            "botbox simulator --https 127.0.0.1:8443 --certificates simulator-ca",
        ],
    ),
    (
        "new",
        &[
            "botbox new my-bot",
            "botbox new my-bot --lang typescript --template greeter",
        ],
    ),
    ("build", &["botbox build", "botbox build my-bot"]),
    (
        "dev",
        &[
            "botbox dev",
            "botbox dev my-bot.wasm --no-open --keep chats.json",
            "botbox dev --live my-shop --public-url https://example.trycloudflare.com",
        ],
    ),
    (
        "test",
        &["botbox test", "botbox test my-bot --filter order --bless"],
    ),
    (
        "record",
        &["botbox record shop --output monday.json --scrub"],
    ),
    (
        "replay",
        &[
            "botbox replay monday.json --plugin my-bot.wasm",
            "botbox replay monday.json --plugin my-bot --against old.wasm",
        ],
    ),
    (
        "journal list",
        &[
            "botbox journal list --channel shop --state dead",
            "botbox journal list --since 1h --json",
        ],
    ),
    (
        "journal show",
        &["botbox journal show shop 01HV5XDG5C3ZJ5V9WC1KFM8Q0D"],
    ),
    ("journal stats", &["botbox journal stats"]),
    (
        "dead-letters list",
        &["botbox dead-letters list --channel shop --since 1d"],
    ),
    (
        "dead-letters show",
        &["botbox dead-letters show shop 01HV5XDG5C3ZJ5V9WC1KFM8Q0D"],
    ),
    (
        "dead-letters replay",
        &[
            "botbox dead-letters replay --channel shop --deployment current",
            "botbox dead-letters replay --all",
        ],
    ),
    (
        "dead-letters discard",
        &["botbox dead-letters discard --channel shop --until 2026-01-01T00:00:00Z"],
    ),
    ("backup", &["botbox backup /backups/monday"]),
    ("provider list", &["botbox provider list"]),
    ("provider show", &["botbox provider show acme"]),
    ("provider add", &["botbox provider add acme --weight 2"]),
    (
        "provider set",
        &[
            "botbox provider set acme --ceiling memory_mib=64 --ceiling grants=reply,push",
            "botbox provider set acme --ceiling memory_mib=none",
        ],
    ),
    ("provider delete", &["botbox provider delete acme --yes"]),
    ("channel list", &["botbox channel list"]),
    ("channel show", &["botbox channel show shop"]),
    (
        "channel add",
        &["botbox channel add shop --provider acme --channel-id 1650000000"],
    ),
    ("channel set", &["botbox channel set shop --weight 3"]),
    (
        "channel set-webhook",
        &[
            "botbox channel set-webhook shop",
            "botbox channel set-webhook shop --url https://bots.example.com/webhook/shop",
        ],
    ),
    ("channel delete", &["botbox channel delete shop --yes"]),
    ("secret list", &["botbox secret list shop"]),
    (
        "secret set",
        &[
            "botbox secret set shop channel-secret",
            "botbox secret set shop access-token --file token.txt",
        ],
    ),
    (
        "secret delete",
        &["botbox secret delete shop channel-secret-2 --yes"],
    ),
    ("plugin list", &["botbox plugin list"]),
    ("plugin show", &["botbox plugin show 5f0d…"]),
    ("plugin upload", &["botbox plugin upload my_bot.wasm"]),
    (
        "deployment list",
        &["botbox deployment list shop --limit 5"],
    ),
    ("deployment show", &["botbox deployment show shop 7"]),
    ("traffic show", &["botbox traffic show shop"]),
    ("traffic switches", &["botbox traffic switches shop"]),
    (
        "traffic set",
        &[
            "botbox traffic set shop --stable 7",
            "botbox traffic set shop --canary 8 --percent 10 --reason trial",
        ],
    ),
    (
        "traffic promote",
        &["botbox traffic promote shop --reason good"],
    ),
    ("traffic abort", &["botbox traffic abort shop"]),
    (
        "rollback",
        &[
            "botbox rollback shop",
            "botbox rollback shop --to 6 --reason slow",
        ],
    ),
    ("token list", &["botbox token list"]),
    (
        "token add",
        &[
            "botbox token add ci --role deploy --provider acme --expires 90d",
            "botbox token add grafana --role read",
        ],
    ),
    ("token revoke", &["botbox token revoke ci"]),
    ("audit", &["botbox audit --channel shop --limit 20"]),
    ("reload", &["botbox reload"]),
    ("timer list", &["botbox timer list shop"]),
    ("timer cancel", &["botbox timer cancel shop TIMER"]),
    ("link list", &["botbox link list shop"]),
    ("link remove", &["botbox link remove shop USER --yes"]),
    ("quota", &["botbox quota shop"]),
    ("beacon list", &["botbox beacon list shop"]),
    ("beacon visits", &["botbox beacon visits shop"]),
    (
        "beacon frame",
        &["botbox beacon frame --hwid 0123456789 --message door-1"],
    ),
];

/// Adds the examples to the help of a command and of those below it.
pub(crate) fn add(command: Command) -> Command {
    add_below(command, "")
}

fn add_below(command: Command, path: &str) -> Command {
    let names: Vec<_> = command
        .get_subcommands()
        .map(|it| it.get_name().to_owned())
        .collect();
    names.into_iter().fold(command, |command, name| {
        let path = format!("{path} {name}");
        command.mut_subcommand(name, |it| with_own(add_below(it, &path), path.trim_start()))
    })
}

fn with_own(command: Command, path: &str) -> Command {
    match EXAMPLES.iter().find(|(of, _)| *of == path) {
        Some((_, lines)) => command.after_help(format!("Examples:\n  {}", lines.join("\n  "))),
        None => command,
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::*;
    use crate::Arguments;

    #[test]
    fn every_command_has_examples() {
        let lacking = lacking(&add(Arguments::command()), "");
        assert!(lacking.is_empty(), "without examples: {lacking:?}");
    }

    /// The visible commands without any below them that have no examples.
    fn lacking(command: &Command, path: &str) -> Vec<String> {
        let below = command.get_subcommands().filter(|it| !it.is_hide_set());
        let below: Vec<_> = below.collect();
        if below.is_empty() {
            let help = command.get_after_help().map(ToString::to_string);
            let has_some = help.is_some_and(|it| it.contains("Examples:\n"));
            return if has_some {
                vec![]
            } else {
                vec![path.to_owned()]
            };
        }
        let below = below.into_iter();
        below
            .flat_map(|it| lacking(it, format!("{path} {}", it.get_name()).trim_start()))
            .collect()
    }

    #[test]
    fn each_example_is_taken() {
        for (path, lines) in EXAMPLES {
            for line in *lines {
                let words = format!("botbox {path}");
                assert!(line.starts_with(&words), "{line} is no example of {path}");
                let taken = Arguments::try_parse_from(line.split(' '));
                assert!(taken.is_ok(), "{line}: {}", taken.err().unwrap());
            }
        }
    }
}
