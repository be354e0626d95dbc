//! Beacons: the registry, what users near them do, and what a beacon of one's own says.

use std::process::Command;

use botbox_tests::{Channel, Host, Line, PATIENCE, Stage, binary};
use serde_json::{Value, json};
use tokio::time::timeout;

const BEACONS: &str = r#"
grants = ["reply", "beacon"]
[[channels.beacons]]
hwid = "32AF519E88"
name = "door"
place = "Ginza"
labels = { floor = "1" }
[[channels.beacons]]
hwid = "0000000001"
name = "till""#;

const DOOR: &str = "BeaconDevice { hwid: \"32af519e88\", name: \"door\", place: Some(\"Ginza\"), \
                    labels: [(\"floor\", \"1\")] }";

async fn stage(lines: &str) -> Stage {
    Stage::setting("probe", |channel| channel.with(lines), |host| host).await
}

/// A beacon event of a time, in milliseconds.
fn sighting(kind: &str, timestamp: u64) -> Value {
    let beacon = json!({"hwid": "32af519e88", "type": kind});
    json!({"type": "beacon", "beacon": beacon, "timestamp": timestamp})
}

/// `get-device` and `list-devices`.
#[tokio::test]
async fn beacons_are_registered() {
    let beacons = stage(BEACONS).await;
    let some = format!("Some({DOOR})");
    assert_eq!(beacons.ask("get-device 32af519e88").await, some);
    assert_eq!(beacons.ask("get-device 32AF519E88").await, some);
    assert_eq!(beacons.ask("get-device 0000000002").await, "None");
    assert_eq!(beacons.ask("get-device 32AF").await, "ErrorKind::Invalid");
    let all = beacons.ask("list-devices").await;
    assert!(
        all.starts_with("[BeaconDevice { hwid: \"0000000001\", name: \"till\""),
        "{all}"
    );
    assert!(all.contains(DOOR), "{all}");

    let ungranted = stage("grants = [\"reply\"]").await;
    let denied = "ErrorKind::Denied";
    assert_eq!(ungranted.ask("get-device 32af519e88").await, denied);
    assert_eq!(ungranted.ask("list-devices").await, denied);
}

/// Without visits, everything reaches the plugin.
#[tokio::test]
async fn an_event_tells_of_the_registered_beacon() {
    let Stage {
        line,
        bot,
        host,
        user,
    } = stage(BEACONS).await;
    for kind in ["enter", "enter", "stay", "banner"] {
        line.act(&bot, &user, sighting(kind, 1)).await;
    }
    let stay = "beacon-type: \"stay\"";
    let stay = format!("{stay}, device-message: None, device: Some({DOOR})");
    host.log.expect(&stay).await;
    host.log.expect("beacon-type: \"banner\"").await;
    assert_eq!(host.log.count("BeaconEvent"), 4);
}

/// All in one webhook, as if they came within the gap.
#[tokio::test]
async fn a_visit_is_heard_of_when_it_begins_and_when_it_ends() {
    let visits = format!("{BEACONS}\n[channels.beacon_visits]\ngap_s = 3");
    let Stage {
        line,
        bot,
        host,
        user,
    } = stage(&visits).await;
    let events = [
        sighting("enter", 1_700_000_000_000),
        sighting("stay", 1_700_000_010_000),
        sighting("enter", 1_700_000_015_000),
        sighting("stay", 1_700_000_020_000),
        sighting("banner", 1_700_000_020_001),
    ];
    let events = events.map(|event| json!({"as": user.id, "event": event}));
    line.send(&bot, events.to_vec()).await;
    let visit = format!(
        "BeaconVisitEvent {{ hwid: \"32af519e88\", device: Some({DOOR}), \
         started-at: 1700000000000, duration: 20000 }}"
    );
    let visit = host.log.expect(&visit).await;
    assert_eq!(visit["span"]["id"].as_str().unwrap().len(), 26, "{visit}");
    let heard = |kind| {
        host.log.count(&format!(
            "EventKind::Beacon(BeaconEvent {{ hwid: \"32af519e88\", beacon-type: \"{kind}\""
        ))
    };
    assert_eq!([heard("enter"), heard("stay"), heard("banner")], [1, 0, 1]);
    assert_eq!(host.log.count("BeaconVisitEvent"), 1);
}

#[tokio::test]
async fn after_the_debounce_time_a_user_comes_anew() {
    let visits = format!("{BEACONS}\n[channels.beacon_visits]\ndebounce_s = 1\ngap_s = 60");
    let Stage {
        line,
        bot,
        host,
        user,
    } = stage(&visits).await;
    let mut sent = 0;
    let heard_twice = async {
        while host.log.count("BeaconEvent") < 2 {
            line.act(&bot, &user, sighting("enter", 1)).await;
            sent += 1;
        }
    };
    timeout(PATIENCE, heard_twice).await.unwrap();
    assert!(sent > 2, "{sent}");
}

#[tokio::test]
async fn a_visit_outlives_the_host() {
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let user = line.user("Aiko").await;
    let data = tempfile::tempdir().unwrap();
    let host = async || {
        let visits = format!("{BEACONS}\n[channels.beacon_visits]\ngap_s = 4");
        let channel = Channel::new("bot", &bot, "probe").with(&visits);
        Host::beside(&line)
            .data(data.path())
            .channel(channel)
            .start(&line)
            .await
    };
    let mut first = host().await;
    line.act(&bot, &user, sighting("enter", 1_700_000_000_000))
        .await;
    first.log.expect("BeaconEvent").await;
    first.signal("KILL");
    first.ended().await;
    assert_eq!(first.log.count("BeaconVisitEvent"), 0);

    let second = host().await;
    line.act(&bot, &user, sighting("stay", 1_700_000_030_000))
        .await;
    second
        .log
        .expect("started-at: 1700000000000, duration: 30000")
        .await;
    assert_eq!(second.log.count("BeaconVisitEvent"), 1);
}

#[test]
fn the_frame_of_a_beacon() {
    let frame = |arguments: &[&str]| {
        let mut command = Command::new(binary());
        let output = command
            .args(["beacon", "frame"])
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr))
    };
    let (printed, _) = frame(&["--hwid", "8adfaf4326", "--message-hex", "20170228"]);
    assert!(
        printed.starts_with("02010603036ffe0e166ffe028adfaf43267f20170228\n"),
        "{printed}"
    );
    let data = "cmd 0x08 0x0008 16 02 01 06 03 03 6f fe 0e 16 6f fe 02 8a df af 43 26 7f 20 17 02 \
                28 00 00 00 00 00 00 00 00 00\n";
    assert!(printed.contains(data), "{printed}");
    let (printed, _) = frame(&["--hwid", "32AF519E88", "--message", "tea"]);
    assert!(
        printed.starts_with("02010603036ffe0d166ffe0232af519e887f746561\n"),
        "{printed}"
    );
    let (printed, _) = frame(&["--hwid", "32AF519E88"]);
    assert!(
        printed.starts_with("02010603036ffe0b166ffe0232af519e887f00\n"),
        "{printed}"
    );
    for (arguments, expected) in [
        (
            ["--hwid", "32AF", "--message", "x"],
            "10 hexadecimal digits",
        ),
        (
            ["--hwid", "32AF519E88", "--message", "fourteen bytes"],
            "14 bytes; give 1 to 13",
        ),
        (
            ["--hwid", "32AF519E88", "--message-hex", "tea"],
            "not hexadecimal",
        ),
    ] {
        let (_, said) = frame(&arguments);
        assert!(said.contains(expected), "{said}");
    }
}
