//! Names that nobody resolves: who asks for them holds up nobody else.

use std::fs;
use std::time::Duration;

use botbox_tests::{Channel, Host, Line, PATIENCE, Sender, library, message};
use tokio::time::{Instant, sleep, timeout};

/// The most names that are resolved at a time, as docs/configuration.md has it.
const LOOKUPS: usize = 64;

/// How soon a name is resolved beside them: far sooner than the 10 s after which a request gives up.
const SOON: Duration = Duration::from_secs(5);

/// A tenant asks for more names than are resolved at a time, and does not wait for them. Another tenant's
/// are resolved at once.
#[tokio::test]
async fn abandoned_lookups_hold_up_no_other_tenant() {
    let folder = tempfile::tempdir().unwrap();
    let calls = folder.path().join("calls");
    let line = Line::start().await;
    let (victim, attacker) = (line.bot("Victim").await, line.bot("Attacker").await);
    let user = line.user("Aiko").await;
    let reaching = |origin: &str| {
        format!("grants = [\"reply\", {{ http = [\"{origin}\"] }}]\nretries = {{ attempts = 1 }}")
    };
    let host = Host::beside(&line)
        .env("LD_PRELOAD", library("resolver").to_str().unwrap())
        .env("RESOLVER_CALLS", calls.to_str().unwrap())
        .channel(
            Channel::new("victim", &victim, "web-probe")
                .provider("good")
                .with(&reaching("http://here.test")),
        )
        .channel(
            Channel::new("attacker", &attacker, "web-probe")
                .provider("bad")
                .with(&reaching("http://*.hangs.test")),
        )
        .start(&line)
        .await;

    let (sender, url) = (Sender::new(), host.webhook("attacker"));
    for number in 0..2 * LOOKUPS {
        let id = format!("01{number:024}");
        let command = format!("patience 1 http://{number}.hangs.test/");
        let mut event = message(&user, &id, "no token", &command);
        // Each in a chat of its own.
        event["source"]["userId"] = format!("U{number:032}").into();
        let answer = sender.send(&url, &attacker, &[event]).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    // A provider has two thirds of them at most, while there is another one.
    let hanging = || fs::metadata(&calls).map_or(0, |it| it.len() as usize);
    let many = async {
        while hanging() < LOOKUPS / 2 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, many).await.unwrap();

    let asked = Instant::now();
    let answer = line.ask(&victim, &user, "get http://here.test/").await;
    // It was resolved: no plugin reaches this machine by a name.
    assert_eq!(answer, "ErrorCode::DestinationIpProhibited");
    assert!(asked.elapsed() < SOON, "after {:?}", asked.elapsed());
    assert!(hanging() < LOOKUPS, "{} are asked for", hanging());
    host.kill().await;
}
