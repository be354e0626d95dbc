//! `botbox test`: what it finds, how it tells, and what it rewrites. The examples' own conversations are played by
//! `cargo xtask test`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use botbox_tests::{binary, plugin};
use tempfile::TempDir;
use tokio::process::Command;

/// A file of conversations with one of the plugins.
struct Script {
    folder: TempDir,
    file: PathBuf,
}

/// What a run of the command came to.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Script {
    fn of(name: &str, text: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("talk.yaml");
        let text = format!("plugin: {}\n{text}", plugin(name).display());
        fs::write(&file, text).unwrap();
        Self { folder, file }
    }

    /// One conversation with these steps.
    fn with(name: &str, steps: &str) -> Self {
        Self::of(
            name,
            &format!("convos:\n  - name: talk\n    steps:\n{steps}"),
        )
    }

    async fn test(&self, arguments: &[&str]) -> Run {
        Run::of(self.folder.path(), &[&["talk.yaml"], arguments].concat()).await
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.file).unwrap()
    }
}

impl Run {
    async fn of(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(binary());
        command.arg("test").args(arguments).current_dir(folder);
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().await.unwrap();
        Self {
            code: status.code(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    fn passed(&self) {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
    }

    /// Failed, and said all of this.
    fn failed(&self, code: i32, parts: &[&str]) {
        let said = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, Some(code), "{said}");
        for part in parts {
            assert!(said.contains(part), "no {part:?} in: {said}");
        }
    }
}

#[tokio::test]
async fn what_the_bot_says_otherwise_is_shown_with_its_place() {
    let script = Script::with(
        "echo",
        "      - me: [one, two]\n      - bot: [one, \"!two\"]\n",
    );
    script.test(&[]).await.failed(
        1,
        &[
            "FAIL talk.yaml › talk",
            "talk.yaml:6:9: the bot says something else",
            "    - !two\n    + two\n",
            "1 of 1 conversations failed",
        ],
    );
    let script = Script::with("echo", "      - me: [one]\n      - me: [two]\n");
    let unexpected = "talk.yaml:5:9: the bot says something, and no step `bot` expects it";
    script.test(&[]).await.failed(1, &[unexpected, "+ one"]);
    let script = Script::with("echo", "      - me: [one]\n      - bot: [one, two]\n");
    let missing = "talk.yaml:6:9: the bot says nothing more after 1 messages";
    script.test(&[]).await.failed(1, &[missing, "- two"]);
}

#[tokio::test]
async fn parts_of_messages_are_told_by_their_paths() {
    let steps = "      - me: [menu]
      - bot:
          - type: flex
            contents: { contents: [\"...\", { body: { contents: [{ text: Melon bread }, { text: ¥290 }] } }] }
      - me: [menu]
      - bot: [{ contents: { contents: [{}, {}, { body: { contents: [{}, { text: ¥290 }] } }] } }]
";
    let script = Script::with("shop", &steps.replace("[\"...\", {", "[{}, {}, {"));
    script.test(&[]).await.failed(
        1,
        &[
            "at contents.contents[2].body.contents[1].text",
            "- ¥290",
            "+ ¥280",
        ],
    );
    Script::with("shop", &steps.replace("290", "280"))
        .test(&[])
        .await
        .passed();
    // `...` stands for any others, but not for these.
    Script::with("shop", steps)
        .test(&[])
        .await
        .failed(1, &["at contents.contents"]);
}

#[tokio::test]
async fn what_is_blessed_is_expected() {
    let steps = "      - me: [one]  # says one
      - bot: [other]
      - me: [two, three]
      - bot:
          - two  # stays
          - gone
      - me: [four]
";
    let script = Script::with("echo", steps);
    let blessed = script.test(&["--bless"]).await;
    blessed.passed();
    assert!(
        blessed.out.contains("3 places rewritten"),
        "{}",
        blessed.out
    );
    let expected = steps
        .replace("other", "one")
        .replace("gone", "three")
        .replace("[four]", "[four]\n      - bot: [four]");
    assert!(script.text().ends_with(&expected), "{}", script.text());
    let again = script.test(&["--bless"]).await;
    again.passed();
    assert!(script.text().ends_with(&expected), "{}", script.text());
}

#[tokio::test]
async fn the_time_goes_on_when_it_is_told_to() {
    let text = "grants: [reply, push]
config: { thanks_after_s: \"60\" }
channel:
  beacon_visits: { gap_s: 600 }
  beacons: [{ hwid: 32af519e88, name: The Shop }]
convos:
  - name: visits
    steps:
      - me: [{ beacon: 32af519e88 }]
      - bot: [Welcome to The Shop!]
      - clock: 9m
      - bot: []
      - me: [{ beacon: { hwid: 32af519e88, type: stay } }]
      - clock: 1h
      - bot: [Thank you for your stay at The Shop!]
";
    Script::of("beacons", text).test(&[]).await.passed();
}

#[tokio::test]
async fn failures_of_the_bot_and_of_line_are_part_of_a_conversation() {
    let script = Script::with("probe", "      - me: [reject]\n");
    let failed = "talk.yaml:5:9: the bot failed: ";
    script.test(&[]).await.failed(1, &[failed, "as told"]);
    let steps = "      - me: [reject]\n      - failure: \"*as told*\"\n      - bot: []\n";
    Script::with("probe", steps).test(&[]).await.passed();
    let steps = "      - me: [hi]\n      - failure: \"*\"\n";
    let script = Script::with("echo", steps);
    script.test(&[]).await.failed(1, &["the bot did not fail"]);

    let text = "grants: [reply, push]
convos:
  - name: LINE is down
    steps:
      - faults: [{ operation: pushMessage, answer: { status: 500 } }]
      - me: [push me]
      - bot: [One moment, Here I am again]
      - calls: [{ path: \"*/push\", status: 500 }, { path: \"*/push\", status: 200 }, { not: { status: 400 } }]
  - name: nothing of it is left
    steps:
      - me: [push me]
      - bot: [One moment, Here I am again]
      - calls: [{ not: { status: 500 } }]
      - calls: [{ path: /v2/bot/message/narrowcast }]
";
    let script = Script::of("greeter", text);
    script.test(&[]).await.failed(
        1,
        &[
            "ok   talk.yaml › LINE is down",
            "talk.yaml:15:9: the bot does not make a call that was expected",
            "  POST /v2/bot/message/push 200",
        ],
    );
}

#[tokio::test]
async fn groups_taps_and_ids_are_understood() {
    let text = "users: { me: { displayName: Aiko }, ben: }
groups: { tea: { members: [me] } }
grants: [reply, group, room]
convos:
  - name: in a group
    steps:
      - me(in tea): [{ join: }]
      - bot: [\"Hello! There is 1 person here. *\"]
      - me(in tea): [{ memberJoined: [ben] }]
      - bot: [{ type: textV2, substitution: { member0: { mentionee: { userId: \"${ben}\" } } } }]
      - me(ben in tea): [{ text: \"日本 @b how many?\", mentions: { \"@b\": bot } }]
      - bot: [There are 2 people here.]
";
    Script::of("groups", text).test(&[]).await.passed();
    let steps = "      - me: [menu]\n      - bot: [{ type: flex }]\n      - me: [{ tap: Chose }]\n";
    let script = Script::with("shop", steps);
    script.test(&[]).await.failed(
        1,
        &["talk.yaml:7:9: there is nothing to tap with the label `Chose`"],
    );
}

#[tokio::test]
async fn a_file_that_is_wrong_is_told_with_its_line() {
    let script = Script::with("echo", "      - me: [hi]\n      - bto: [hi]\n");
    let wrong = "talk.yaml:6:9: there is no step `bto`; did you mean `bot`?";
    script.test(&[]).await.failed(6, &[wrong]);
    let script = Script::of("echo", "grants: [fly]\nconvos: [{ name: x }]\n");
    script.test(&[]).await.failed(6, &["fly"]);
    let folder = TempDir::new().unwrap();
    let nothing = Run::of(folder.path(), &[]).await;
    nothing.failed(1, &["there are no conversations in "]);
    fs::write(folder.path().join("a.yaml"), "convos: [{ name: x }]\n").unwrap();
    let nobody = Run::of(folder.path(), &[]).await;
    nobody.failed(6, &["is in no folder of a bot"]);
}

#[tokio::test]
async fn files_are_played_side_by_side_and_reported_for_programs() {
    let folder = TempDir::new().unwrap();
    let own = folder.path().join("conversations");
    fs::create_dir(&own).unwrap();
    let echo = plugin("echo");
    for number in 0..4 {
        let said = if number == 2 { "<other>" } else { "hi" };
        let text = format!(
            "plugin: {}\nconvos:\n  - name: talk {number}\n    steps: [{{ me: hi }}, {{ bot: \"{said}\" }}]\n",
            echo.display()
        );
        fs::write(own.join(format!("{number}.yaml")), text).unwrap();
    }
    let run = Run::of(folder.path(), &["--junit", "report.xml"]).await;
    run.failed(1, &["1 of 4 conversations failed"]);
    let xml = fs::read_to_string(folder.path().join("report.xml")).unwrap();
    assert_eq!(xml.matches("<testsuite ").count(), 4, "{xml}");
    assert_eq!(xml.matches("<failure ").count(), 1, "{xml}");
    assert!(
        xml.contains("- &quot;&lt;other&gt;&quot;\n+ hi</failure>"),
        "{xml}"
    );
    let run = Run::of(folder.path(), &["--filter", "talk 3"]).await;
    run.passed();
    assert!(
        run.out.contains("1 conversations as expected"),
        "{}",
        run.out
    );
    Run::of(folder.path(), &["--filter", "talk 9"])
        .await
        .failed(1, &["talk 9"]);
}
