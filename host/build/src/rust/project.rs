//! New bots in Rust.

use std::fmt::Write as _;

use crate::language::Sdk;
use crate::template::Template;

/// An example of this repository as a template.
macro_rules! example {
    ($name:literal, $about:literal, [$($file:literal),+], [$($package:literal),*]) => {
        Template {
            name: $name,
            about: $about,
            files: &[$((
                $file,
                include_str!(concat!("../../../../plugins/", $name, "/", $file)),
            )),+],
            packages: &[$($package),*],
        }
    };
}

pub(super) const TEMPLATES: &[Template] = &[
    example!(
        "echo",
        "answers texts and stickers with the same",
        ["src/lib.rs", "channel.toml", "conversations/echo.yaml"],
        []
    ),
    example!(
        "greeter",
        "greets by name, looks at images, pushes",
        ["src/lib.rs", "channel.toml", "conversations/greeter.yaml"],
        []
    ),
    example!(
        "shop",
        "takes orders: Flex Messages, a time picker, a receipt",
        [
            "src/lib.rs",
            "src/cards.rs",
            "src/catalogue.rs",
            "src/order.rs",
            "channel.toml",
            "conversations/shop.yaml"
        ],
        []
    ),
    example!(
        "llm",
        "answers by a language model, and remembers what was said",
        [
            "src/lib.rs",
            "src/model.rs",
            "channel.toml",
            "conversations/llm.yaml"
        ],
        [
            "serde = { version = \"1\", features = [\"derive\"] }",
            "serde_json = \"1\""
        ]
    ),
];

/// `Cargo.toml` and what else is no source.
pub(super) fn files(name: &str, template: &Template, sdk: &Sdk) -> Vec<(&'static str, String)> {
    vec![
        ("Cargo.toml", manifest(name, template, sdk)),
        (".gitignore", String::from("/target\n")),
        ("README.md", readme(name)),
    ]
}

fn manifest(name: &str, template: &Template, sdk: &Sdk) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let sdk = match sdk {
        Sdk::Published => format!(
            "# From crates.io. Of a checkout of botbox instead: {{ path = \"CHECKOUT/sdk-guest/rust\" }}\n\
             botbox-sdk = \"{version}\"\n"
        ),
        // TOML's basic strings are escaped as Rust's debug format does.
        Sdk::Folder(folder) => format!(
            "# Of a checkout of botbox. From crates.io instead, once it is there: \"{version}\"\n\
             botbox-sdk = {{ path = {:?} }}\n",
            folder.display().to_string()
        ),
    };
    let mut manifest = format!(
        "\
[package]
name = \"{name}\"
version = \"0.1.0\"
edition = \"2024\"
publish = false

[lib]
crate-type = [\"cdylib\"]

[dependencies]
{sdk}"
    );
    for package in template.packages {
        // Writing to a string does not fail.
        let _ = writeln!(manifest, "{package}");
    }
    manifest.push_str("\n# A workspace of its own, wherever the folder lies.\n[workspace]\n");
    manifest
}

fn readme(name: &str) -> String {
    format!(
        "\
# {name}

A LINE bot on botbox.

| command | does |
| --- | --- |
| `botbox dev` | opens a chat with the bot in the browser, and has every save answer the next message |
| `botbox test` | plays the conversations of the folder `conversations` with the bot |
| `cargo test` | runs the tests beside the sources: they need no host |
| `botbox build` | makes the plugin, and tells its size and the grants that it needs |

`channel.toml` is what the bot's channel has in the host's configuration: grants, limits, `[channels.config]`.
"
    )
}
