//! New bots in C.

use crate::language::Sdk;
use crate::template::Template;

/// An example of the SDK as a template.
macro_rules! example {
    ($name:literal, $about:literal) => {
        Template {
            name: $name,
            about: $about,
            files: &[
                ("bot.c", example!(@ $name, "bot.c")),
                ("test_bot.c", example!(@ $name, "test_bot.c")),
                ("channel.toml", example!(@ $name, "channel.toml")),
            ],
            packages: &[],
        }
    };
    (@ $name:literal, $file:literal) => {
        include_str!(concat!("../../../../sdk-guest/c/examples/", $name, "/", $file))
    };
}

pub(super) const TEMPLATES: &[Template] = &[
    example!("echo", "answers texts and stickers with the same"),
    example!("greeter", "greets by name, looks at images, pushes"),
];

/// What is no source.
pub(super) fn files(name: &str, _: &Template, sdk: &Sdk) -> Vec<(&'static str, String)> {
    vec![
        ("Makefile", makefile(sdk)),
        (".gitignore", String::from("/build\n")),
        ("README.md", readme(name)),
    ]
}

fn makefile(sdk: &Sdk) -> String {
    let sdk = match sdk {
        Sdk::Published => String::from("$(shell pkg-config --variable=sdk botbox)"),
        // make has spaces and dollars for itself.
        Sdk::Folder(folder) => folder.display().to_string().replace('$', "$$"),
    };
    format!(
        "\
# Where the SDK is; `$(shell pkg-config --variable=sdk botbox)` where it is installed.
SDK = {sdk}
# Files in C (.c) or C++ (.cpp).
SOURCES = bot.c
TESTS = test_bot.c

include $(SDK)/bot.mk
"
    )
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
| `make test` | runs the tests, which need no host |

`channel.toml` is what the bot's channel has in the host's configuration: grants, limits, `[channels.config]`.
"
    )
}
