//! Compiled plugins are kept, and trusted only as far as they can be.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use botbox_tests::{Channel, Host, Line, binary};

async fn serves_from(data: &std::path::Path) {
    let line = Line::start().await;
    let bot = line.bot("Echo").await;
    let host = Host::beside(&line)
        .data(data)
        .channel(Channel::new("bot", &bot, "echo"))
        .start(&line)
        .await;
    let user = line.user("Aiko").await;
    assert_eq!(line.ask(&bot, &user, "hello").await, "hello");
    // The folder is free when it has ended.
    host.kill().await;
}

fn artefact(data: &std::path::Path) -> PathBuf {
    let mut entries = fs::read_dir(data.join("artefacts")).unwrap();
    let entry = entries.next().unwrap().unwrap().path();
    assert!(entries.next().is_none(), "one plugin, one artefact");
    entry
}

#[tokio::test]
async fn a_plugin_is_compiled_once_and_a_damaged_artefact_anew() {
    let folder = tempfile::tempdir().unwrap();
    serves_from(folder.path()).await;
    let artefact = artefact(folder.path());
    let made = fs::metadata(&artefact).unwrap().modified().unwrap();
    let mode = fs::metadata(artefact.parent().unwrap())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);

    serves_from(folder.path()).await;
    assert_eq!(fs::metadata(&artefact).unwrap().modified().unwrap(), made);

    // Cut, as by a full disk, or with a flipped bit, as by a failing one: what was run would end the
    // host.
    let whole = fs::read(&artefact).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0x10;
    for damaged in [&whole[..whole.len() / 2], &flipped, b""] {
        fs::remove_file(&artefact).unwrap();
        fs::write(&artefact, damaged).unwrap();
        serves_from(folder.path()).await;
        assert_eq!(fs::read(&artefact).unwrap(), whole);
    }
}

/// What a killed host left unfinished, what another engine made, and what no channel runs any more.
#[tokio::test]
async fn what_nobody_needs_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    serves_from(folder.path()).await;
    let needed = artefact(folder.path());
    let artefacts = folder.path().join("artefacts");
    let name = needed.file_name().unwrap().to_str().unwrap();
    let (digest, _) = name.split_once('-').unwrap();
    for left in [
        format!("{digest}-0123456789abcdef.cwasm"),
        name.replace(digest, &"0".repeat(64)),
        String::from(".compiling-a1b2c3"),
    ] {
        fs::write(artefacts.join(left), "left").unwrap();
    }
    let line = Line::start().await;
    let bot = line.bot("Echo").await;
    let host = Host::beside(&line)
        .data(folder.path())
        .channel(Channel::new("bot", &bot, "echo"))
        .start(&line)
        .await;
    let removed = host.log.expect("compiled plugins that nobody needs").await;
    assert_eq!(removed["removed"], 3, "{removed}");
    assert_eq!(artefact(folder.path()), needed);
}

/// Who can write there runs code in the host.
#[tokio::test]
async fn a_folder_that_others_can_write_to_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    serves_from(folder.path()).await;
    let artefacts = folder.path().join("artefacts");
    fs::set_permissions(&artefacts, fs::Permissions::from_mode(0o777)).unwrap();
    let config = folder.path().join("botbox.toml");
    fs::write(folder.path().join("secret"), "s").unwrap();
    fs::write(
        &config,
        "[store]\nurl = \"sqlite:.\"\n[[channels]]\nid = \"a\"\nprovider = \"p\"\n\
         secret = { file = \"secret\" }\naccess_token = { file = \"secret\" }\nplugin = \"x.wasm\"",
    )
    .unwrap();
    let output = std::process::Command::new(binary())
        .args(["serve", "--config"])
        .arg(&config)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("must be the host's own"),
        "{said}"
    );
}
