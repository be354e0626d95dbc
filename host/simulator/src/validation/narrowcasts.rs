//! Whom a narrowcast is for (LINE reference, "Send narrowcast message").

use serde_json::{Map, Value};

use super::check::{Check, Field, Path, Shape, Union, given, optional, required};
use super::detail::Detail;

/// How many audiences and narrowcasts a recipient can name, and of how many conditions a filter
/// can be.
const MAX_LEAVES: usize = 10;

/// The property that names audiences and narrowcasts.
pub(super) const RECIPIENT: Field = optional("recipient", Check::Union(&RECIPIENTS));

/// The property that says of what kind the recipients are.
pub(super) const FILTER: Field = optional("filter", Check::Object(&FILTERS));

/// The property that says how many they are.
pub(super) const LIMIT: Field = optional("limit", Check::Object(&LIMITS));

static RECIPIENTS: Union = Union {
    common: &[],
    kinds: &[&[
        (
            "operator",
            Shape::with_rule(&operands(&Check::Union(&RECIPIENTS)), check_operator),
        ),
        (
            "audience",
            Shape::new(&[required("audienceGroupId", Check::Whole(0))]),
        ),
        (
            "redelivery",
            Shape::new(&[required("requestId", Check::Text(usize::MAX))]),
        ),
    ]],
};

static FILTERS: Shape = Shape::new(&[optional("demographic", Check::Union(&DEMOGRAPHIC))]);

static DEMOGRAPHIC: Union = Union {
    common: &[],
    kinds: &[&[
        (
            "operator",
            Shape::with_rule(&operands(&Check::Union(&DEMOGRAPHIC)), check_operator),
        ),
        (
            "gender",
            Shape::new(&[one_of(&Check::OneOf(&["male", "female"]))]),
        ),
        (
            "appType",
            Shape::new(&[one_of(&Check::OneOf(&["ios", "android"]))]),
        ),
        ("area", Shape::new(&[one_of(&Check::OneOf(&AREAS))])),
        (
            "age",
            Shape::with_rule(&range(&AGES), |object, at, found| {
                check_range(&AGES, object, at, found);
            }),
        ),
        (
            "subscriptionPeriod",
            Shape::with_rule(&range(&PERIODS), |object, at, found| {
                check_range(&PERIODS, object, at, found);
            }),
        ),
    ]],
};

static LIMITS: Shape = Shape::new(&[
    optional("max", Check::Whole(1)),
    optional("upToRemainingQuota", Check::Boolean),
    optional("forbidPartialDelivery", Check::Boolean),
]);

static AGES: [&str; 12] = [
    "age_15", "age_20", "age_25", "age_30", "age_35", "age_40", "age_45", "age_50", "age_55",
    "age_60", "age_65", "age_70",
];

static PERIODS: [&str; 5] = ["day_7", "day_30", "day_90", "day_180", "day_365"];

/// Prefectures of Japan, cities and counties of Taiwan, regions of Thailand and of Indonesia.
static AREAS: [&str; 89] = [
    "jp_01", "jp_02", "jp_03", "jp_04", "jp_05", "jp_06", "jp_07", "jp_08", "jp_09", "jp_10",
    "jp_11", "jp_12", "jp_13", "jp_14", "jp_15", "jp_16", "jp_17", "jp_18", "jp_19", "jp_20",
    "jp_21", "jp_22", "jp_23", "jp_24", "jp_25", "jp_26", "jp_27", "jp_28", "jp_29", "jp_30",
    "jp_31", "jp_32", "jp_33", "jp_34", "jp_35", "jp_36", "jp_37", "jp_38", "jp_39", "jp_40",
    "jp_41", "jp_42", "jp_43", "jp_44", "jp_45", "jp_46", "jp_47", "tw_01", "tw_02", "tw_03",
    "tw_04", "tw_05", "tw_06", "tw_07", "tw_08", "tw_09", "tw_10", "tw_11", "tw_12", "tw_13",
    "tw_14", "tw_15", "tw_16", "tw_17", "tw_18", "tw_19", "tw_20", "tw_21", "tw_22", "th_01",
    "th_02", "th_03", "th_04", "th_05", "th_06", "th_07", "th_08", "id_01", "id_02", "id_03",
    "id_04", "id_05", "id_06", "id_07", "id_08", "id_09", "id_10", "id_11", "id_12",
];

/// The conditions of a recipient or of a filter, without the operators that join them.
pub(crate) fn leaves(condition: &Value) -> Vec<&Value> {
    if condition["type"] != "operator" {
        return condition
            .is_object()
            .then_some(condition)
            .into_iter()
            .collect();
    }
    let lists = ["and", "or"]
        .iter()
        .filter_map(|name| condition[name].as_array());
    let operands = lists.flatten().chain(condition.get("not"));
    operands.flat_map(leaves).collect()
}

/// A recipient and a filter are of so many conditions at most.
pub(super) fn check_size(request: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let filter = request
        .get("filter")
        .and_then(|filter| filter.get("demographic"));
    for (name, condition) in [
        ("recipient", request.get("recipient")),
        ("filter.demographic", filter),
    ] {
        if condition.is_some_and(|condition| leaves(condition).len() > MAX_LEAVES) {
            let message = format!("Must be of {MAX_LEAVES} conditions at most");
            found.push(at.property(name).detail(message));
        }
    }
}

const fn operands(of: &'static Check) -> [Field; 3] {
    let list = Check::List {
        min: 1,
        max: usize::MAX,
        of,
    };
    [
        optional("and", list),
        optional("or", list),
        optional("not", *of),
    ]
}

const fn one_of(of: &'static Check) -> Field {
    let list = Check::List {
        min: 1,
        max: usize::MAX,
        of,
    };
    required("oneOf", list)
}

const fn range(steps: &'static [&'static str]) -> [Field; 2] {
    [
        optional("gte", Check::OneOf(steps)),
        optional("lt", Check::OneOf(steps)),
    ]
}

fn check_operator(operator: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let given = ["and", "or", "not"]
        .iter()
        .filter(|name| given(operator, name).is_some());
    if given.count() != 1 {
        found.push(at.detail("Must have exactly one of and, or, not"));
    }
}

/// From `gte` on, and below `lt`.
fn check_range(steps: &[&str], range: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let step = |name: &str| {
        let given = range.get(name)?.as_str()?;
        steps.iter().position(|step| *step == given)
    };
    match (step("gte"), step("lt")) {
        (Some(from), Some(below)) if from >= below => {
            found.push(at.property("gte").detail("Must be less than lt"));
        }
        (None, None) if given(range, "gte").or(given(range, "lt")).is_none() => {
            found.push(at.detail("Must have gte, lt or both"));
        }
        _ => {}
    }
}
