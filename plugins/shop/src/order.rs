//! An order under way. It travels in the data of the buttons, so nothing has to be remembered.
//!
//! Users can send any data: all of it is checked, and the price is not in it.

use botbox_sdk::events::PostbackEvent;

use crate::catalogue::{self, Good};

/// How many of a good an order can have: as many as there are quick replies, at most 13.
pub(crate) const MOST: u32 = 6;

#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) good: &'static Good,
    /// As LINE writes it: `2030-12-31T23:59`.
    pub(crate) time: Option<String>,
    pub(crate) amount: Option<u32>,
}

impl Order {
    pub(crate) fn new(good: &'static Good) -> Self {
        Self {
            good,
            time: None,
            amount: None,
        }
    }

    /// The order in a postback, with the time if the user has just picked one. Nothing if the data
    /// is not of this shop.
    pub(crate) fn of(postback: &PostbackEvent) -> Option<Self> {
        let mut fields = postback.data.split('&');
        let mut order = Self::new(catalogue::find(fields.next()?)?);
        for field in fields {
            match field.split_once('=')? {
                ("time", time) => order.time = Some(checked_time(time)?),
                ("amount", amount) => order.amount = Some(checked_amount(amount)?),
                _ => return None,
            }
        }
        if let Some((_, time)) = postback.params.iter().find(|(name, _)| name == "datetime") {
            order.time = Some(checked_time(time)?);
        }
        Some(order)
    }

    pub(crate) fn amount(mut self, amount: u32) -> Self {
        self.amount = Some(amount);
        self
    }

    /// What [`Order::of`] reads.
    pub(crate) fn data(&self) -> String {
        let mut data = String::from(self.good.id);
        if let Some(time) = &self.time {
            data.push_str(&format!("&time={time}"));
        }
        if let Some(amount) = self.amount {
            data.push_str(&format!("&amount={amount}"));
        }
        data
    }
}

fn checked_time(time: &str) -> Option<String> {
    let fits = |(byte, pattern)| match pattern {
        b'0' => u8::is_ascii_digit(&byte),
        separator => byte == separator,
    };
    let pattern = "0000-00-00T00:00";
    let is_time = time.len() == pattern.len() && time.bytes().zip(pattern.bytes()).all(fits);
    is_time.then(|| time.to_owned())
}

fn checked_amount(amount: &str) -> Option<u32> {
    let amount = amount.parse().ok()?;
    (1..=MOST).contains(&amount).then_some(amount)
}
