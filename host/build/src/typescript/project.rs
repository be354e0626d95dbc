//! New bots in TypeScript.

use serde_json::json;

use crate::language::Sdk;
use crate::template::Template;

/// An example of the SDK as a template.
macro_rules! example {
    ($name:literal, $folder:literal, $about:literal, [$($file:literal),+], [$($package:literal),*]) => {
        Template {
            name: $name,
            about: $about,
            files: &[
                ("channel.toml", example!(@ $folder, "channel.toml")),
                (
                    concat!("conversations/", $name, ".yaml"),
                    example!(@ $folder, concat!("conversations/", $name, ".yaml")),
                ),
                $((concat!("src/", $file), example!(@ $folder, $file))),+
            ],
            packages: &[$($package),*],
        }
    };
    (@ $folder:literal, $file:expr) => {
        include_str!(concat!("../../../../sdk-guest/typescript/examples/", $folder, "/", $file))
    };
}

pub(super) const TEMPLATES: &[Template] = &[
    example!(
        "echo",
        "echo",
        "answers texts and stickers with the same",
        ["index.ts", "index.test.ts"],
        []
    ),
    example!(
        "greeter",
        "greeter",
        "greets by name, looks at images, pushes",
        ["index.ts", "index.test.ts"],
        []
    ),
    example!(
        "shop",
        "storefront",
        "shows what it sells in Flex Messages, and keeps a cart",
        [
            "index.ts",
            "index.test.ts",
            "cards.ts",
            "cart.ts",
            "catalogue.ts"
        ],
        ["valibot@1.1.0"]
    ),
    example!(
        "llm",
        "llm",
        "answers by a language model, and remembers what was said",
        ["index.ts", "index.test.ts", "model.ts"],
        []
    ),
];

/// What checks and tests a bot, at the versions that the SDK has.
const TOOLS: [(&str, &str); 2] = [("@types/node", "20.19.43"), ("typescript", "7.0.2")];

/// `package.json` and what else is no source.
pub(super) fn files(name: &str, template: &Template, sdk: &Sdk) -> Vec<(&'static str, String)> {
    vec![
        ("package.json", manifest(name, template, sdk)),
        ("tsconfig.json", compiler()),
        (".gitignore", String::from("/build\n/node_modules\n")),
        ("README.md", readme(name)),
    ]
}

fn manifest(name: &str, template: &Template, sdk: &Sdk) -> String {
    let sdk = match sdk {
        Sdk::Published => String::from(env!("CARGO_PKG_VERSION")),
        Sdk::Folder(folder) => format!("file:{}", folder.display()),
    };
    let mut manifest = json!({
        "name": name,
        "version": "0.1.0",
        "private": true,
        "type": "module",
        "scripts": {"test": "tsc && node --test build/"},
        "dependencies": {"@botbox/sdk": sdk},
        "devDependencies": {},
    });
    for (package, version) in template
        .packages
        .iter()
        .filter_map(|it| it.rsplit_once('@'))
    {
        manifest["dependencies"][package] = version.into();
    }
    for (package, version) in TOOLS {
        manifest["devDependencies"][package] = version.into();
    }
    format!("{manifest:#}\n")
}

fn compiler() -> String {
    let options = json!({
        "compilerOptions": {
            "strict": true,
            "target": "es2023",
            "lib": ["es2024"],
            "types": ["node"],
            "module": "nodenext",
            "rootDir": "src",
            "outDir": "build",
            "skipLibCheck": true,
        },
        "include": ["src"],
    });
    format!("{options:#}\n")
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
| `npm test` | checks types, and runs the tests beside the sources: they need no host |
| `botbox build` | makes the plugin, and tells its size and the grants that it needs |

`channel.toml` is what the bot's channel has in the host's configuration: grants, limits, `[channels.config]`.
"
    )
}
