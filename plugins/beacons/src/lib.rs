//! Greets at the door, and thanks after a stay.
//!
//! Anyone can imitate a beacon, so nothing of value is given for one.

use std::time::Duration;

use botbox_sdk::events::BeaconDevice;
use botbox_sdk::prelude::*;

bot!(beacons);

/// How long a stay is worth thanks when the configuration says nothing.
const THANKS_AFTER: Duration = Duration::from_secs(600);

fn beacons(event: Event) -> Result {
    match &event.kind {
        EventKind::Beacon(beacon) if beacon.beacon_type == "enter" => {
            let Some(place) = beacon.device.as_ref().map(described) else {
                log::warn!("the beacon {} is not registered", beacon.hwid);
                return Ok(());
            };
            reply(format!("Welcome to {place}!"))?;
        }
        EventKind::BeaconVisit(visit) => {
            let (Some(user), Some(device)) = (event.user_id(), &visit.device) else {
                return Ok(());
            };
            if Duration::from_millis(visit.duration) >= thanks_after()? {
                push(
                    user,
                    format!("Thank you for your stay at {}!", described(device)),
                )?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Its name and, where the operator tells, its place.
fn described(device: &BeaconDevice) -> String {
    let place = device.place.iter().map(|place| format!(", {place}"));
    format!("{}{}", device.name, place.collect::<String>())
}

fn thanks_after() -> Result<Duration> {
    let Some(seconds) = botbox_sdk::config("thanks_after_s") else {
        return Ok(THANKS_AFTER);
    };
    let parsed = seconds.parse().map(Duration::from_secs);
    parsed.map_err(|_| Failure::reject(format!("thanks_after_s is no number: {seconds}")))
}

#[cfg(test)]
mod tests {
    use botbox_sdk::testing::{Bot, USER, event};

    use super::*;

    fn shop() -> Option<BeaconDevice> {
        Some(BeaconDevice {
            hwid: String::from("32af519e88"),
            name: String::from("Coffee Shop"),
            place: Some(String::from("Shibuya")),
            labels: Vec::new(),
        })
    }

    #[test]
    fn who_comes_is_welcome() {
        let bot = Bot::new(beacons);
        bot.handle(event::beacon("32af519e88", shop()))
            .assert_replied("Welcome to Coffee Shop, Shibuya!");
        let turn = bot.handle(event::beacon("0000000000", None));
        turn.assert_silent();
        assert!(turn.log()[0].text.contains("is not registered"), "{turn}");
    }

    #[test]
    fn a_long_stay_is_worth_thanks() {
        let bot = Bot::new(beacons);
        bot.config("thanks_after_s", "60");
        let stay = |milliseconds| event::beacon_visit("32af519e88", shop(), milliseconds);
        bot.handle(stay(59_999)).assert_silent();
        bot.handle(stay(60_000))
            .assert_pushed(USER, "Thank you for your stay at Coffee Shop, Shibuya!");
        bot.config("thanks_after_s", "soon");
        bot.handle(stay(60_000))
            .assert_rejected("thanks_after_s is no number: soon");
    }
}
