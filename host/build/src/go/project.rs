//! New bots in Go.

use crate::language::Sdk;
use crate::template::Template;

/// An example of the SDK as a template.
macro_rules! example {
    ($name:literal, $about:literal) => {
        Template {
            name: $name,
            about: $about,
            files: &[
                ("bot.go", example!(@ $name, "bot.go")),
                ("bot_test.go", example!(@ $name, "bot_test.go")),
                ("channel.toml", example!(@ $name, "channel.toml")),
            ],
            packages: &[],
        }
    };
    (@ $name:literal, $file:literal) => {
        include_str!(concat!("../../../../sdk-guest/go/examples/", $name, "/", $file))
    };
}

pub(super) const TEMPLATES: &[Template] = &[
    example!("echo", "answers texts and stickers with the same"),
    example!("greeter", "greets by name, looks at images, pushes"),
    example!(
        "primes",
        "finds primes by goroutines, as long as there is time"
    ),
];

/// What is no source.
pub(super) fn files(name: &str, _: &Template, sdk: &Sdk) -> Vec<(&'static str, String)> {
    vec![
        ("go.mod", module(name, sdk)),
        (".gitignore", String::from("/build\n")),
        ("README.md", readme(name)),
    ]
}

fn module(name: &str, sdk: &Sdk) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let replaced = match sdk {
        Sdk::Published => String::new(),
        Sdk::Folder(folder) => format!(
            "\n// The SDK of a checkout of botbox.\nreplace botbox.dev/go => {:?}\n",
            folder.display().to_string()
        ),
    };
    format!("module {name}\n\ngo 1.24\n\nrequire botbox.dev/go v{version}\n{replaced}")
}

fn readme(name: &str) -> String {
    format!(
        "\
# {name}

A LINE bot on botbox.

| command | does |
| --- | --- |
| `botbox dev` | opens a chat with the bot in the browser, and has every save answer the next message |
| `botbox build` | makes the plugin, and tells its size and the grants that it needs |
| `go test` | runs the tests, which need no host |

`channel.toml` is what the bot's channel has in the host's configuration: grants, limits, `[channels.config]`.
"
    )
}
