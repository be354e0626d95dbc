use serde_json::{Value, json};

use super::*;
use crate::action;
use crate::bindings::botbox::line::messages::{
    Action, DatetimePickerAction, PostbackAction, UriAction,
};
use crate::json::Json;

const PICTURE: &str = "https://example.com/picture.png";
const VIDEO: &str = "https://example.com/video.mp4";

fn parsed(value: impl Json) -> Value {
    serde_json::from_str(&value.json().0).unwrap()
}

/// Checks that each value is spelled as LINE does.
fn assert_spelled(values: impl IntoIterator<Item = impl Json>, spellings: &[&str]) {
    let values: Vec<_> = values.into_iter().map(parsed).collect();
    assert_eq!(values, spellings);
}

#[test]
fn every_component_with_every_property() {
    let hello = json!({"type": "message", "label": "Hello", "text": "hello"});
    let say = || action::message("Hello", "hello");
    let bubble = bubble()
        .size(BubbleSize::Giga)
        .direction(Direction::Rtl)
        .header(horizontal([spans([
            span("part")
                .size(Size::Xs)
                .color("#111111")
                .weight(Weight::Bold)
                .style(TextStyle::Italic)
                .decoration(Decoration::LineThrough),
            span("another").size(px(9.5)),
        ])]))
        .hero(
            video(VIDEO, PICTURE, image(PICTURE))
                .aspect_ratio((20, 13))
                .action(action::uri("More", "https://example.com")),
        )
        .body(
            vertical((
                text("text")
                    .flex(1)
                    .margin(px(3))
                    .position(Position::Relative)
                    .offset_top(px(-1))
                    .offset_bottom(percent(2.5))
                    .offset_start(Space::Xs)
                    .offset_end(Space::None)
                    .size(Size::Xl5)
                    .color("#222222")
                    .weight(Weight::Regular)
                    .style(TextStyle::Normal)
                    .decoration(Decoration::Underline)
                    .align(Align::Center)
                    .gravity(Gravity::Bottom)
                    .wrap(true)
                    .line_spacing(px(20))
                    .max_lines(3)
                    .adjust_mode(AdjustMode::ShrinkToFit)
                    .scaling(true)
                    .action(say()),
                separator().margin(Space::Xxl).color("#333333"),
                image(PICTURE)
                    .flex(2)
                    .margin(Space::Md)
                    .position(Position::Absolute)
                    .offset_top(Space::Md)
                    .offset_bottom(Space::Md)
                    .offset_start(Space::Md)
                    .offset_end(Space::Md)
                    .size(ImageSize::Full)
                    .aspect_ratio((1.91, 1))
                    .aspect_mode(AspectMode::Cover)
                    .align(Align::End)
                    .gravity(Gravity::Center)
                    .background_color("#44444480")
                    .animated(true)
                    .action(say()),
                baseline((
                    icon(PICTURE)
                        .margin(Space::Sm)
                        .position(Position::Relative)
                        .offset_top(px(1))
                        .offset_bottom(px(2))
                        .offset_start(px(3))
                        .offset_end(px(4))
                        .size(Size::Xxs)
                        .aspect_ratio((2, 1))
                        .scaling(false),
                    text("beside"),
                    filler().flex(4),
                )),
            ))
            .flex(0)
            .spacing(Space::Lg)
            .margin(Space::Xl)
            .position(Position::Relative)
            .offset_top(Space::Sm)
            .offset_bottom(Space::Sm)
            .offset_start(Space::Sm)
            .offset_end(Space::Sm)
            .background_color("#555555")
            .background(
                linear_gradient(90, "#666666", "#777777")
                    .center_color("#888888")
                    .center_position(percent(10)),
            )
            .border_color("#999999")
            .border_width(BorderWidth::SemiBold)
            .corner_radius(px(5))
            .width(percent(50))
            .max_width(px(200))
            .height(px(100))
            .max_height(percent(100))
            .padding_all(Space::Md)
            .padding_top(px(1))
            .padding_bottom(percent(2))
            .padding_start(Space::None)
            .padding_end(Space::Xxl)
            .justify_content(JustifyContent::SpaceEvenly)
            .align_items(AlignItems::FlexEnd)
            .action(say()),
        )
        .footer(vertical([button(say())
            .flex(1)
            .margin(Space::None)
            .position(Position::Relative)
            .offset_top(px(1))
            .offset_bottom(px(1))
            .offset_start(px(1))
            .offset_end(px(1))
            .height(ButtonHeight::Sm)
            .style(ButtonStyle::Primary)
            .color("#AAAAAA")
            .gravity(Gravity::Top)
            .adjust_mode(AdjustMode::ShrinkToFit)
            .scaling(true)]))
        .styles(
            styles()
                .header(block_style().background_color("#BBBBBB"))
                .hero(block_style().separator(false))
                .body(block_style().separator(true).separator_color("#CCCCCC"))
                .footer(block_style()),
        )
        .action(say());

    let header = json!({
        "type": "box",
        "layout": "horizontal",
        "contents": [{
            "type": "text",
            "contents": [
                {
                    "type": "span",
                    "text": "part",
                    "size": "xs",
                    "color": "#111111",
                    "weight": "bold",
                    "style": "italic",
                    "decoration": "line-through",
                },
                {"type": "span", "text": "another", "size": "9.5px"},
            ],
        }],
    });
    let hero = json!({
        "type": "video",
        "url": VIDEO,
        "previewUrl": PICTURE,
        "altContent": {"type": "image", "url": PICTURE},
        "aspectRatio": "20:13",
        "action": {"type": "uri", "label": "More", "uri": "https://example.com"},
    });
    let text = json!({
        "type": "text",
        "text": "text",
        "flex": 1,
        "margin": "3px",
        "position": "relative",
        "offsetTop": "-1px",
        "offsetBottom": "2.5%",
        "offsetStart": "xs",
        "offsetEnd": "none",
        "size": "5xl",
        "color": "#222222",
        "weight": "regular",
        "style": "normal",
        "decoration": "underline",
        "align": "center",
        "gravity": "bottom",
        "wrap": true,
        "lineSpacing": "20px",
        "maxLines": 3,
        "adjustMode": "shrink-to-fit",
        "scaling": true,
        "action": hello,
    });
    let image = json!({
        "type": "image",
        "url": PICTURE,
        "flex": 2,
        "margin": "md",
        "position": "absolute",
        "offsetTop": "md",
        "offsetBottom": "md",
        "offsetStart": "md",
        "offsetEnd": "md",
        "size": "full",
        "aspectRatio": "1.91:1",
        "aspectMode": "cover",
        "align": "end",
        "gravity": "center",
        "backgroundColor": "#44444480",
        "animated": true,
        "action": hello,
    });
    let icon = json!({
        "type": "icon",
        "url": PICTURE,
        "margin": "sm",
        "position": "relative",
        "offsetTop": "1px",
        "offsetBottom": "2px",
        "offsetStart": "3px",
        "offsetEnd": "4px",
        "size": "xxs",
        "aspectRatio": "2:1",
        "scaling": false,
    });
    let body = json!({
        "type": "box",
        "layout": "vertical",
        "contents": [
            text,
            {"type": "separator", "margin": "xxl", "color": "#333333"},
            image,
            {
                "type": "box",
                "layout": "baseline",
                "contents": [
                    icon,
                    {"type": "text", "text": "beside"},
                    {"type": "filler", "flex": 4},
                ],
            },
        ],
        "flex": 0,
        "spacing": "lg",
        "margin": "xl",
        "position": "relative",
        "offsetTop": "sm",
        "offsetBottom": "sm",
        "offsetStart": "sm",
        "offsetEnd": "sm",
        "backgroundColor": "#555555",
        "background": {
            "type": "linearGradient",
            "angle": "90deg",
            "startColor": "#666666",
            "endColor": "#777777",
            "centerColor": "#888888",
            "centerPosition": "10%",
        },
        "borderColor": "#999999",
        "borderWidth": "semi-bold",
        "cornerRadius": "5px",
        "width": "50%",
        "maxWidth": "200px",
        "height": "100px",
        "maxHeight": "100%",
        "paddingAll": "md",
        "paddingTop": "1px",
        "paddingBottom": "2%",
        "paddingStart": "none",
        "paddingEnd": "xxl",
        "justifyContent": "space-evenly",
        "alignItems": "flex-end",
        "action": hello,
    });
    let button = json!({
        "type": "button",
        "action": hello,
        "flex": 1,
        "margin": "none",
        "position": "relative",
        "offsetTop": "1px",
        "offsetBottom": "1px",
        "offsetStart": "1px",
        "offsetEnd": "1px",
        "height": "sm",
        "style": "primary",
        "color": "#AAAAAA",
        "gravity": "top",
        "adjustMode": "shrink-to-fit",
        "scaling": true,
    });
    let expected = json!({
        "type": "bubble",
        "size": "giga",
        "direction": "rtl",
        "header": header,
        "hero": hero,
        "body": body,
        "footer": {"type": "box", "layout": "vertical", "contents": [button]},
        "styles": {
            "header": {"backgroundColor": "#BBBBBB"},
            "hero": {"separator": false},
            "body": {"separator": true, "separatorColor": "#CCCCCC"},
            "footer": {},
        },
        "action": hello,
    });
    assert_eq!(parsed(bubble), expected);
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

#[test]
fn every_action() {
    let some = |text: &str| Some(text.to_owned());
    let cases = [
        (
            Action::Postback(PostbackAction {
                label: some("l"),
                data: "d".to_owned(),
                display_text: some("t"),
                input_option: some("openKeyboard"),
                fill_in_text: some("f"),
            }),
            json!({
                "type": "postback",
                "label": "l",
                "data": "d",
                "displayText": "t",
                "inputOption": "openKeyboard",
                "fillInText": "f",
            }),
        ),
        (
            action::message("l", "t"),
            json!({"type": "message", "label": "l", "text": "t"}),
        ),
        (
            Action::Uri(UriAction {
                label: None,
                uri: "line://home".to_owned(),
                alt_uri_desktop: some("https://example.com"),
            }),
            json!({
                "type": "uri",
                "uri": "line://home",
                "altUri": {"desktop": "https://example.com"},
            }),
        ),
        (
            Action::DatetimePicker(DatetimePickerAction {
                label: some("l"),
                data: "d".to_owned(),
                mode: "date".to_owned(),
                initial: some("2026-12-24"),
                max: some("2026-12-31"),
                min: some("2026-12-01"),
            }),
            json!({
                "type": "datetimepicker",
                "label": "l",
                "data": "d",
                "mode": "date",
                "initial": "2026-12-24",
                "max": "2026-12-31",
                "min": "2026-12-01",
            }),
        ),
        (
            action::clipboard("l", "t"),
            json!({"type": "clipboard", "label": "l", "clipboardText": "t"}),
        ),
        (
            action::rich_menu_switch("l", "a", "d"),
            json!({"type": "richmenuswitch", "label": "l", "richMenuAliasId": "a", "data": "d"}),
        ),
        (action::camera("l"), json!({"type": "camera", "label": "l"})),
        (
            action::camera_roll("l"),
            json!({"type": "cameraRoll", "label": "l"}),
        ),
        (
            action::location("l"),
            json!({"type": "location", "label": "l"}),
        ),
        (
            action::raw_json(r#"{"type": "dance", "steps": 3}"#),
            json!({"type": "dance", "steps": 3}),
        ),
    ];
    for (action, expected) in cases {
        assert_eq!(parsed(action), expected);
    }
}

#[test]
fn contents_are_tuples_arrays_and_vectors() {
    let expected = json!({
        "type": "box",
        "layout": "vertical",
        "contents": [{"type": "text", "text": "1"}, {"type": "text", "text": "2"}],
    });
    assert_eq!(parsed(vertical((text("1"), text("2")))), expected);
    assert_eq!(parsed(vertical([text("1"), text("2")])), expected);
    let many: Vec<Component> = vec![text("1").into(), text("2").into()];
    assert_eq!(parsed(vertical(many)), expected);
    let none = json!({"type": "box", "layout": "vertical", "contents": []});
    assert_eq!(parsed(vertical(())), none);
}

#[test]
fn containers() {
    let one = json!({"type": "bubble"});
    assert_eq!(
        parsed(carousel([bubble(), bubble()])),
        json!({"type": "carousel", "contents": [one, one]})
    );
    assert_eq!(
        String::from(Container::from(bubble())),
        r#"{"type":"bubble"}"#
    );
    // As they are, for the host and LINE to judge.
    assert_eq!(String::from(Container::from("{")), "{");
    let action = Container::from(bubble().action(action::raw_json("{")));
    assert_eq!(String::from(action), r#"{"type":"bubble","action":{}"#);
}

/// A property is one member, however often it is set.
#[test]
fn the_later_value_holds() {
    let bubble = bubble().size(BubbleSize::Nano).size(BubbleSize::Kilo);
    assert_eq!(bubble.json().0, r#"{"type":"bubble","size":"kilo"}"#);
}

#[test]
fn texts_are_escaped() {
    let controls: String = ('\0'..' ').collect();
    for text in [controls.as_str(), "\" \\ \\\" /", "é 日本 👪 \u{2028}", ""] {
        assert_eq!(parsed(text), text);
    }
}

#[test]
fn numbers_have_two_decimals() {
    let cases = [
        (0.0, "0px"),
        (100.0, "100px"),
        (-1.0, "-1px"),
        (-0.25, "-0.25px"),
        (2.05, "2.05px"),
        (33.333, "33.33px"),
        (0.999, "1px"),
    ];
    for (number, expected) in cases {
        assert_eq!(parsed(px(number)), expected);
    }
}
