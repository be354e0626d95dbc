//! Coupons of one bot (LINE reference, "Coupon"). Here `now` is in milliseconds since 1970.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::ids;

/// How many valid coupons a bot can have (LINE reference, "Create a coupon").
pub(crate) const MAX_VALID: usize = 5_000;

/// How many coupons are kept in all. Of those that are closed the oldest is dropped for a new one.
const MAX_COUPONS: usize = 2 * MAX_VALID;

/// The coupons of one bot, by id. Ids grow with time.
#[derive(Default)]
pub(crate) struct Coupons(BTreeMap<String, Coupon>);

/// One coupon.
pub(crate) struct Coupon {
    /// What LINE keeps of the request.
    object: Map<String, Value>,
    /// In seconds since 1970.
    created: u64,
    discontinued: bool,
}

impl Coupons {
    /// The id of a new coupon, or `None` when there is no room for it.
    pub(crate) fn create(&mut self, request: &Value, now: u64) -> Option<String> {
        if self
            .0
            .values()
            .filter(|coupon| coupon.is_running(now))
            .count()
            >= MAX_VALID
        {
            return None;
        }
        if self.0.len() >= MAX_COUPONS {
            let closed = self.0.iter().find(|(_, coupon)| !coupon.is_running(now));
            let closed = closed.map(|(id, _)| id.clone());
            closed.and_then(|id| self.0.remove(&id));
        }
        let coupon = Coupon {
            object: request.as_object().cloned().unwrap_or_default(),
            created: now / 1000,
            discontinued: false,
        };
        let id = ids::coupon();
        self.0.insert(id.clone(), coupon);
        Some(id)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Coupon> {
        self.0.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Coupon> {
        self.0.get_mut(id)
    }

    /// Ids with their coupons, oldest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Coupon)> {
        self.0.iter().map(|(id, coupon)| (id.as_str(), coupon))
    }
}

impl Coupon {
    /// `RUNNING`, or `CLOSED` when it has expired or was discontinued. Drafts are made in LINE's
    /// console only.
    pub(crate) fn status(&self, now: u64) -> &'static str {
        if self.is_running(now) {
            "RUNNING"
        } else {
            "CLOSED"
        }
    }

    pub(crate) fn is_running(&self, now: u64) -> bool {
        let end = self.object.get("endTimestamp").and_then(Value::as_u64);
        !self.discontinued && end.unwrap_or_default() > now / 1000
    }

    pub(crate) fn discontinue(&mut self) {
        self.discontinued = true;
    }

    pub(crate) fn title(&self) -> &Value {
        self.object.get("title").unwrap_or(&Value::Null)
    }

    /// The details that LINE gives.
    pub(crate) fn view(&self, id: &str, now: u64) -> Value {
        let known = [
            "title",
            "description",
            "acquisitionCondition",
            "startTimestamp",
            "endTimestamp",
            "timezone",
            "couponCode",
            "maxUseCountPerTicket",
            "visibility",
            "reward",
            "imageUrl",
            "barcodeImageUrl",
            "usageCondition",
        ];
        let mut view = json!({
            "couponId": id,
            "status": self.status(now),
            "createdTimestamp": self.created,
            "maxTicketPerUser": 1,
        });
        for name in known {
            if let Some(value) = self.object.get(name) {
                view[name] = value.clone();
            }
        }
        let price = view.pointer_mut("/reward/priceInfo");
        if let Some(price) = price.filter(|price| price["type"] != "percentage") {
            // The currency of the account's country. All countries but two have yen.
            price["currency"] = "JPY".into();
        }
        view
    }
}
