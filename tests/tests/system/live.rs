//! `botbox dev --live`: a bot that is worked on, on a channel of LINE; the simulator is LINE here, and the tunnel
//! leads to the host itself.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use botbox_tests::{Bot, Line, Log, PATIENCE, User, binary, plugin};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Where LINE sends the channel's webhooks before anybody works on its bot.
const BEFORE: &str = "https://bots.example.com/webhook/shop";

/// A channel of LINE, and a bot's component that is worked on.
struct Desk {
    line: Line,
    bot: Bot,
    user: User,
    folder: TempDir,
    /// Where the host is to listen.
    port: u16,
}

/// A run of the command.
struct Run {
    child: Child,
    log: Log,
    output: Log,
}

impl Desk {
    async fn set() -> Self {
        let line = Line::start().await;
        let bot = line.bot("Shop").await;
        let user = line.user("Aiko").await;
        line.act(&bot, &user, json!({"type": "follow"})).await;
        line.set_webhook(&bot, BEFORE).await;
        let desk = Self {
            line,
            bot,
            user,
            folder: TempDir::new().unwrap(),
            port: free_port(),
        };
        fs::create_dir(desk.folder.path().join("tmp")).unwrap();
        desk.save("echo");
        desk
    }

    fn component(&self) -> PathBuf {
        self.folder.path().join("bot.wasm")
    }

    /// Puts another component in the place of the one that is worked on.
    fn save(&self, name: &str) {
        let new = self.folder.path().join("new.wasm");
        fs::copy(plugin(name), &new).unwrap();
        fs::rename(new, self.component()).unwrap();
    }

    fn command(&self) -> Command {
        let address = format!("127.0.0.1:{}", self.port);
        let mut command = Command::new(binary());
        command
            .args(["dev", "--live", "shop", "--listen", &address])
            .args(["--public-url", &format!("http://{address}")])
            .arg(self.component())
            .env("LINE_CHANNEL_SECRET", &self.bot.secret)
            .env("LINE_CHANNEL_ACCESS_TOKEN", &self.bot.token)
            .env("BOTBOX__LINE__API_BASE", self.line.url())
            .env("BOTBOX__LINE__DATA_API_BASE", self.line.url())
            .env("XDG_STATE_HOME", self.folder.path().join("state"))
            .env("TMPDIR", self.folder.path().join("tmp"))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs it until the bot can be written to.
    async fn run(&self) -> Run {
        let run = Run::of(self.command());
        run.output.expect("chat with Shop (@").await;
        run
    }

    /// Where LINE sends webhooks.
    async fn webhook(&self) -> Value {
        let bot = format!("{}/simulator/bots/{}", self.line.url(), self.bot.id);
        let bot: Value = reqwest::get(bot).await.unwrap().json().await.unwrap();
        bot["webhook"].clone()
    }

    fn ours(&self) -> String {
        format!("http://127.0.0.1:{}/webhook/shop", self.port)
    }

    async fn ask(&self, text: &str) -> String {
        self.line.ask(&self.bot, &self.user, text).await
    }

    /// Files in which a webhook URL is kept.
    fn kept(&self) -> usize {
        let folder = self.folder.path().join("state/botbox/webhooks");
        fs::read_dir(folder).unwrap().count()
    }
}

impl Run {
    fn of(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            log: Log::follow(child.stderr.take().unwrap()),
            output: Log::follow(child.stdout.take().unwrap()),
            child,
        }
    }

    async fn end(&mut self, signal: Signal) -> ExitStatus {
        let id = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
        timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap()
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn a_bot_is_worked_on_and_its_webhook_given_back() {
    let desk = Desk::set().await;
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        desk.save("echo");
        let mut run = desk.run().await;
        assert_eq!(desk.webhook().await, *desk.ours());
        run.output.expect("LINE's test webhook was taken").await;
        assert_eq!(desk.ask("hello").await, "hello");
        // A save is live.
        desk.save("greeter");
        run.output.expect("live ").await;
        let said = desk.ask("hello").await;
        assert_eq!(said, "Send me an image, or say: push me");

        let status = run.end(signal).await;
        assert!(status.success(), "{:?}", run.log);
        run.log.expect(&format!("{BEFORE} again")).await;
        assert_eq!(desk.webhook().await, BEFORE);
        assert_eq!(desk.kept(), 0);
    }
}

#[tokio::test]
async fn what_a_killed_run_borrowed_the_next_one_gives_back() {
    let desk = Desk::set().await;
    let mut run = desk.run().await;
    run.end(Signal::KILL).await;
    assert_eq!(desk.webhook().await, *desk.ours());
    // The credentials of a real channel are nowhere on disk.
    let mut folders = vec![desk.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            for secret in [&desk.bot.secret, &desk.bot.token] {
                let is_there = bytes
                    .windows(secret.len())
                    .any(|it| it == secret.as_bytes());
                assert!(!is_there, "a credential is in {}", path.display());
            }
        }
    }

    let mut next = desk.run().await;
    next.log.expect("an earlier run did not end").await;
    assert!(next.end(Signal::INT).await.success());
    assert_eq!(desk.webhook().await, BEFORE);
    assert_eq!(desk.kept(), 0);

    // What somebody else has set meanwhile is theirs.
    let mut last = desk.run().await;
    let other = "https://other.example.com/";
    desk.line.set_webhook(&desk.bot, other).await;
    assert!(last.end(Signal::INT).await.success());
    last.log.expect("goes on so").await;
    assert_eq!(desk.webhook().await, other);
    assert_eq!(desk.kept(), 0);
}

#[tokio::test]
async fn what_cannot_work_changes_nothing_at_line() {
    let desk = Desk::set().await;
    let fails = async |mut command: Command, why: &str| {
        let output = timeout(PATIENCE, command.output()).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{said}");
        assert!(said.contains(why), "{said}");
        assert_eq!(desk.webhook().await, BEFORE);
    };
    let mut unknown = desk.command();
    unknown.env_remove("LINE_CHANNEL_ACCESS_TOKEN");
    fails(unknown, "set LINE_CHANNEL_ACCESS_TOKEN").await;
    let mut wrong = desk.command();
    wrong.env("LINE_CHANNEL_ACCESS_TOKEN", "another");
    fails(wrong, "look at the access token").await;
    let mut path = desk.command();
    path.args(["--live", "../shop"]);
    fails(path, "").await;
    fs::write(desk.component(), "no component").unwrap();
    let mut waits = Run::of(desk.command());
    waits.log.expect("waiting for a change").await;
    assert_eq!(desk.webhook().await, BEFORE);
    assert!(waits.end(Signal::INT).await.success());
}
