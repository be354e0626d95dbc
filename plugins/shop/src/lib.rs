//! Takes orders: a carousel of goods, a time, an amount, a receipt and a coupon.

mod cards;
mod catalogue;
mod order;

use botbox_sdk::prelude::*;

use order::Order;

bot!(shop);

fn shop(event: Event) -> Result {
    match &event.kind {
        EventKind::Postback(postback) => match Order::of(postback) {
            Some(order) => proceed(&order),
            None => invite("That is not on the menu any more."),
        },
        _ if event.text() == Some("menu") => {
            reply(message::flex("The menu", cards::menu()))?;
            Ok(())
        }
        EventKind::Follow(_) | EventKind::Message(_) => invite("Welcome to the shop!"),
        _ => Ok(()),
    }
}

fn invite(why: &str) -> Result {
    reply(message::text(why).quick_reply([action::message("Menu", "menu")]))?;
    Ok(())
}

/// Asks for what the order still needs.
fn proceed(order: &Order) -> Result {
    match (&order.time, order.amount) {
        (None, _) => ask_time(order),
        (Some(_), None) => ask_amount(order),
        (Some(time), Some(amount)) => confirm(order, time, amount),
    }
}

fn ask_time(order: &Order) -> Result {
    let picker = action::datetime_picker("Pick a time", order.data(), "datetime");
    let question = format!("{}: when will you come for it?", order.good.name);
    reply(message::buttons("When will you come?", question, [picker]))?;
    Ok(())
}

fn ask_amount(order: &Order) -> Result {
    let amounts = (1..=order::MOST).map(|amount| {
        let order = order.clone().amount(amount);
        action::postback(amount.to_string(), order.data())
    });
    reply(message::text("How many?").quick_reply(amounts))?;
    Ok(())
}

fn confirm(order: &Order, time: &str, amount: u32) -> Result {
    let receipt = cards::receipt(order.good, time, amount);
    let mut messages = vec![
        message::flex("Your receipt", receipt),
        message::text("Thank you, see you soon!"),
    ];
    if let Some(id) = botbox_sdk::config("coupon") {
        messages.push(message::coupon(id));
    }
    reply(messages)?;
    Ok(())
}
