//! `botbox:line/coupon`: coupons, for coupon messages.

use botbox_line::api;

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
        let title = |it: api::CouponTitle| CouponTitle {
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

fn new_coupon(coupon: NewCoupon) -> Result<api::NewCoupon, CallError> {
    Ok(api::NewCoupon {
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

fn new_condition(condition: AcquisitionCondition) -> Result<api::AcquisitionCondition, CallError> {
    Ok(match condition {
        AcquisitionCondition::Normal => api::AcquisitionCondition::Normal,
        AcquisitionCondition::Lottery(lottery) => api::AcquisitionCondition::Lottery {
            lottery_probability: lottery.lottery_probability,
            max_acquire_count: lottery.max_acquire_count,
        },
        AcquisitionCondition::Referral => api::AcquisitionCondition::Referral,
        AcquisitionCondition::Unknown(_) => return Err(unknown_kind("condition")),
    })
}

fn new_reward(reward: Reward) -> Result<api::Reward, CallError> {
    Ok(match reward {
        Reward::Free => api::Reward::Free,
        Reward::Gift => api::Reward::Gift,
        Reward::Others => api::Reward::Others,
        Reward::CashBack(price) => api::Reward::CashBack {
            price_info: new_price(price),
        },
        Reward::Discount(price) => api::Reward::Discount {
            price_info: new_price(price),
        },
        Reward::Unknown(_) => return Err(unknown_kind("reward")),
    })
}

fn new_price(price: Price) -> Option<api::PriceInfo> {
    Some(match price {
        Price::Unspecified => return None,
        Price::Fixed(fixed_amount) => api::PriceInfo::Fixed { fixed_amount },
        Price::Percentage(percentage) => api::PriceInfo::Percentage { percentage },
        Price::Explicit((price_after_discount, original_price)) => api::PriceInfo::Explicit {
            price_after_discount,
            original_price,
        },
    })
}

fn unknown_kind(what: &str) -> CallError {
    let why = format!("a new coupon can't have a {what} of an unknown kind");
    call_error(ErrorKind::Invalid, why)
}

impl From<api::CouponDetail> for CouponDetail {
    fn from(coupon: api::CouponDetail) -> Self {
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

impl From<api::AcquisitionCondition> for AcquisitionCondition {
    fn from(condition: api::AcquisitionCondition) -> Self {
        match condition {
            api::AcquisitionCondition::Normal => Self::Normal,
            api::AcquisitionCondition::Lottery {
                lottery_probability,
                max_acquire_count,
            } => Self::Lottery(Lottery {
                lottery_probability,
                max_acquire_count,
            }),
            api::AcquisitionCondition::Referral => Self::Referral,
            api::AcquisitionCondition::Unknown(json) => Self::Unknown(json.to_string()),
        }
    }
}

impl From<api::Reward> for Reward {
    fn from(reward: api::Reward) -> Self {
        match reward {
            api::Reward::Free => Self::Free,
            api::Reward::Gift => Self::Gift,
            api::Reward::Others => Self::Others,
            api::Reward::CashBack { price_info } => Self::CashBack(price_info.into()),
            api::Reward::Discount { price_info } => Self::Discount(price_info.into()),
            api::Reward::Unknown(json) => Self::Unknown(json.to_string()),
        }
    }
}

impl From<Option<api::PriceInfo>> for Price {
    fn from(price: Option<api::PriceInfo>) -> Self {
        match price {
            None => Self::Unspecified,
            Some(api::PriceInfo::Fixed { fixed_amount }) => Self::Fixed(fixed_amount),
            Some(api::PriceInfo::Percentage { percentage }) => Self::Percentage(percentage),
            Some(api::PriceInfo::Explicit {
                price_after_discount,
                original_price,
            }) => Self::Explicit((price_after_discount, original_price)),
        }
    }
}
