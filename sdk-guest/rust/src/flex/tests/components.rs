//! Every component with every property.

use super::*;

const PICTURE: &str = "https://example.com/picture.png";
const VIDEO: &str = "https://example.com/video.mp4";

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
