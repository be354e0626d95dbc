//! Coupons (LINE reference, "Create a coupon").

use serde_json::{Map, Value};

use super::check::{Check, Field, Path, Shape, Union, find_errors, optional, required};
use super::detail::Detail;
use crate::clock;

/// What is wrong with the body that makes a coupon.
pub(crate) fn coupon(request: &Value) -> Vec<Detail> {
    static COUPON: Shape = Shape::with_rule(
        &[
            required("title", Check::Text(60)),
            optional("description", Check::Text(1000)),
            optional("usageCondition", Check::Text(100)),
            optional("couponCode", Check::Text(16)),
            optional("imageUrl", Check::Https(2000)),
            optional("barcodeImageUrl", Check::Https(2000)),
            required("maxUseCountPerTicket", Check::Count(1)),
            required("startTimestamp", Check::Whole(0)),
            required("endTimestamp", Check::Whole(0)),
            required("timezone", Check::OneOf(&TIMEZONES)),
            required("visibility", Check::OneOf(&["PUBLIC", "UNLISTED"])),
            required("acquisitionCondition", Check::Union(&ACQUISITION)),
            optional("reward", Check::Union(&REWARD)),
        ],
        check_period,
    );
    find_errors(&COUPON, request)
}

static ACQUISITION: Union = Union {
    common: &[],
    kinds: &[&[
        ("normal", Shape::new(&[])),
        (
            "lottery",
            Shape::new(&[
                required("lotteryProbability", Check::Range(1, 99)),
                required("maxAcquireCount", Check::Count(999_999)),
            ]),
        ),
    ]],
};

static REWARD: Union = Union {
    common: &[],
    kinds: &[&[
        (
            "cashBack",
            Shape::new(&[optional("priceInfo", Check::Union(&CASH_BACK))]),
        ),
        (
            "discount",
            Shape::new(&[optional("priceInfo", Check::Union(&DISCOUNT))]),
        ),
        ("free", Shape::new(&[])),
        ("gift", Shape::new(&[])),
        ("others", Shape::new(&[])),
    ]],
};

static CASH_BACK: Union = Union {
    common: &[],
    kinds: &[&AMOUNTS],
};

static DISCOUNT: Union = Union {
    common: &[],
    kinds: &[
        &AMOUNTS,
        &[(
            "explicit",
            Shape::new(&[
                required("originalPrice", AMOUNT),
                required("priceAfterDiscount", AMOUNT),
            ]),
        )],
    ],
};

const AMOUNT: Check = Check::Whole(0);
static FIXED: [Field; 1] = [required("fixedAmount", AMOUNT)];
static AMOUNTS: [(&str, Shape); 2] = [
    ("fixed", Shape::new(&FIXED)),
    (
        "percentage",
        Shape::new(&[required("percentage", Check::Range(1, 99))]),
    ),
];

/// A coupon ends after it begins, and in the future.
fn check_period(coupon: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let seconds = |name| coupon.get(name).and_then(Value::as_u64);
    if let (Some(start), Some(end)) = (seconds("startTimestamp"), seconds("endTimestamp"))
        && end <= start.max(clock::now_ms() / 1000)
    {
        let message = "Must be after startTimestamp and after now";
        found.push(at.property("endTimestamp").detail(message));
    }
}

static TIMEZONES: [&str; 34] = [
    "ETC_GMT_MINUS_12",
    "ETC_GMT_MINUS_11",
    "PACIFIC_HONOLULU",
    "AMERICA_ANCHORAGE",
    "AMERICA_LOS_ANGELES",
    "AMERICA_PHOENIX",
    "AMERICA_CHICAGO",
    "AMERICA_NEW_YORK",
    "AMERICA_CARACAS",
    "AMERICA_SANTIAGO",
    "AMERICA_ST_JOHNS",
    "AMERICA_SAO_PAULO",
    "ETC_GMT_MINUS_2",
    "ATLANTIC_CAPE_VERDE",
    "EUROPE_LONDON",
    "EUROPE_PARIS",
    "EUROPE_ISTANBUL",
    "EUROPE_MOSCOW",
    "ASIA_TEHRAN",
    "ASIA_TBILISI",
    "ASIA_KABUL",
    "ASIA_TASHKENT",
    "ASIA_COLOMBO",
    "ASIA_KATHMANDU",
    "ASIA_ALMATY",
    "ASIA_RANGOON",
    "ASIA_BANGKOK",
    "ASIA_TAIPEI",
    "ASIA_TOKYO",
    "AUSTRALIA_DARWIN",
    "AUSTRALIA_SYDNEY",
    "ASIA_VLADIVOSTOK",
    "ETC_GMT_PLUS_12",
    "PACIFIC_TONGATAPU",
];
