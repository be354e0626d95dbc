//! A host that can't start says why, in one line: the file, the key and the remedy.

use std::fs;
use std::path::Path;
use std::process::Command;

use botbox_tests::{binary, plugin};

/// What `botbox serve` says before it gives up.
fn refusal(folder: &Path, config: &str) -> String {
    let file = folder.join("botbox.toml");
    fs::write(&file, config).unwrap();
    let output = Command::new(binary())
        .args(["serve", "--config"])
        .arg(&file)
        .env("SET", "a-secret")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("error: "), "{said}");
    said
}

fn channel(plugin: &Path) -> String {
    format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n[[channels]]\nid = \"a\"\nprovider = \"p\"\n\
         secret = {{ env = \"SET\" }}\naccess_token = {{ env = \"SET\" }}\nplugin = \"{}\"\n",
        plugin.display()
    )
}

#[test]
fn configurations_that_are_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let echo = channel(&plugin("echo"));
    let listening = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listening.local_addr().unwrap().to_string();
    for (config, expected) in [
        (
            echo.replace("listen", "listne"),
            "server.listne: unknown key; did you mean `listen`?",
        ),
        (
            echo.replace("\"SET\" }\nplugin", "\"NOT_SET\" }\nplugin"),
            "channels[0].access_token: the environment variable NOT_SET is not set; set it",
        ),
        (
            format!(
                "{echo}{}",
                echo.replace("[server]\nlisten = \"127.0.0.1:0\"\n", "")
            ),
            "channels[1].id: another channel has the id `a` already",
        ),
        (
            echo.replace("127.0.0.1:0", &taken),
            "server.listen: cannot listen on",
        ),
        (String::from("[server\n"), "is not valid TOML"),
        (String::new(), "channels: there is no channel; add one"),
    ] {
        let said = refusal(folder.path(), &config);
        assert!(said.contains(expected), "{said}\nexpected {expected}");
        assert!(said.contains("botbox.toml"), "{said}");
    }
}

#[test]
fn a_missing_configuration_file() {
    let output = Command::new(binary())
        .args(["serve", "--config", "/nowhere/botbox.toml"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let expected = "error: cannot read the configuration file /nowhere/botbox.toml: No such file";
    assert!(said.starts_with(expected), "{said}");
}

/// A word that is no level would silence the log.
#[test]
fn a_log_wish_that_is_not_understood() {
    let output = Command::new(binary())
        .args(["serve", "--config", "/nowhere/botbox.toml"])
        .env("BOTBOX_LOG", "loud")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let expected = "error: BOTBOX_LOG=loud is not understood: give a level (error, warn,";
    assert!(said.starts_with(expected), "{said}");
}
