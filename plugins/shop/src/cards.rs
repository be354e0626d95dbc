//! How the menu and the receipt look.

use botbox_sdk::flex::{
    self, Align, Bubble, ButtonStyle, Carousel, FlexBox, Size, Space, Weight, px,
};
use botbox_sdk::prelude::*;

use crate::catalogue::{GOODS, Good};
use crate::order::Order;

pub(crate) fn menu() -> Carousel {
    flex::carousel(GOODS.iter().map(card))
}

fn card(good: &'static Good) -> Bubble {
    let picture = flex::text(good.picture)
        .size(Size::Xl5)
        .align(Align::Center);
    let choose = action::postback("Choose", Order::new(good).data());
    flex::bubble()
        .hero(
            flex::vertical([picture])
                .background_color("#FFF4E0")
                .padding_all(px(32)),
        )
        .body(flex::vertical((
            flex::text(good.name).weight(Weight::Bold).size(Size::Lg),
            flex::text(yen(good.price)).color("#777777"),
        )))
        .footer(flex::vertical([
            flex::button(choose).style(ButtonStyle::Primary)
        ]))
}

pub(crate) fn receipt(good: &Good, time: &str, amount: u32) -> Bubble {
    let title = flex::text("Receipt").weight(Weight::Bold).size(Size::Xl);
    flex::bubble().body(
        flex::vertical((
            title,
            line("Pick-up", time.replace('T', " ")),
            line(good.name, format!("{amount} × {}", yen(good.price))),
            flex::separator(),
            line("Total", yen(good.price * amount)),
        ))
        .spacing(Space::Md),
    )
}

fn line(label: &str, value: String) -> FlexBox {
    flex::horizontal((
        flex::text(label).color("#777777").flex(0),
        flex::text(value).align(Align::End),
    ))
}

fn yen(amount: u32) -> String {
    format!("¥{amount}")
}
