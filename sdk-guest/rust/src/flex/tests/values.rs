//! Every value of properties.

use super::*;

/// Checks that each value is spelled as LINE does.
fn assert_spelled(values: impl IntoIterator<Item = impl Json>, spellings: &[&str]) {
    let values: Vec<_> = values.into_iter().map(parsed).collect();
    assert_eq!(values, spellings);
}

#[test]
fn every_value() {
    use {AspectMode as Aspect, BubbleSize as Bubble, JustifyContent as Justify};
    assert_spelled(
        [
            Bubble::Nano,
            Bubble::Micro,
            Bubble::Deca,
            Bubble::Hecto,
            Bubble::Kilo,
            Bubble::Mega,
            Bubble::Giga,
        ],
        &["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"],
    );
    assert_spelled([Direction::Ltr, Direction::Rtl], &["ltr", "rtl"]);
    assert_spelled(
        [
            Space::None,
            Space::Xs,
            Space::Sm,
            Space::Md,
            Space::Lg,
            Space::Xl,
            Space::Xxl,
        ],
        &["none", "xs", "sm", "md", "lg", "xl", "xxl"],
    );
    assert_spelled(
        [
            Size::Xxs,
            Size::Xs,
            Size::Sm,
            Size::Md,
            Size::Lg,
            Size::Xl,
            Size::Xxl,
            Size::Xl3,
            Size::Xl4,
            Size::Xl5,
        ],
        &[
            "xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl",
        ],
    );
    assert_spelled(
        [
            BorderWidth::None,
            BorderWidth::Light,
            BorderWidth::Normal,
            BorderWidth::Medium,
            BorderWidth::SemiBold,
            BorderWidth::Bold,
            px(2).into(),
        ],
        &[
            "none",
            "light",
            "normal",
            "medium",
            "semi-bold",
            "bold",
            "2px",
        ],
    );
    assert_spelled([TextSize::from(Size::Xl), px(14).into()], &["xl", "14px"]);
    assert_spelled([Size::Sm.into(), IconSize::from(px(0.5))], &["sm", "0.5px"]);
    assert_spelled(
        [
            ImageSize::Full,
            Size::Xl3.into(),
            px(8).into(),
            percent(33.3).into(),
        ],
        &["full", "3xl", "8px", "33.3%"],
    );
    assert_spelled(
        [Position::Relative, Position::Absolute],
        &["relative", "absolute"],
    );
    assert_spelled(
        [
            Justify::Center,
            Justify::FlexStart,
            Justify::FlexEnd,
            Justify::SpaceBetween,
            Justify::SpaceAround,
            Justify::SpaceEvenly,
        ],
        &[
            "center",
            "flex-start",
            "flex-end",
            "space-between",
            "space-around",
            "space-evenly",
        ],
    );
    assert_spelled(
        [
            AlignItems::Center,
            AlignItems::FlexStart,
            AlignItems::FlexEnd,
        ],
        &["center", "flex-start", "flex-end"],
    );
    assert_spelled(
        [Align::Start, Align::End, Align::Center],
        &["start", "end", "center"],
    );
    assert_spelled(
        [Gravity::Top, Gravity::Bottom, Gravity::Center],
        &["top", "bottom", "center"],
    );
    assert_spelled([ButtonHeight::Md, ButtonHeight::Sm], &["md", "sm"]);
    assert_spelled(
        [
            ButtonStyle::Primary,
            ButtonStyle::Secondary,
            ButtonStyle::Link,
        ],
        &["primary", "secondary", "link"],
    );
    assert_spelled([AdjustMode::ShrinkToFit], &["shrink-to-fit"]);
    assert_spelled([Aspect::Fit, Aspect::Cover], &["fit", "cover"]);
    assert_spelled([Weight::Regular, Weight::Bold], &["regular", "bold"]);
    assert_spelled(
        [TextStyle::Normal, TextStyle::Italic],
        &["normal", "italic"],
    );
    assert_spelled(
        [
            Decoration::None,
            Decoration::Underline,
            Decoration::LineThrough,
        ],
        &["none", "underline", "line-through"],
    );
}
