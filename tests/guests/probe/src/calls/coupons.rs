//! Coupons.

use botbox_sdk::coupon::{
    AcquisitionCondition, Lottery, NewCoupon, Price, Reward, close_coupon, create_coupon,
    get_coupon_detail, list_coupon,
};

use super::outcome::{Outcome, owned, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["create-coupon", end, kind] => shown(create_coupon(&coupon(end.parse().ok()?, kind)?)),
        ["list-coupon", limit] => shown(list_coupon(&[], limit.parse().ok(), None)),
        ["list-coupon", limit, start] => shown(list_coupon(&[], limit.parse().ok(), Some(start))),
        ["list-coupon-that-is", ref status @ ..] => shown(list_coupon(&owned(status), None, None)),
        ["get-coupon-detail", id] => shown(get_coupon_detail(id)),
        ["close-coupon", id] => shown(close_coupon(id)),
        _ => None,
    }
}

/// The full one has all that a coupon can have.
fn coupon(end: i64, kind: &str) -> Option<NewCoupon> {
    let plain = NewCoupon {
        title: kind.to_owned(),
        description: None,
        image_url: None,
        usage_condition: None,
        coupon_code: None,
        barcode_image_url: None,
        use_once: false,
        start_timestamp: 0,
        end_timestamp: end,
        timezone: String::from("ASIA_TOKYO"),
        visibility: String::from("UNLISTED"),
        acquisition_condition: AcquisitionCondition::Normal,
        reward: None,
    };
    let lottery = |max_acquire_count| {
        AcquisitionCondition::Lottery(Lottery {
            lottery_probability: 50,
            max_acquire_count,
        })
    };
    let some = |text: &str| Some(text.to_owned());
    let reward = match kind {
        "full" => {
            return Some(NewCoupon {
                description: some("a description"),
                image_url: some("https://example.com/image.png"),
                usage_condition: some("a condition"),
                coupon_code: some("a code"),
                barcode_image_url: some("https://example.com/barcode.png"),
                use_once: true,
                visibility: String::from("PUBLIC"),
                acquisition_condition: lottery(Some(7)),
                reward: Some(Reward::Discount(Price::Explicit((80, 100)))),
                ..plain
            });
        }
        "endless" => {
            return Some(NewCoupon {
                acquisition_condition: lottery(None),
                ..plain
            });
        }
        "referral" => {
            return Some(NewCoupon {
                acquisition_condition: AcquisitionCondition::Referral,
                ..plain
            });
        }
        "odd" => {
            return Some(NewCoupon {
                acquisition_condition: AcquisitionCondition::Unknown(String::from("{}")),
                ..plain
            });
        }
        "free" => Reward::Free,
        "gift" => Reward::Gift,
        "others" => Reward::Others,
        "cash-back" => Reward::CashBack(Price::Unspecified),
        "fixed" => Reward::CashBack(Price::Fixed(300)),
        "percentage" => Reward::Discount(Price::Percentage(15)),
        "strange" => Reward::Unknown(String::from("{}")),
        _ => return None,
    };
    Some(NewCoupon {
        reward: Some(reward),
        ..plain
    })
}
