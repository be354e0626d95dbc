//! New bots in Python.

use std::fmt::Write as _;

use crate::language::Sdk;
use crate::template::Template;

/// An example of the SDK as a template.
macro_rules! example {
    ($name:literal, $about:literal, [$($package:literal),*]) => {
        Template {
            name: $name,
            about: $about,
            files: &[
                ("bot.py", example!(@ $name, "bot.py")),
                ("channel.toml", example!(@ $name, "channel.toml")),
                (
                    concat!("conversations/", $name, ".yaml"),
                    example!(@ $name, concat!("conversations/", $name, ".yaml")),
                ),
            ],
            packages: &[$($package),*],
        }
    };
    (@ $name:literal, $file:expr) => {
        include_str!(concat!("../../../../sdk-guest/python/examples/", $name, "/", $file))
    };
}

pub(super) const TEMPLATES: &[Template] = &[
    example!("echo", "answers texts and stickers with the same", []),
    example!("greeter", "greets by name, looks at images, pushes", []),
    example!(
        "llm",
        "answers by a language model, and remembers what was said",
        []
    ),
    example!(
        "reminder",
        "reads times that people write, and reminds them then",
        ["humanize==4.17.0", "python-dateutil==4.0.0"]
    ),
];

/// The tests of the examples, which name their folders.
const TESTS: [(&str, &str); 4] = [
    ("echo", example!(@ "echo", "test_echo.py")),
    ("greeter", example!(@ "greeter", "test_greeter.py")),
    ("llm", example!(@ "llm", "test_llm.py")),
    ("reminder", example!(@ "reminder", "test_reminder.py")),
];

/// What tests a bot.
const PYTEST: &str = "pytest==9.2.0";

/// What is no source, and the tests.
pub(super) fn files(name: &str, template: &Template, sdk: &Sdk) -> Vec<(&'static str, String)> {
    let tests = TESTS.iter().find(|(example, _)| *example == template.name);
    let tests = tests.map_or("", |(_, tests)| tests);
    let in_example = format!("from {}.bot import", template.name);
    vec![
        ("test_bot.py", tests.replace(&in_example, "from bot import")),
        ("requirements.txt", requirements(template)),
        ("requirements-dev.txt", tools(sdk)),
        ("pyproject.toml", String::from(PYPROJECT)),
        (".gitignore", String::from("/.venv\n/build\n__pycache__\n")),
        ("README.md", readme(name)),
    ]
}

const PYPROJECT: &str = "\
[tool.pytest.ini_options]
pythonpath = [\".\"]
";

fn requirements(template: &Template) -> String {
    let mut list =
        String::from("# Packages of PyPI that the bot uses: those that are Python alone work.\n");
    for package in template.packages {
        // Writing to a string does not fail.
        let _ = writeln!(list, "{package}");
    }
    list
}

fn tools(sdk: &Sdk) -> String {
    let sdk = match sdk {
        Sdk::Published => format!("botbox-sdk[build]=={}", env!("CARGO_PKG_VERSION")),
        Sdk::Folder(folder) => format!("-e {}[build]", folder.display()),
    };
    format!("# What builds and tests the bot.\n{sdk}\n{PYTEST}\n")
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
| `botbox test` | plays the conversations of the folder `conversations` with the bot |
| `.venv/bin/pytest` | runs the tests, which need no host; `botbox build` makes `.venv` |

`channel.toml` is what the bot's channel has in the host's configuration: grants, limits, `[channels.config]`.
"
    )
}
