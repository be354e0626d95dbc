//! An order under way. It travels in the data of the buttons, so nothing has to be remembered.
//!
//! Users can send any data: all of it is checked, and the price is not in it.

use botbox_sdk::prelude::*;

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

    /// The order in a postback, with the time if the user has just picked one. Nothing if the shop can't have
    /// made it.
    pub(crate) fn of(event: &Event, data: &PostbackData) -> Option<Self> {
        let mut order = Self::new(catalogue::find(data.get("good")?)?);
        if let Some(time) = event.picked().or(data.get("time")) {
            order.time = Some(checked_time(time)?);
        }
        if let Some(amount) = data.get("amount") {
            order.amount = Some(checked_amount(amount)?);
        }
        Some(order)
    }

    pub(crate) fn amount(mut self, amount: u32) -> Self {
        self.amount = Some(amount);
        self
    }

    /// What [`Order::of`] reads.
    pub(crate) fn data(&self) -> PostbackData {
        let mut data = postback::data("order").with("good", self.good.id);
        if let Some(time) = &self.time {
            data = data.with("time", time);
        }
        if let Some(amount) = self.amount {
            data = data.with("amount", amount);
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
