//! What a bot's author does first: from an empty folder to an answer in the chat, and on to a save that is
//! live.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use botbox_tests::{Bot, Line, Log, PATIENCE, User, binary, plugin, target_folder};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{sleep, timeout};

/// How often it is looked whether something has come.
const POLL: Duration = Duration::from_millis(20);

/// How long the first build of a bot may take on a busy machine: it compiles the SDK.
const BUILD_PATIENCE: Duration = Duration::from_secs(400);

/// `botbox` in a folder. Bots share what was compiled for the examples, and cargo does not ask for newer
/// dependencies than this project's.
fn botbox(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target_folder())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        .kill_on_drop(true);
    command
}

/// Runs a command to its end, and returns what it prints.
async fn output(mut command: Command) -> String {
    let output = timeout(BUILD_PATIENCE, command.output()).await.unwrap();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// A bot that `botbox new` has made of the template echo.
async fn new_bot(root: &TempDir, name: &str) -> PathBuf {
    let said = output(botbox(root.path(), &["new", name])).await;
    assert!(said.contains("botbox dev"), "{said}");
    let folder = root.path().join(name);
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).unwrap();
    folder
}

/// A running `botbox dev`.
struct Dev {
    output: Lines<BufReader<ChildStdout>>,
    /// What it says on stderr, with what the compiler says.
    log: Log,
    line: Line,
    bot: Bot,
    user: User,
    /// It ends with this.
    child: Child,
}

impl Dev {
    /// Of a bot's folder, or of a component.
    async fn start(bot: &Path) -> Self {
        Self::with(bot, &[]).await
    }

    async fn with(bot: &Path, options: &[&str]) -> Self {
        let folder = if bot.is_dir() {
            bot
        } else {
            bot.parent().unwrap()
        };
        let mut child = botbox(folder, &["dev", "--no-open", bot.to_str().unwrap()])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Log::follow(child.stderr.take().unwrap());
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let page = expect(&mut output, "chat with ", &log).await;
        let (_, url) = page.split_once(" at ").unwrap();
        let mut parts = url.split("/#/");
        let line = Line::at(parts.next().unwrap());
        let (bot, user) = parts.next().unwrap().split_once('/').unwrap();
        Self {
            output,
            log,
            bot: line.known_bot(bot).await,
            user: User {
                id: user.to_owned(),
            },
            line,
            child,
        }
    }

    async fn ask(&self, text: &str) -> String {
        self.line.ask(&self.bot, &self.user, text).await
    }

    /// Waits until a save is live, and returns after how many seconds it is.
    async fn live(&mut self) -> f64 {
        let live = expect(&mut self.output, "live ", &self.log).await;
        live.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

/// Waits for a line that begins so.
async fn expect(output: &mut Lines<BufReader<ChildStdout>>, prefix: &str, log: &Log) -> String {
    let line = timeout(BUILD_PATIENCE, output.next_line()).await;
    let line = line.unwrap_or_else(|_| panic!("no {prefix:?}: {log:?}"));
    let line = line.unwrap().unwrap_or_else(|| panic!("it ended: {log:?}"));
    assert!(line.starts_with(prefix), "{line}");
    line
}

#[tokio::test]
async fn a_new_bot_is_built_and_every_save_is_live() {
    let root = TempDir::new().unwrap();
    let folder = new_bot(&root, "hello").await;

    let built = output(botbox(&folder, &["build"])).await;
    assert!(built.contains("botbox:line/reply@"), "{built}");
    let channel: toml::Table = built.parse().unwrap();
    assert_eq!(channel["grants"], vec![toml::Value::from("reply")].into());
    assert!(Path::new(channel["plugin"].as_str().unwrap()).is_file());

    // Its conversations are as expected.
    let tested = output(botbox(&folder, &["test"])).await;
    assert!(tested.contains("2 conversations as expected"), "{tested}");

    let mut dev = Dev::start(&folder).await;
    assert_eq!(dev.ask("Good morning").await, "Good morning");

    // A save is live in the next message.
    let source = folder.join("src/lib.rs");
    let echo = fs::read_to_string(&source).unwrap();
    let shout = echo.replace("reply(content.text)", "reply(content.text.to_uppercase())");
    assert_ne!(shout, echo);
    fs::write(&source, &shout).unwrap();
    let after = dev.live().await;
    assert_eq!(dev.ask("Good morning").await, "GOOD MORNING");
    println!("a save was live after {after} s");

    // What does not compile changes nothing.
    fs::write(&source, format!("{shout}\nfn broken( {{}}")).unwrap();
    dev.log.expect("the version before goes on").await;
    assert!(dev.log.find("error: ").is_some(), "{:?}", dev.log);
    // The page shows what the compiler says, without its colours.
    let notes = dev.line.notes(&dev.bot).await;
    let note = &notes[0];
    assert_eq!(note["kind"], "build");
    let said = note["text"].as_str().unwrap();
    assert!(
        said.contains("error: ") && said.contains("src/lib.rs:"),
        "{said}"
    );
    assert!(!said.contains('\u{1b}'), "{said}");
    assert_eq!(dev.ask("Good morning").await, "GOOD MORNING");

    // What the bot does wrong stands in the page, with its place.
    let fails = echo.replace("reply(content.text)", "reply(broken(content.text))");
    let fails = format!(
        "{fails}\nfn broken(text: String) -> String {{ log::warn!(\"{{text}}?\"); panic!(\"no tea\") }}\n"
    );
    fs::write(&source, &fails).unwrap();
    dev.live().await;
    dev.line.say(&dev.bot, &dev.user, "Tea").await;
    dev.log.expect("no tea").await;
    let shown = timeout(PATIENCE, async {
        loop {
            let notes = dev.line.notes(&dev.bot).await;
            let of = |kind: &str| notes.iter().find(|it| it["kind"] == kind).cloned();
            if let (Some(log), Some(failure)) = (of("log"), of("failure")) {
                return (log, failure);
            }
            sleep(POLL).await;
        }
    });
    let (log, failure) = shown.await.unwrap();
    assert_eq!(log["level"], "warn", "{log}");
    assert!(log["text"].as_str().unwrap().ends_with("Tea?"), "{log}");
    assert!(
        failure["text"].as_str().unwrap().contains("src/lib.rs:"),
        "{failure}"
    );
    assert_eq!(log["webhookEventId"], failure["webhookEventId"]);
    assert!(log["webhookEventId"].is_string(), "{log}");
    fs::write(&source, &shout).unwrap();
    dev.live().await;

    // Nor does a grant that is not there.
    fs::write(folder.join("channel.toml"), "grants = [\"fly\"]\n").unwrap();
    fs::write(&source, &echo).unwrap();
    dev.log.expect("fly").await;
    assert_eq!(dev.ask("Good morning").await, "GOOD MORNING");
    fs::write(folder.join("channel.toml"), "grants = [\"reply\"]\n").unwrap();
    dev.live().await;
    assert_eq!(dev.ask("Good morning").await, "Good morning");
}

#[tokio::test]
async fn an_example_is_worked_on_where_it_is() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
    let dev = Dev::start(&examples.join("greeter")).await;
    let said = dev.ask("hello").await;
    assert_eq!(said, "Send me an image, or say: push me");
}

/// Nobody waits a day to see what a bot does then: the simulator's clock is the host's, too, and whoever moves it
/// wakes all that waits for a time.
#[tokio::test]
async fn a_timer_of_tomorrow_comes_when_the_clock_is_moved() {
    let dev = Dev::start(&plugin("probe")).await;
    let day = Duration::from_secs(24 * 3_600);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let command = format!("run-at {} push", (now + day).as_millis());
    let said = dev.ask(&command).await;
    assert!(!said.starts_with("ErrorKind"), "{said}");
    // Its question, and the answer.
    let (line, bot, chat) = (&dev.line, &dev.bot, &dev.user.id);
    let before = line.messages(bot, chat, 0, 0).await.len();
    assert_eq!(dev.ask("not yet").await, "not yet");
    let last = line.messages(bot, chat, 0, 0).await;
    assert_eq!(last.len(), before + 2, "{last:?}");
    line.advance(day).await;
    let last = last.last().unwrap()["seq"].as_u64().unwrap();
    let pushed = line.next(bot, chat, last).await;
    assert_eq!((pushed.text(), pushed.via.as_str()), ("it is time", "push"));
}

/// Who comes back the next day finds the chat as it was.
#[tokio::test]
async fn a_chat_goes_on_the_next_day() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("chats.json");
    let options = ["--keep", file.to_str().unwrap()];
    let mut first = Dev::with(&plugin("echo"), &options).await;
    assert_eq!(first.ask("one").await, "one");
    let id = i32::try_from(first.child.id().unwrap()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), Signal::INT).unwrap();
    let ended = timeout(PATIENCE, first.child.wait()).await;
    assert!(ended.unwrap().unwrap().success());

    let second = Dev::with(&plugin("echo"), &options).await;
    assert_eq!(
        (&second.bot.id, &second.user.id),
        (&first.bot.id, &first.user.id)
    );
    let said = second.line.messages(&second.bot, &second.user.id, 0, 0);
    let said: Vec<_> = said
        .await
        .iter()
        .map(|it| it["message"]["text"].clone())
        .collect();
    assert_eq!(said, ["one", "one"]);
    assert_eq!(second.ask("two").await, "two");
}

#[tokio::test]
async fn a_folder_without_a_bot_is_refused() {
    let root = TempDir::new().unwrap();
    for command in ["build", "dev"] {
        let output = botbox(root.path(), &[command]).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("is no folder of a bot"), "{said}");
    }
}
