//! `botbox:line/coupon`: coupons, for coupon messages.

use botbox_line::client;

use super::errors::call_error;
use crate::bindings::botbox::line::coupon::{
    AcquisitionCondition, CouponDetail, CouponTitle, Coupons, Host, Lottery, NewCoupon, Price,
    Reward,
};
use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn create_coupon(&mut self, coupon: NewCoupon) -> Result<String, CallError> {
        self.check_call(Capability::Coupon)?;
        let coupon = new_coupon(coupon)?;
        Ok(self.client().create_coupon(&coupon).await?)
    }

    async fn list_coupon(
        &mut self,
        status: Vec<String>,
        limit: Option<u32>,
        start: Option<String>,
    ) -> Result<Coupons, CallError> {
        self.check_call(Capability::Coupon)?;
        let page = self.client().list_coupon(&status, limit, start).await?;
        let title = |it: client::CouponTitle| CouponTitle {
            coupon_id: it.coupon_id,
            title: it.title,
        };
        Ok(Coupons {
            items: page.items.into_iter().map(title).collect(),
            next: page.next,
        })
    }

    async fn get_coupon_detail(&mut self, coupon_id: String) -> Result<CouponDetail, CallError> {
        self.check_call(Capability::Coupon)?;
        Ok(self.client().coupon_detail(&coupon_id).await?.into())
    }

    async fn close_coupon(&mut self, coupon_id: String) -> Result<(), CallError> {
        self.check_call(Capability::Coupon)?;
        Ok(self.client().close_coupon(&coupon_id).await?)
    }
}

fn new_coupon(coupon: NewCoupon) -> Result<client::NewCoupon, CallError> {
    Ok(client::NewCoupon {
        title: coupon.title,
        description: coupon.description,
        image_url: coupon.image_url,
        usage_condition: coupon.usage_condition,
        coupon_code: coupon.coupon_code,
        barcode_image_url: coupon.barcode_image_url,
        use_once: coupon.use_once,
        start_timestamp: coupon.start_timestamp,
        end_timestamp: coupon.end_timestamp,
        timezone: coupon.timezone,
        visibility: coupon.visibility,
        acquisition_condition: new_condition(coupon.acquisition_condition)?,
        reward: coupon.reward.map(new_reward).transpose()?,
    })
}

fn new_condition(
    condition: AcquisitionCondition,
) -> Result<client::AcquisitionCondition, CallError> {
    Ok(match condition {
        AcquisitionCondition::Normal => client::AcquisitionCondition::Normal,
        AcquisitionCondition::Lottery(lottery) => client::AcquisitionCondition::Lottery {
            lottery_probability: lottery.lottery_probability,
            max_acquire_count: lottery.max_acquire_count,
        },
        AcquisitionCondition::Referral => client::AcquisitionCondition::Referral,
        AcquisitionCondition::Unknown(_) => return Err(not_for_new_ones("condition")),
    })
}

fn new_reward(reward: Reward) -> Result<client::Reward, CallError> {
    Ok(match reward {
        Reward::Free => client::Reward::Free,
        Reward::Gift => client::Reward::Gift,
        Reward::Others => client::Reward::Others,
        Reward::CashBack(price) => client::Reward::CashBack {
            price_info: new_price(price),
        },
        Reward::Discount(price) => client::Reward::Discount {
            price_info: new_price(price),
        },
        Reward::Unknown(_) => return Err(not_for_new_ones("reward")),
    })
}

fn new_price(price: Price) -> Option<client::PriceInfo> {
    Some(match price {
        Price::Unspecified => return None,
        Price::Fixed(fixed_amount) => client::PriceInfo::Fixed { fixed_amount },
        Price::Percentage(percentage) => client::PriceInfo::Percentage { percentage },
        Price::Explicit((price_after_discount, original_price)) => client::PriceInfo::Explicit {
            price_after_discount,
            original_price,
        },
    })
}

fn not_for_new_ones(what: &str) -> CallError {
    let why = format!("a new coupon can't have a {what} of an unknown kind");
    call_error(ErrorKind::Invalid, why)
}

impl From<client::CouponDetail> for CouponDetail {
    fn from(coupon: client::CouponDetail) -> Self {
        Self {
            coupon_id: coupon.coupon_id,
            title: coupon.title,
            description: coupon.description,
            image_url: coupon.image_url,
            usage_condition: coupon.usage_condition,
            coupon_code: coupon.coupon_code,
            barcode_image_url: coupon.barcode_image_url,
            use_once: coupon.use_once,
            start_timestamp: coupon.start_timestamp,
            end_timestamp: coupon.end_timestamp,
            timezone: coupon.timezone,
            visibility: coupon.visibility,
            acquisition_condition: coupon.acquisition_condition.into(),
            reward: coupon.reward.map(Into::into),
            status: coupon.status,
            created_timestamp: coupon.created_timestamp,
        }
    }
}

impl From<client::AcquisitionCondition> for AcquisitionCondition {
    fn from(condition: client::AcquisitionCondition) -> Self {
        match condition {
            client::AcquisitionCondition::Normal => Self::Normal,
            client::AcquisitionCondition::Lottery {
                lottery_probability,
                max_acquire_count,
            } => Self::Lottery(Lottery {
                lottery_probability,
                max_acquire_count,
            }),
            client::AcquisitionCondition::Referral => Self::Referral,
            client::AcquisitionCondition::Unknown(json) => Self::Unknown(json.to_string()),
        }
    }
}

impl From<client::Reward> for Reward {
    fn from(reward: client::Reward) -> Self {
        match reward {
            client::Reward::Free => Self::Free,
            client::Reward::Gift => Self::Gift,
            client::Reward::Others => Self::Others,
            client::Reward::CashBack { price_info } => Self::CashBack(price_info.into()),
            client::Reward::Discount { price_info } => Self::Discount(price_info.into()),
            client::Reward::Unknown(json) => Self::Unknown(json.to_string()),
        }
    }
}

impl From<Option<client::PriceInfo>> for Price {
    fn from(price: Option<client::PriceInfo>) -> Self {
        match price {
            None => Self::Unspecified,
            Some(client::PriceInfo::Fixed { fixed_amount }) => Self::Fixed(fixed_amount),
            Some(client::PriceInfo::Percentage { percentage }) => Self::Percentage(percentage),
            Some(client::PriceInfo::Explicit {
                price_after_discount,
                original_price,
            }) => Self::Explicit((price_after_discount, original_price)),
        }
    }
}
