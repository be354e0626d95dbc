//! Whom a narrowcast goes to (LINE reference, "Send narrowcast message").
//!
//! ```
//! use botbox_sdk::narrowcast;
//! use botbox_sdk::narrowcast::{Age, Gender, and, not};
//! use botbox_sdk::prelude::*;
//!
//! /// To women from 20 to 39, who are in the audience and did not get the first message.
//! fn remind(audience_group_id: i64, first_request_id: &str) -> Result {
//!     let target = narrowcast::to_friends()
//!         .recipient(and([
//!             narrowcast::audience(audience_group_id),
//!             not(narrowcast::redelivery(first_request_id)),
//!         ]))
//!         .demographic(and([
//!             narrowcast::gender([Gender::Female]),
//!             narrowcast::age(Age::Years20..Age::Years40),
//!         ]))
//!         .max(1_000);
//!     narrowcast(&target, "Still open!")?;
//!     Ok(())
//! }
//! ```
//!
//! A recipient and a demographic filter consist of at most 10 conditions each, without those that
//! join them.

mod values;

use std::marker::PhantomData;
use std::ops::{Range, RangeFrom, RangeTo};

pub use crate::bindings::botbox::line::push::{NarrowcastLimit, NarrowcastTarget};
use crate::json::{Json, Object, Written};

pub use values::{Age, AppType, Area, Gender, Period};

/// A [`Recipient`] or a [`Demographic`], which can be joined with others of its kind.
#[derive(Clone, Debug)]
pub struct Condition<K> {
    object: Object,
    kind: PhantomData<K>,
}

/// A condition on who receives it: audiences, and earlier narrowcasts.
pub type Recipient = Condition<OfRecipients>;

/// A condition on who a user is, as LINE estimates it. LINE takes one when the account has at least
/// 100 friends.
pub type Demographic = Condition<OfUsers>;

/// Tells a [`Recipient`] from a [`Demographic`].
#[derive(Clone, Copy, Debug)]
pub enum OfRecipients {}

/// Tells a [`Demographic`] from a [`Recipient`].
#[derive(Clone, Copy, Debug)]
pub enum OfUsers {}

/// Users from the first value on, below the second, or both: `a..`, `..b` or `a..b`.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<T> {
    gte: Option<T>,
    lt: Option<T>,
}

/// To all friends, unless conditions are added.
#[must_use]
pub fn to_friends() -> NarrowcastTarget {
    NarrowcastTarget {
        recipient: None,
        demographic: None,
        limit: None,
    }
}

/// Users in an audience.
#[must_use]
pub fn audience(audience_group_id: i64) -> Recipient {
    Condition::new(Object::typed("audience").with("audienceGroupId", audience_group_id))
}

/// Users who got a narrowcast of the last 14 days, by its request's id.
#[must_use]
pub fn redelivery(request_id: impl Into<String>) -> Recipient {
    Condition::new(Object::typed("redelivery").with("requestId", request_id.into()))
}

/// Users of any of these genders.
#[must_use]
pub fn gender(one_of: impl Into<Vec<Gender>>) -> Demographic {
    Condition::new(Object::typed("gender").with("oneOf", one_of.into()))
}

/// Users of these ages.
#[must_use]
pub fn age(bounds: impl Into<Bounds<Age>>) -> Demographic {
    Condition::new(bounded("age", bounds.into()))
}

/// Users with any of these phones.
#[must_use]
pub fn app_type(one_of: impl Into<Vec<AppType>>) -> Demographic {
    Condition::new(Object::typed("appType").with("oneOf", one_of.into()))
}

/// Users in any of these areas.
#[must_use]
pub fn area(one_of: impl Into<Vec<Area>>) -> Demographic {
    Condition::new(Object::typed("area").with("oneOf", one_of.into()))
}

/// Users who have been friends for so long.
#[must_use]
pub fn subscription_period(bounds: impl Into<Bounds<Period>>) -> Demographic {
    Condition::new(bounded("subscriptionPeriod", bounds.into()))
}

/// Users that all of these are true of.
#[must_use]
pub fn and<K>(conditions: impl Into<Vec<Condition<K>>>) -> Condition<K> {
    join("and", conditions.into())
}

/// Users that any of these is true of.
#[must_use]
pub fn or<K>(conditions: impl Into<Vec<Condition<K>>>) -> Condition<K> {
    join("or", conditions.into())
}

/// Users that this is not true of.
#[must_use]
pub fn not<K>(condition: Condition<K>) -> Condition<K> {
    join("not", condition)
}

fn join<K>(operator: &'static str, operands: impl Json) -> Condition<K> {
    Condition::new(Object::typed("operator").with(operator, operands))
}

fn bounded<T: Json>(kind: &str, bounds: Bounds<T>) -> Object {
    let object = Object::typed(kind).with_some("gte", bounds.gte);
    object.with_some("lt", bounds.lt)
}

impl<K> Condition<K> {
    fn new(object: Object) -> Self {
        let kind = PhantomData;
        Self { object, kind }
    }
}

impl<K> Json for Condition<K> {
    fn json(self) -> Written {
        self.object.json()
    }
}

impl NarrowcastTarget {
    /// To these recipients only.
    #[must_use]
    pub fn recipient(mut self, recipient: Recipient) -> Self {
        self.recipient = Some(recipient.json().0);
        self
    }

    /// To those only whom this is true of.
    #[must_use]
    pub fn demographic(mut self, demographic: Demographic) -> Self {
        self.demographic = Some(demographic.json().0);
        self
    }

    /// At most this many.
    #[must_use]
    pub fn max(mut self, max: u32) -> Self {
        self.limits().max = Some(max);
        self
    }

    /// At most as many as the quota has left.
    #[must_use]
    pub fn up_to_remaining_quota(mut self) -> Self {
        self.limits().up_to_remaining_quota = true;
        self
    }

    /// Sends nothing when the quota is too small for all.
    #[must_use]
    pub fn forbid_partial_delivery(mut self) -> Self {
        let limit = self.limits();
        // LINE accepts it only together with the other limit.
        limit.up_to_remaining_quota = true;
        limit.forbid_partial_delivery = true;
        self
    }

    fn limits(&mut self) -> &mut NarrowcastLimit {
        self.limit.get_or_insert(NarrowcastLimit {
            max: None,
            up_to_remaining_quota: false,
            forbid_partial_delivery: false,
        })
    }
}

impl<T> From<Range<T>> for Bounds<T> {
    fn from(range: Range<T>) -> Self {
        Self {
            gte: Some(range.start),
            lt: Some(range.end),
        }
    }
}

impl<T> From<RangeFrom<T>> for Bounds<T> {
    fn from(range: RangeFrom<T>) -> Self {
        Self {
            gte: Some(range.start),
            lt: None,
        }
    }
}

impl<T> From<RangeTo<T>> for Bounds<T> {
    fn from(range: RangeTo<T>) -> Self {
        Self {
            gte: None,
            lt: Some(range.end),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parsed(json: impl Json) -> Value {
        serde_json::from_str(&json.json().0).unwrap()
    }

    #[test]
    fn conditions_are_written_as_line_reads_them() {
        let recipient = and([
            audience(5_614_991_017_776),
            not(or([redelivery("one"), redelivery("\"two\"")])),
        ]);
        assert_eq!(
            parsed(recipient),
            json!({"type": "operator", "and": [
                {"type": "audience", "audienceGroupId": 5_614_991_017_776_i64},
                {"type": "operator", "not": {"type": "operator", "or": [
                    {"type": "redelivery", "requestId": "one"},
                    {"type": "redelivery", "requestId": "\"two\""},
                ]}},
            ]})
        );
        let demographic = or([
            gender([Gender::Male, Gender::Female]),
            app_type([AppType::Ios, AppType::Android]),
            area(vec![Area::Tokyo, Area::Bangkok]),
            age(Age::Years15..Age::Years70),
            age(Age::Years50..),
            subscription_period(..Period::Days365),
        ]);
        assert_eq!(
            parsed(demographic),
            json!({"type": "operator", "or": [
                {"type": "gender", "oneOf": ["male", "female"]},
                {"type": "appType", "oneOf": ["ios", "android"]},
                {"type": "area", "oneOf": ["jp_13", "th_01"]},
                {"type": "age", "gte": "age_15", "lt": "age_70"},
                {"type": "age", "gte": "age_50"},
                {"type": "subscriptionPeriod", "lt": "day_365"},
            ]})
        );
    }

    #[test]
    fn a_target_has_what_was_said() {
        let all = to_friends();
        assert!(all.recipient.is_none() && all.demographic.is_none() && all.limit.is_none());
        let some = to_friends()
            .recipient(audience(1))
            .demographic(gender([Gender::Male]))
            .max(7)
            .forbid_partial_delivery();
        let audience = r#"{"type":"audience","audienceGroupId":1}"#;
        assert_eq!(some.recipient.as_deref(), Some(audience));
        let men = r#"{"type":"gender","oneOf":["male"]}"#;
        assert_eq!(some.demographic.as_deref(), Some(men));
        let limit = some.limit.unwrap();
        assert_eq!(limit.max, Some(7));
        assert!(limit.up_to_remaining_quota && limit.forbid_partial_delivery);
        assert!(
            to_friends()
                .up_to_remaining_quota()
                .limit
                .unwrap()
                .max
                .is_none()
        );
    }
}
