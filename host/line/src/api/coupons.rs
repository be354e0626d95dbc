//! Coupons (LINE reference, "Coupon").

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::client::Client;
use crate::error::Error;
use crate::lenient::elements;
use crate::operation::Operation;

/// What LINE says for "without a limit".
const NO_LIMIT: i64 = -1;

/// A coupon to create.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCoupon {
    /// At most 60 characters.
    pub title: String,
    /// At most 1,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// At most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_condition: Option<String>,
    /// At most 16 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
    /// HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub barcode_image_url: Option<String>,
    /// Whether a user may use it once, or as often as they like.
    #[serde(rename = "maxUseCountPerTicket", serialize_with = "write_use_once")]
    pub use_once: bool,
    /// In seconds since 1970.
    pub start_timestamp: i64,
    /// In seconds since 1970.
    pub end_timestamp: i64,
    /// Such as `ASIA_TOKYO`.
    pub timezone: String,
    /// `UNLISTED` or `PUBLIC`
    pub visibility: String,
    /// Who can get it.
    pub acquisition_condition: AcquisitionCondition,
    /// What it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<Reward>,
}

/// Who can get a coupon.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum AcquisitionCondition {
    /// Every user.
    Normal,
    /// Users who win a lottery.
    #[serde(rename_all = "camelCase")]
    Lottery {
        /// In percent, from 1 to 99.
        lottery_probability: u32,
        /// How many can win: at most 999,999, or without a limit.
        #[serde(serialize_with = "write_limit", deserialize_with = "read_limit")]
        max_acquire_count: Option<u32>,
    },
    /// Users who refer a friend.
    Referral,
    /// A condition that is not known here.
    #[serde(untagged)]
    Unknown(Value),
}

/// What a coupon is worth.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Reward {
    /// A free item.
    Free,
    /// A present.
    Gift,
    /// Another reward.
    Others,
    /// Money back.
    #[serde(rename_all = "camelCase")]
    CashBack {
        /// How much, where it is told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price_info: Option<PriceInfo>,
    },
    /// A lower price.
    #[serde(rename_all = "camelCase")]
    Discount {
        /// By how much, where it is told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price_info: Option<PriceInfo>,
    },
    /// A reward, or its price, that is not known here.
    #[serde(untagged)]
    Unknown(Value),
}

/// An amount, in the account's currency.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum PriceInfo {
    /// A fixed amount.
    #[serde(rename_all = "camelCase")]
    Fixed {
        /// How much.
        fixed_amount: u64,
    },
    /// A percentage of the price.
    Percentage {
        /// From 1 to 99.
        percentage: u32,
    },
    /// Two prices, for discounts only.
    #[serde(rename_all = "camelCase")]
    Explicit {
        /// The price with the coupon.
        price_after_discount: u64,
        /// The price without it.
        original_price: u64,
    },
}

/// A coupon that LINE has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CouponDetail {
    /// Its id.
    pub coupon_id: String,
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// What it is.
    pub description: Option<String>,
    /// Its picture.
    pub image_url: Option<String>,
    /// What to know about its use.
    pub usage_condition: Option<String>,
    /// The code that a user shows.
    pub coupon_code: Option<String>,
    /// The bar code that a user shows.
    pub barcode_image_url: Option<String>,
    /// Whether a user may use it once, or as often as they like.
    #[serde(rename = "maxUseCountPerTicket", deserialize_with = "read_use_once")]
    pub use_once: bool,
    /// In seconds since 1970.
    pub start_timestamp: i64,
    /// In seconds since 1970.
    pub end_timestamp: i64,
    /// Such as `ASIA_TOKYO`.
    #[serde(default)]
    pub timezone: String,
    /// `UNLISTED`, `PUBLIC` or `PRIVATE`
    #[serde(default)]
    pub visibility: String,
    /// Who can get it.
    pub acquisition_condition: AcquisitionCondition,
    /// What it is worth.
    pub reward: Option<Reward>,
    /// `DRAFT`, `RUNNING` or `CLOSED`
    pub status: String,
    /// In seconds since 1970.
    pub created_timestamp: i64,
}

/// A coupon in a list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CouponTitle {
    /// Its id.
    pub coupon_id: String,
    /// What it is called.
    #[serde(default)]
    pub title: String,
}

/// A page of coupons.
#[derive(Debug, Deserialize)]
pub struct Coupons {
    /// The coupons.
    #[serde(deserialize_with = "elements")]
    pub items: Vec<CouponTitle>,
    /// Where the next page begins.
    pub next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    coupon_id: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn write_limit<S: Serializer>(limit: &Option<u32>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(limit.map_or(NO_LIMIT, i64::from))
}

fn read_limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    Ok(i64::deserialize(deserializer)?.try_into().ok())
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn write_use_once<S: Serializer>(once: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    write_limit(&once.then_some(1), serializer)
}

fn read_use_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(read_limit(deserializer)?.is_some())
}

impl Client {
    /// Makes a coupon. Returns its id.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn create_coupon(&self, coupon: &NewCoupon) -> Result<String, Error> {
        let request = self.request(Operation::CreateCoupon);
        let created: Created = request.json(coupon)?.receive().await?;
        Ok(created.coupon_id)
    }

    /// A page of at most `limit` coupons: by default 20, and never more than 100. `status` is any of `DRAFT`,
    /// `RUNNING` and `CLOSED`; all when empty.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn list_coupon(
        &self,
        status: &[String],
        limit: Option<u32>,
        start: Option<String>,
    ) -> Result<Coupons, Error> {
        let mut request = self.request(Operation::ListCoupon);
        for status in status {
            request = request.query("status", Some(status));
        }
        let request = request.query("limit", limit).query("start", start);
        request.receive().await
    }

    /// All that LINE tells of a coupon.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn coupon_detail(&self, coupon_id: &str) -> Result<CouponDetail, Error> {
        let request = self.request(Operation::GetCouponDetail);
        request.id("coupon-id", coupon_id)?.receive().await
    }

    /// Ends a coupon for good.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn close_coupon(&self, coupon_id: &str) -> Result<(), Error> {
        let request = self.request(Operation::CloseCoupon);
        request.id("coupon-id", coupon_id)?.send().await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kinds_known_and_unknown() {
        let reward = |json: Value| serde_json::from_value::<Reward>(json).unwrap();
        let fixed = json!({"type": "fixed", "fixedAmount": 100, "currency": "JPY"});
        assert!(matches!(
            reward(json!({"type": "discount", "priceInfo": fixed})),
            Reward::Discount {
                price_info: Some(PriceInfo::Fixed { fixed_amount: 100 })
            }
        ));
        assert!(matches!(
            reward(json!({"type": "cashBack", "priceInfo": null})),
            Reward::CashBack { price_info: None }
        ));
        for unknown in [
            json!({"type": "hug", "warmth": 3}),
            json!({"type": "discount", "priceInfo": {"type": "haggled"}}),
        ] {
            assert!(matches!(reward(unknown.clone()), Reward::Unknown(json) if json == unknown));
        }
        let condition = json!({"type": "referral"});
        let condition: AcquisitionCondition = serde_json::from_value(condition).unwrap();
        assert!(matches!(condition, AcquisitionCondition::Referral));
        for (limit, written) in [(Some(7), 7), (None, -1)] {
            let lottery = AcquisitionCondition::Lottery {
                lottery_probability: 5,
                max_acquire_count: limit,
            };
            let lottery = serde_json::to_value(lottery).unwrap();
            let expected =
                json!({"type": "lottery", "lotteryProbability": 5, "maxAcquireCount": written});
            assert_eq!(lottery, expected);
            let read: AcquisitionCondition = serde_json::from_value(lottery).unwrap();
            assert!(matches!(
                read,
                AcquisitionCondition::Lottery { max_acquire_count, .. } if max_acquire_count == limit
            ));
        }
        let written = serde_json::to_value(Reward::CashBack { price_info: None }).unwrap();
        assert_eq!(written, json!({"type": "cashBack"}));
    }
}
