//! The control plane by the command: what people see, what programs read, and what scripts are told.

use std::fs;
use std::process::Stdio;

use botbox_tests::{ADMIN_TOKEN, PATIENCE, binary, plugin};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use super::api::Stage;
use super::plugin_logs::lines;

/// What a command said, and how it ended.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Gives a command, with something to read.
async fn give(stage: &Stage, arguments: &[&str], input: &str) -> Said {
    let mut command = Command::new(binary())
        .args(arguments)
        .current_dir(stage.folder.path())
        .env("BOTBOX_ADMIN_URL", &stage.host.admin_url)
        .env("BOTBOX_ADMIN_TOKEN", ADMIN_TOKEN)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = command.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).await.unwrap();
    drop(stdin);
    let output = timeout(PATIENCE, command.wait_with_output());
    let output = output.await.unwrap().unwrap();
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// What a command prints that must succeed.
async fn out(stage: &Stage, command: &str) -> String {
    let arguments: Vec<_> = command.split(' ').collect();
    let said = give(stage, &arguments, "").await;
    assert_eq!(said.code, Some(0), "{command}: {}{}", said.out, said.err);
    said.out
}

/// The lines of JSON that a command prints.
async fn json(stage: &Stage, command: &str) -> Vec<Value> {
    let out = out(stage, &format!("{command} --json")).await;
    let lines = out.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

async fn refused(stage: &Stage, command: &str, code: i32, words: &str) {
    let arguments: Vec<_> = command.split(' ').collect();
    let said = give(stage, &arguments, "").await;
    assert_eq!(said.code, Some(code), "{command}: {}{}", said.out, said.err);
    assert!(
        said.err.contains(words),
        "{command}: {}\nexpected {words}",
        said.err
    );
}

/// A stage whose channel `shop` has secrets and no deployment.
async fn stage() -> (Stage, botbox_tests::Bot) {
    let stage = Stage::new().await;
    stage.provider("acme").await;
    let bot = stage.channel("acme", "shop").await;
    fs::copy(plugin("probe"), stage.folder.path().join("probe.wasm")).unwrap();
    (stage, bot)
}

fn document(stage: &Stage, name: &str) {
    let text = format!("grants = [\"reply\"]\n[config]\nname = \"{name}\"\n");
    fs::write(stage.folder.path().join("bot.toml"), text).unwrap();
}

#[tokio::test]
async fn a_plugin_is_deployed_tried_promoted_and_rolled_back() {
    let (stage, bot) = stage().await;
    let deploy = "deploy probe.wasm --channel shop --allow-missing";
    document(&stage, "one");
    refused(
        &stage,
        "deploy probe.wasm --channel shop --document bot.toml",
        6,
        "imports what the deployment does not grant: ",
    )
    .await;
    refused(
        &stage,
        &format!("{deploy} --canary 10"),
        1,
        "leave out --canary",
    )
    .await;
    let checked = out(&stage, &format!("{deploy} --document bot.toml --dry-run")).await;
    assert!(checked.contains("grants      +reply\n"), "{checked}");
    assert!(checked.contains("not granted "), "{checked}");
    assert!(json(&stage, "deployment list shop").await.is_empty());
    let deployed = out(&stage, &format!("{deploy} --document bot.toml")).await;
    assert!(
        deployed.contains("deployed    deployment 1 serves all chats"),
        "{deployed}"
    );
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");

    // Without a document, the one that serves; a grant alone replaces its grants.
    let granted = out(
        &stage,
        &format!("{deploy} --grant reply --grant http=https://a.example --canary 99"),
    )
    .await;
    assert!(granted.contains("grants      +http\n"), "{granted}");
    let shown = json(&stage, "deployment show shop 2").await.remove(0);
    let expected = serde_json::json!(["reply", {"http": ["https://a.example"]}]);
    assert_eq!(shown["document"]["grants"], expected, "{shown}");
    assert_eq!(shown["document"]["config"]["name"], "one", "{shown}");
    let traffic = json(&stage, "traffic show shop").await.remove(0);
    assert_eq!(traffic["stable"], 1, "{traffic}");
    assert_eq!(traffic["canary"]["percent"], 99, "{traffic}");
    out(&stage, "traffic abort shop").await;
    refused(&stage, "traffic promote shop", 1, "has no canary").await;
    document(&stage, "three");
    out(&stage, &format!("{deploy} --document bot.toml --canary 1")).await;
    out(&stage, "traffic promote shop --reason good").await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "three");

    let back = out(&stage, "rollback shop").await;
    let expected = "deployment 1 serves all chats; pinned; rolled back from deployment 3\n";
    assert_eq!(back, expected);
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "one");
    let pinned = "the traffic is pinned, because \"rolled back from deployment 3\"";
    refused(&stage, "traffic set shop --stable 3", 4, pinned).await;
    refused(&stage, deploy, 4, "deployment 4 is made and serves nobody").await;
    out(&stage, "rollback shop --to 4 --reason mended").await;
    let switches = json(&stage, "traffic switches shop --limit 2").await;
    assert_eq!(switches.len(), 2, "{switches:?}");
    assert_eq!(switches[0]["reason"], "mended");
    out(&stage, "traffic set shop --stable 3 --unpin").await;
    assert_eq!(stage.line.ask(&bot, &stage.user, "which").await, "three");
    let told = json(&stage, deploy).await.remove(0);
    assert_eq!(told["deployment"]["number"], 5, "{told}");
    assert_eq!(told["traffic"]["stable"], 5, "{told}");
}

#[tokio::test]
async fn providers_channels_and_tokens_come_and_go() {
    let (stage, _) = stage().await;
    let made = out(&stage, "channel add cafe --provider acme --weight 3").await;
    assert!(
        made.starts_with("made the channel cafe; it takes no webhooks yet: "),
        "{made}"
    );
    let set = out(&stage, "channel set cafe --channel-id 1234567890").await;
    assert!(set.starts_with("changed the channel cafe"), "{set}");
    let cafe = json(&stage, "channel show cafe").await.remove(0);
    assert_eq!(
        cafe["settings"]["weight"], 3,
        "what is not given stays: {cafe}"
    );
    assert_eq!(cafe["settings"]["channel_id"], "1234567890", "{cafe}");
    let table = out(&stage, "channel list").await;
    let names: Vec<_> = table
        .lines()
        .map(|it| it.split(' ').next().unwrap())
        .collect();
    assert_eq!(names, ["CHANNEL", "cafe", "shop"]);
    refused(&stage, "channel add cafe --provider acme", 4, "cafe").await;
    refused(&stage, "channel add a/b --provider acme", 6, "name: ").await;
    refused(
        &stage,
        "channel show none",
        3,
        "there is no channel \"none\"",
    )
    .await;
    refused(
        &stage,
        "channel delete cafe",
        1,
        "add --yes if that is meant",
    )
    .await;
    out(&stage, "channel delete cafe --yes").await;
    refused(&stage, "channel delete cafe --yes", 3, "cafe").await;

    let ceilings = "--ceiling memory_mib=32 --ceiling grants=reply,push";
    out(&stage, &format!("provider set acme --weight 5 {ceilings}")).await;
    out(&stage, "provider set acme --ceiling memory_mib=none").await;
    let acme = json(&stage, "provider show acme").await.remove(0);
    assert_eq!(
        acme["settings"],
        serde_json::json!({"weight": 5, "ceilings": {"grants": ["reply", "push"]}})
    );
    let table = out(&stage, "provider list").await;
    assert!(table.contains("grants=reply,push"), "{table}");
    refused(
        &stage,
        "provider set acme --ceiling memory=1",
        6,
        "unknown field",
    )
    .await;
    refused(&stage, "provider delete acme --yes", 4, "it has channels").await;

    let issued = out(
        &stage,
        "token add reader --role read --provider acme --expires 1d",
    )
    .await;
    let file = stage.folder.path().join("token");
    fs::write(&file, &issued).unwrap();
    out(&stage, "channel show shop --token-file token").await;
    refused(&stage, "reload --token-file token", 5, "the role `read`").await;
    let tokens = json(&stage, "token list").await;
    assert_eq!(tokens[0]["provider"], "acme", "{tokens:?}");
    assert_eq!(tokens[0]["token"], Value::Null, "{tokens:?}");
    out(&stage, "token revoke reader").await;
    refused(
        &stage,
        "channel list --token-file token",
        5,
        "does not take the admin token",
    )
    .await;
    refused(
        &stage,
        "channel list --admin http://127.0.0.1:1",
        7,
        "cannot reach",
    )
    .await;
    refused(&stage, "channel lst", 2, "list").await;
    let audit = out(&stage, "audit --limit 1").await;
    assert!(audit.lines().nth(1).unwrap().contains("token"), "{audit}");
}

/// A secret is read, and never an argument.
#[tokio::test]
async fn secrets_come_from_the_input_or_a_file() {
    let (stage, bot) = stage().await;
    let set = ["secret", "set", "shop", "channel-secret"];
    let said = give(&stage, &set, &format!("{}\n", bot.secret)).await;
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(said.out, "set channel-secret of the channel shop\n");
    let delivery = stage.line.say(&bot, &stage.user, "hello").await;
    assert_eq!(
        delivery.status,
        Some(200),
        "the line break is not part of it"
    );
    let said = give(&stage, &set, "\n").await;
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("the standard input is empty"),
        "{}",
        said.err
    );
    fs::write(
        stage.folder.path().join("secret"),
        "0123456789abcdef0123456789abcdef",
    )
    .unwrap();
    out(&stage, "secret set shop channel-secret-2 --file secret").await;
    refused(
        &stage,
        "secret set shop password --file secret",
        6,
        "channel-secret",
    )
    .await;
    let table = out(&stage, "secret list shop").await;
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(!table.contains("0123456789abcdef0123456789abcdef") && !table.contains(&bot.secret));
    refused(&stage, "secret delete shop channel-secret-2", 1, "--yes").await;
    out(&stage, "secret delete shop channel-secret-2 --yes").await;
    refused(
        &stage,
        "secret delete shop channel-secret-2 --yes",
        3,
        "has no secret",
    )
    .await;
}

#[tokio::test]
async fn a_host_is_watched() {
    let stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    stage.line.ask(&bot, &stage.user, "told").await;
    stage.line.say(&bot, &stage.user, "reject").await;
    lines(&stage, "shop", "rejects the event", "").await;
    let status = out(&stage, "status").await;
    assert!(status.contains("version     "), "{status}");
    assert!(
        status.contains("channels    1: 1 serve, 0 failed"),
        "{status}"
    );
    let row = status.lines().last().unwrap();
    assert!(row.starts_with("shop") && row.contains("ready"), "{status}");
    let usage = json(&stage, "usage --provider shop-owner").await.remove(0);
    assert_eq!(
        (&usage["events"], &usage["attempts"]),
        (&1.into(), &2.into())
    );
    let table = out(&stage, "usage").await;
    assert!(
        table.starts_with("PROVIDER") && table.contains("shop-owner"),
        "{table}"
    );
    refused(&stage, "usage --month soon", 6, "give a month such as").await;

    let log = out(&stage, "logs shop").await;
    let told = log
        .lines()
        .position(|it| it.contains("attempt 1, the reply is"));
    let failed = log
        .lines()
        .position(|it| it.contains("[host] the plugin rejects"));
    assert!(told.unwrap() < failed.unwrap(), "the newest is last: {log}");
    let errors = json(&stage, "logs shop --level error --since 1h").await;
    assert_eq!(errors.len(), 1, "{errors:?}");
    let event = errors[0]["event"].as_str().unwrap();
    let of_event = out(&stage, &format!("logs shop --event {event}")).await;
    assert!(!of_event.contains("attempt 1, the reply is"), "{of_event}");
    refused(&stage, "logs none", 3, "there is no channel \"none\"").await;
}

#[tokio::test]
async fn plugins_are_uploaded_and_shown() {
    let (stage, _) = stage().await;
    let digest = out(&stage, "plugin upload probe.wasm").await;
    let listed = out(&stage, "plugin list").await;
    assert!(
        listed
            .lines()
            .nth(1)
            .unwrap()
            .starts_with(digest.trim_end()),
        "{listed}"
    );
    let shown = out(&stage, &format!("plugin show {}", digest.trim_end())).await;
    assert!(shown.contains("wit         botbox:line@"), "{shown}");
    fs::write(stage.folder.path().join("none.wasm"), "no component").unwrap();
    refused(&stage, "plugin upload none.wasm", 6, "not WebAssembly").await;
    refused(
        &stage,
        "plugin upload nowhere.wasm",
        1,
        "cannot read the plugin nowhere.wasm",
    )
    .await;
}

#[tokio::test]
async fn shells_complete_and_manuals_tell() {
    let (stage, _) = stage().await;
    for shell in ["bash", "zsh", "fish"] {
        let script = out(&stage, &format!("completions {shell}")).await;
        assert!(script.contains("rollback"), "{shell}");
    }
    out(&stage, "man pages").await;
    let page = fs::read_to_string(stage.folder.path().join("pages/botbox-deploy.1")).unwrap();
    assert!(page.contains("my_bot.wasm"), "{page}");
    let help = out(&stage, "--help").await;
    assert!(help.contains("Exit codes:"), "{help}");
}

/// Whether a line tells what is new.
type Predicate<'a> = &'a dyn Fn(&Value) -> bool;

/// `--watch` prints again what has changed meanwhile, until it is stopped.
#[tokio::test]
async fn what_is_watched_is_printed_again() {
    let stage = Stage::new().await;
    let (bot, probe) = stage.serving("shop").await;
    let two = stage.deployment("shop", &probe, "two").await;
    let watch = |command: &str| {
        let watched = Command::new(binary())
            .args(command.split(' '))
            .args(["--watch", "--json"])
            .env("BOTBOX_ADMIN_URL", &stage.host.admin_url)
            .env("BOTBOX_ADMIN_TOKEN", ADMIN_TOKEN)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut watched = watched.unwrap();
        let lines = BufReader::new(watched.stdout.take().unwrap()).lines();
        (watched, lines)
    };
    let handled = |it: &Value| it["channels"][0]["events"]["handled"] == 1;
    let used = |it: &Value| it["events"] == 1;
    let switched = |it: &Value| it["stable"] == two;
    let watched: [(_, Predicate<'_>); 3] = [
        ("status", &handled),
        ("usage", &used),
        ("traffic show shop", &switched),
    ];
    let mut running = Vec::new();
    for (command, is_new) in watched {
        let (process, mut lines) = watch(command);
        if command != "usage" {
            // Of what is not used yet there is no line.
            let first = timeout(PATIENCE, lines.next_line()).await.unwrap();
            let first = serde_json::from_str(&first.unwrap().unwrap()).unwrap();
            assert!(!is_new(&first), "{command}: {first}");
        }
        running.push((command, is_new, process, lines));
    }
    stage.line.ask(&bot, &stage.user, "which").await;
    stage.activate("shop", two).await;
    for (command, is_new, _process, mut lines) in running {
        let told = timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if is_new(&serde_json::from_str(&line).unwrap()) {
                    return true;
                }
            }
            false
        });
        assert_eq!(told.await, Ok(true), "{command}");
    }
}
