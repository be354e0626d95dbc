//! The configuration file is read again: applied as a whole, or not at all.

use std::fs;

use botbox_tests::{Channel, Host, Line, Setup, plugin};
use serde_json::Value;

struct Stage {
    line: Line,
    setup: Setup,
    host: Host,
}

async fn stage(line: Line, setup: Setup) -> Stage {
    let host = setup.start().await;
    setup.point(&line, &host).await;
    Stage { line, setup, host }
}

impl Stage {
    fn edit(&self, change: impl Fn(&str) -> String) {
        let file = self.setup.config();
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, change(&text)).unwrap();
    }

    async fn reload(&self, said: &str) -> Value {
        self.host.signal("HUP");
        self.host.log.expect(said).await
    }
}

#[tokio::test]
async fn what_has_changed_is_applied_and_told() {
    let line = Line::start().await;
    let (one, two) = (line.bot("One").await, line.bot("Two").await);
    let user = line.user("Aiko").await;
    let setup = Host::beside(&line)
        .channel(Channel::new("one", &one, "probe"))
        .channel(Channel::new("two", &two, "probe"))
        .set_up();
    let stage = stage(line, setup).await;
    assert_eq!(stage.line.ask(&one, &user, "config name").await, "None");
    stage.edit(|text| text.replacen("grants =", "config = { name = \"new\" }\ngrants =", 1));
    stage.reload("channel \"one\": deployment 2 serves").await;
    assert_eq!(
        stage.line.ask(&one, &user, "config name").await,
        "Some(\"new\")"
    );
    assert_eq!(stage.line.ask(&two, &user, "config name").await, "None");
    let status = stage.host.channel("two", "ready").await;
    assert_eq!(status["deployment"], 1, "nothing changed there: {status}");

    // Another plugin under the same path is another deployment, too.
    let before = plugin("probe").display().to_string();
    let after = plugin("echo").display().to_string();
    stage.edit(|text| text.replace(&before, &after));
    stage.reload("channel \"two\": deployment 2 serves").await;
    assert_eq!(
        stage.line.ask(&two, &user, "config name").await,
        "config name"
    );
    stage.reload("nothing has changed").await;

    // A channel goes, and comes again with what it had.
    let whole = fs::read_to_string(stage.setup.config()).unwrap();
    let without = whole.rfind("[[channels]]").unwrap();
    stage.edit(|text| text[..without].to_owned());
    stage.reload("channel \"two\": not served any more").await;
    assert_eq!(stage.line.say(&two, &user, "hello").await.status, Some(404));
    assert_eq!(stage.line.say(&one, &user, "hello").await.status, Some(200));
    stage.edit(|_| whole.clone());
    stage.reload("channel \"two\": opened").await;
    stage.host.channel("two", "ready").await;
    assert_eq!(stage.line.ask(&two, &user, "again").await, "again");
    let events = stage.host.events("two").await;
    assert_eq!(events.len(), 3, "{events:?}");
}

#[tokio::test]
async fn one_broken_channel_among_many_changes_nothing() {
    let line = Line::start().await;
    let bots = [line.bot("One").await, line.bot("Two").await];
    let user = line.user("Aiko").await;
    let setup = Host::beside(&line)
        .channel(Channel::new("one", &bots[0], "probe"))
        .channel(Channel::new("two", &bots[1], "probe"))
        .set_up();
    let stage = stage(line, setup).await;
    let good = fs::read_to_string(stage.setup.config()).unwrap();
    let changed = good.replacen("grants =", "config = { name = \"new\" }\ngrants =", 1);
    for (from, to, why) in [
        (
            "provider = \"tests\"\nchannel_id",
            "provider =\nchannel_id",
            "it is not valid TOML",
        ),
        (
            "SECRET_1_0",
            "NOT_SET",
            "the environment variable NOT_SET is not set",
        ),
        ("[runtime]", "[runtime]\nslotz = 1", "did you mean `slots`?"),
    ] {
        assert!(changed.contains(from), "{changed}");
        stage.edit(|_| changed.replace(from, to));
        let said = stage.reload(why).await;
        let message = said["message"].as_str().unwrap();
        assert!(
            message.contains("not applied: all stays as it was"),
            "{said}"
        );
    }
    let broken = changed.rfind("plugin = ").unwrap();
    let line_end = broken + changed[broken..].find('\n').unwrap();
    let broken = format!(
        "{}plugin = \"none.wasm\"{}",
        &changed[..broken],
        &changed[line_end..]
    );
    stage.edit(|_| broken.clone());
    stage.reload("none.wasm: No such file").await;
    for bot in &bots {
        assert_eq!(
            stage.line.ask(bot, &user, "config name").await,
            "None",
            "all is as before"
        );
    }
}
