//! Takes orders: a carousel of goods, a time, an amount, a receipt and a coupon.

mod cards;
mod catalogue;
mod order;

use botbox_sdk::prelude::*;

use order::Order;

bot!(shop());

fn shop() -> Router {
    Router::new()
        .text("menu", |_, _| show_menu())
        .postback("", |event, data| match Order::of(event, &data) {
            Some(order) => proceed(&order),
            None => invite("That is not on the menu any more."),
        })
        .follow(|_, _| invite("Welcome to the shop!"))
        .message(|_, _| invite("Welcome to the shop!"))
}

fn show_menu() -> Result {
    reply(message::flex("The menu", cards::menu()))?;
    Ok(())
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

#[cfg(test)]
mod tests {
    use botbox_sdk::messages::{Action, MessageBody, Template};
    use botbox_sdk::testing::{Bot, Turn, event};

    use super::*;

    /// The data of a button.
    fn data(action: &Action) -> &str {
        match action {
            Action::Postback(postback) => &postback.data,
            Action::DatetimePicker(picker) => &picker.data,
            other => panic!("no data: {other:?}"),
        }
    }

    fn flex(turn: &Turn) -> &str {
        match &turn.reply()[0].body {
            MessageBody::Flex(flex) => &flex.contents,
            other => panic!("no Flex Message: {other:?}"),
        }
    }

    #[test]
    fn an_order_goes_from_menu_to_receipt() {
        let bot = Bot::new(shop());
        let menu = bot.handle(event::text("Menu"));
        assert!(flex(&menu).contains("order?good=cake"), "{menu}");

        let when = bot.handle(event::postback("order?good=cake"));
        let MessageBody::Template(message) = &when.reply()[0].body else {
            panic!("no template: {when}");
        };
        let Template::Buttons(buttons) = &message.template else {
            panic!("no buttons: {when}");
        };
        let picked = event::picked(data(&buttons.actions[0]), "datetime", "2030-12-24T15:30");

        let amounts = bot.handle(picked);
        let two = data(&amounts.reply()[0].quick_reply[1].action);
        assert_eq!(two, "order?good=cake&time=2030-12-24T15:30&amount=2");

        let receipt = bot.handle(event::postback(two));
        assert_eq!(receipt.texts(), ["Thank you, see you soon!"]);
        for part in ["2030-12-24 15:30", "2 × ¥620", "¥1240"] {
            assert!(flex(&receipt).contains(part), "{receipt}");
        }
    }

    #[test]
    fn a_coupon_comes_with_the_receipt_where_there_is_one() {
        let bot = Bot::new(shop());
        let order = || event::postback("order?good=bread&time=2030-12-24T15:30&amount=1");
        assert_eq!(bot.handle(order()).reply().len(), 2);
        bot.config("coupon", "01COUPON");
        let turn = bot.handle(order());
        assert!(
            matches!(&turn.reply()[2].body, MessageBody::Coupon(it) if it.coupon_id == "01COUPON")
        );
    }

    #[test]
    fn what_the_shop_did_not_write_is_refused() {
        let bot = Bot::new(shop());
        for data in [
            "",
            "order?good=yacht",
            "order?good=cake&time=soon",
            "order?good=cake&amount=7",
        ] {
            let turn = bot.handle(event::postback(data));
            assert_eq!(
                turn.texts(),
                ["That is not on the menu any more."],
                "{data}"
            );
        }
    }
}
