//! A bot that greets at the door.

use serde_json::{Value, json};

use super::{answer, changed_stage};

/// What LINE tells of the beacon that the example's channel has, so many seconds after a time.
fn sighting(kind: &str, second: u64) -> Value {
    let beacon = json!({"hwid": "32af519e88", "type": kind});
    let timestamp = (1_700_000_000 + second) * 1_000;
    json!({"type": "beacon", "beacon": beacon, "timestamp": timestamp})
}

#[tokio::test]
async fn beacons_greets_and_thanks_after_a_stay() {
    let stage = changed_stage("beacons", |needs| needs.replace("gap_s = 60", "gap_s = 1")).await;
    let (line, bot, aiko) = (&stage.line, &stage.bot, &stage.user);
    let unknown = json!({"type": "beacon", "beacon": {"hwid": "0000000001", "type": "enter"}});
    line.act(bot, aiko, unknown).await;
    let greeting = answer(&stage, &aiko.id, sighting("enter", 0)).await;
    assert_eq!(greeting.text(), "Welcome to Coffee Shop, Shibuya!");

    let chiyo = line.user("Chiyo").await;
    let short = [sighting("enter", 0), sighting("stay", 599)];
    let short = short.map(|event| json!({"as": chiyo.id, "event": event}));
    line.send(bot, short.to_vec()).await;

    let daisuke = line.user("Daisuke").await;
    let long = [sighting("enter", 0), sighting("stay", 600)];
    let long = long.map(|event| json!({"as": daisuke.id, "event": event}));
    line.send(bot, long.to_vec()).await;

    let greeting = line.next(bot, &daisuke.id, 0).await;
    let thanks = line.next(bot, &daisuke.id, greeting.seq).await;
    assert_eq!(
        thanks.text(),
        "Thank you for your stay at Coffee Shop, Shibuya!"
    );
    assert_eq!(thanks.via, "push");
    // Their visits ended before.
    assert_eq!(line.calls(bot, "/push").await.len(), 1);
}
