//! Coupons (LINE reference, "Create a coupon").

use serde_json::{Map, Value};

use super::check::{Check, Path, Shape, Union, given, optional, required};
use super::detail::{Detail, Invalid};
use super::dialect::Dialect;

/// Checks the body that makes a coupon now, in milliseconds since 1970.
pub(crate) fn coupon(request: &Value, now: u64) -> Result<(), Invalid> {
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
    COUPON.check_request(request, Dialect::Coupon)?;
    if request["endTimestamp"].as_u64() <= Some(now / 1000) {
        return Err(Invalid::of("endTimestamp", "Must be after now"));
    }
    Ok(())
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
            "discount",
            Shape::new(&[optional("priceInfo", Check::Union(&DISCOUNT))]),
        ),
        ("free", Shape::new(&[])),
        ("gift", Shape::new(&[])),
        (
            "cashBack",
            Shape::new(&[optional("priceInfo", Check::Union(&CASH_BACK))]),
        ),
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
            Shape::with_rule(
                &[
                    required("originalPrice", AMOUNT),
                    required("priceAfterDiscount", AMOUNT),
                ],
                |price, at, found| refuse_others(&["fixedAmount", "percentage"], price, at, found),
            ),
        )],
    ],
};

const AMOUNT: Check = Check::Whole(1);
static AMOUNTS: [(&str, Shape); 2] = [
    (
        "fixed",
        Shape::with_rule(&[required("fixedAmount", AMOUNT)], |price, at, found| {
            let others = ["percentage", "originalPrice", "priceAfterDiscount"];
            refuse_others(&others, price, at, found);
        }),
    ),
    (
        "percentage",
        Shape::with_rule(
            &[required("percentage", Check::Range(1, 99))],
            |price, at, found| {
                let others = ["fixedAmount", "originalPrice", "priceAfterDiscount"];
                refuse_others(&others, price, at, found);
            },
        ),
    ),
];

/// A price has only what its type asks for.
fn refuse_others(others: &[&str], price: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    for other in others {
        if given(price, other).is_some() {
            found.push(at.property(other).detail("Must not be specified"));
        }
    }
}

/// A coupon ends after it begins.
fn check_period(coupon: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let seconds = |name| coupon.get(name).and_then(Value::as_u64);
    if let (Some(start), Some(end)) = (seconds("startTimestamp"), seconds("endTimestamp"))
        && end <= start
    {
        let message = "Must be after startTimestamp";
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
