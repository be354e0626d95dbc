//! Compiled plugins are kept, and trusted only as far as they can be.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use botbox_tests::{Channel, Host, Line, binary};

async fn serves_from(data: &std::path::Path) {
    let line = Line::start().await;
    let bot = line.bot("Echo").await;
    let _host = Host::beside(&line)
        .data(data)
        .channel(Channel::new("bot", &bot, "echo"))
        .start(&line)
        .await;
    let user = line.user("Aiko").await;
    assert_eq!(line.ask(&bot, &user, "hello").await, "hello");
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

    let whole = fs::read(&artefact).unwrap();
    fs::remove_file(&artefact).unwrap();
    fs::write(&artefact, &whole[..whole.len() / 2]).unwrap();
    serves_from(folder.path()).await;
    assert_eq!(fs::read(&artefact).unwrap().len(), whole.len());
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
