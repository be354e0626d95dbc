//! The simulator is as strict as LINE: for each rule of messages a request that just keeps to it,
//! and one that breaks it, with LINE's answer.

use serde_json::{Value, json};

use crate::harness::Stage;

/// A family emoji: one character to the eye and to LINE's counting of labels, seven code points,
/// eleven UTF-16 code units.
const FAMILY: &str = "👨‍👩‍👧‍👦";

const PICTURE: &str = "https://example.com/a.png";
const VALIDATE: &str = "/v2/bot/message/validate/push";

/// What is wrong, with its property.
type Details<'a> = &'a [(&'a str, &'a str)];

/// Checks that LINE takes `message`.
async fn takes(stage: &Stage, message: &Value) {
    let answer = stage
        .post(VALIDATE, &json!({ "messages": [message] }))
        .await;
    assert_eq!(
        (answer.status, &answer.body),
        (200, &json!({})),
        "{message}"
    );
}

/// Checks that LINE refuses `message` because of its shape.
async fn refuses(stage: &Stage, message: &Value, details: Details<'_>) {
    let headline = format!("The request body has {} error(s)", details.len());
    refuses_with(stage, message, &headline, details).await;
}

/// Checks that LINE refuses what is inside of `message`.
async fn refuses_inside(stage: &Stage, message: &Value, details: Details<'_>) {
    let headline = "A message (messages[0]) in the request body is invalid";
    refuses_with(stage, message, headline, details).await;
}

async fn refuses_with(stage: &Stage, message: &Value, headline: &str, details: Details<'_>) {
    let answer = stage
        .post(VALIDATE, &json!({ "messages": [message] }))
        .await;
    let detail = |(property, text): &(&str, &str)| json!({ "message": text, "property": property });
    let expected = json!({
        "message": headline,
        "details": details.iter().map(detail).collect::<Vec<_>>(),
    });
    assert_eq!((answer.status, &answer.body), (400, &expected), "{message}");
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn quick_reply(action: Value) -> Value {
    let items = json!([{ "type": "action", "action": action }]);
    json!({ "type": "text", "text": "t", "quickReply": { "items": items } })
}

fn buttons(properties: Value) -> Value {
    let mut template = json!({
        "type": "buttons",
        "text": "t",
        "actions": [{ "type": "message", "label": "l", "text": "t" }],
    });
    for (name, value) in properties.as_object().unwrap() {
        template[name] = value.clone();
    }
    json!({ "type": "template", "altText": "a", "template": template })
}

fn flex(contents: Value) -> Value {
    json!({ "type": "flex", "altText": "a", "contents": contents })
}

/// A bubble whose body is a box with `contents`.
fn body(contents: Value) -> Value {
    let body = json!({ "type": "box", "layout": "vertical", "contents": contents });
    flex(json!({ "type": "bubble", "body": body }))
}

/// A component of a body, with one property set.
fn component(kind: &str, name: &str, value: impl Into<Value>) -> Value {
    let mut component = match kind {
        "box" => json!({ "type": "box", "layout": "vertical", "contents": [] }),
        "image" => json!({ "type": "image", "url": PICTURE }),
        "text" => json!({ "type": "text", "text": "t" }),
        "button" => {
            let action = json!({ "type": "message", "label": "l", "text": "t" });
            json!({ "type": "button", "action": action })
        }
        kind => json!({ "type": kind }),
    };
    component[name] = value.into();
    body(json!([component]))
}

fn video(size: &str, action: Option<Value>) -> Value {
    let alt = json!({ "type": "image", "url": PICTURE });
    let mut video = json!({
        "type": "video",
        "url": "https://example.com/a.mp4",
        "previewUrl": PICTURE,
        "altContent": alt,
    });
    if let Some(action) = action {
        video["action"] = action;
    }
    json!({ "type": "bubble", "size": size, "hero": video })
}

fn gradient(properties: Value) -> Value {
    let mut gradient = json!({
        "type": "linearGradient",
        "angle": "0deg",
        "startColor": "#ffffff",
        "endColor": "#00000080",
    });
    for (name, value) in properties.as_object().unwrap() {
        gradient[name] = value.clone();
    }
    component("box", "background", gradient)
}

#[tokio::test]
async fn one_of_each_type_is_taken() {
    let stage = Stage::set().await;
    let url = "https://example.com/a.jpg";
    let action = json!({ "type": "message", "label": "Yes", "text": "yes" });
    let area = json!({ "x": 0, "y": 0, "width": 520, "height": 520 });
    let columns = json!([
        { "text": "one", "actions": [action] },
        { "text": "two", "actions": [action] },
    ]);
    for message in [
        json!({ "type": "text", "text": "hi $", "emojis": [
            { "index": 3, "productId": "1", "emojiId": "2" },
        ]}),
        json!({ "type": "textV2", "text": "{{}} {all} {smile}", "substitution": {
            "all": { "type": "mention", "mentionee": { "type": "all" } },
            "smile": { "type": "emoji", "productId": "1", "emojiId": "2" },
        }}),
        json!({ "type": "sticker", "packageId": "446", "stickerId": "1988" }),
        json!({ "type": "image", "originalContentUrl": url, "previewImageUrl": url }),
        json!({ "type": "video", "originalContentUrl": url, "previewImageUrl": url }),
        json!({ "type": "audio", "originalContentUrl": url, "duration": 60_000 }),
        json!({ "type": "location", "title": "here", "address": "there",
            "latitude": 35.6, "longitude": 139.7 }),
        json!({ "type": "coupon", "couponId": "c" }),
        json!({ "type": "imagemap", "baseUrl": url, "altText": "a map",
            "baseSize": { "width": 1040, "height": 585 },
            "actions": [{ "type": "message", "text": "left", "area": area }] }),
        json!({ "type": "template", "altText": "a", "template":
            { "type": "confirm", "text": "t", "actions": [action, action] } }),
        json!({ "type": "template", "altText": "a", "template":
            { "type": "carousel", "columns": columns } }),
        json!({ "type": "template", "altText": "a", "template":
            { "type": "image_carousel", "columns": [{ "imageUrl": url, "action": action }] } }),
        buttons(json!({})),
        flex(json!({ "type": "bubble",
            "hero": { "type": "image", "url": url },
            "body": { "type": "box", "layout": "vertical", "contents": [
                { "type": "text", "text": "hello", "weight": "bold" },
                { "type": "box", "layout": "baseline", "contents": [
                    { "type": "icon", "url": url },
                ]},
                { "type": "button", "action": action },
            ]} })),
    ] {
        takes(&stage, &message).await;
    }
}

#[tokio::test]
async fn shapes_are_checked_first() {
    let stage = Stage::set().await;
    refuses(
        &stage,
        &json!({ "text": "t" }),
        &[("messages[0].type", "May not be empty")],
    )
    .await;
    refuses(
        &stage,
        &text(""),
        &[("messages[0].text", "May not be empty")],
    )
    .await;
    let kinds = "Must be one of the following values: [text, textV2, sticker, image, video, audio, \
                 location, coupon, imagemap, template, flex]";
    refuses(
        &stage,
        &json!({ "type": "gif" }),
        &[("messages[0].type", kinds)],
    )
    .await;
    // As LINE answered a template without anything.
    refuses(
        &stage,
        &json!({ "type": "template" }),
        &[
            ("messages[0].altText", "May not be empty"),
            ("messages[0].template", "May not be empty"),
        ],
    )
    .await;
}

#[tokio::test]
async fn texts_are_counted_in_utf_16_units() {
    let stage = Stage::set().await;
    let details = [("messages[0].text", "Length must be between 0 and 5000")];
    takes(&stage, &text(&"😀".repeat(2500))).await;
    refuses(&stage, &text(&"😀".repeat(2501)), &details).await;
    let emoji = |index: u32| {
        json!({ "type": "text", "text": "😀$", "emojis": [
            { "index": index, "productId": "1", "emojiId": "2" },
        ]})
    };
    takes(&stage, &emoji(2)).await;
    let details = [("messages[0].emojis[0].index", "Must point at a $")];
    refuses(&stage, &emoji(1), &details).await;
}

#[tokio::test]
async fn what_is_shown_on_buttons_is_counted_in_characters() {
    let stage = Stage::set().await;
    let label = |n: usize| {
        quick_reply(json!({ "type": "message", "label": FAMILY.repeat(n), "text": "t" }))
    };
    takes(&stage, &label(20)).await;
    let at = "messages[0].quickReply.items[0].action";
    let details = [(&*format!("{at}.label"), "Length must be between 0 and 20")];
    refuses(&stage, &label(21), &details).await;
    for (kind, property) in [
        ("message", "text"),
        ("postback", "displayText"),
        ("postback", "text"),
        ("postback", "fillInText"),
    ] {
        let action = |n: usize| {
            let mut action = json!({
                "type": kind, "label": "l", "data": "d", "inputOption": "openKeyboard",
            });
            action[property] = FAMILY.repeat(n).into();
            quick_reply(action)
        };
        takes(&stage, &action(300)).await;
        let property = format!("{at}.{property}");
        refuses(
            &stage,
            &action(301),
            &[(&property, "Length must be between 0 and 300")],
        )
        .await;
    }
    for (property, max) in [("title", 40), ("text", 160)] {
        takes(&stage, &buttons(json!({ property: FAMILY.repeat(max) }))).await;
        let message = buttons(json!({ property: FAMILY.repeat(max + 1) }));
        let words = format!("must not be longer than {max} characters");
        refuses_inside(
            &stage,
            &message,
            &[(&format!("template/{property}"), &words)],
        )
        .await;
    }
}

#[tokio::test]
async fn actions_are_complete() {
    let stage = Stage::set().await;
    let at = "messages[0].quickReply.items[0].action";
    takes(
        &stage,
        &quick_reply(json!({ "type": "camera", "label": "l" })),
    )
    .await;
    let details = [(&*format!("{at}.label"), "May not be empty")];
    refuses(&stage, &quick_reply(json!({ "type": "camera" })), &details).await;
    refuses(
        &stage,
        &quick_reply(json!({ "type": "camera", "label": "" })),
        &details,
    )
    .await;

    let dance = quick_reply(json!({ "type": "dance", "label": "l" }));
    let kinds = "Must be one of the following values: [postback, message, uri, datetimepicker, \
                 clipboard, camera, cameraRoll, location]";
    refuses(&stage, &dance, &[(&format!("{at}.type"), kinds)]).await;

    let postback = |properties: Value| {
        let mut action = json!({ "type": "postback", "label": "l", "data": "d" });
        for (name, value) in properties.as_object().unwrap() {
            action[name] = value.clone();
        }
        quick_reply(action)
    };
    // SDKs write null for what is not set.
    let nulls =
        json!({ "displayText": "t", "text": null, "inputOption": null, "fillInText": null });
    takes(&stage, &postback(nulls)).await;
    let both = postback(json!({ "displayText": "t", "text": "t" }));
    let details = [(
        &*format!("{at}.text"),
        "Not allowed together with displayText",
    )];
    refuses(&stage, &both, &details).await;
    takes(
        &stage,
        &postback(json!({ "inputOption": "openKeyboard", "fillInText": "t" })),
    )
    .await;
    let without = postback(json!({ "inputOption": "openVoice", "fillInText": "t" }));
    let details = [(
        &*format!("{at}.fillInText"),
        "Only allowed with openKeyboard",
    )];
    refuses(&stage, &without, &details).await;
}

#[tokio::test]
async fn uris_have_ten_thousand_characters() {
    let stage = Stage::set().await;
    let uri = |length: usize| {
        let uri = format!("https://example.com/{}", "a".repeat(length - 20));
        quick_reply(json!({ "type": "uri", "label": "l", "uri": uri }))
    };
    let at = "messages[0].quickReply.items[0].action.uri";
    takes(&stage, &uri(10_000)).await;
    refuses(
        &stage,
        &uri(10_001),
        &[(at, "Length must be between 0 and 10000")],
    )
    .await;
    let ftp = quick_reply(json!({ "type": "uri", "label": "l", "uri": "ftp://a" }));
    let words = "Must be a valid http, https, line or tel URI";
    refuses(&stage, &ftp, &[(at, words)]).await;
}

#[tokio::test]
async fn a_datetime_picker_has_moments_of_its_mode() {
    let stage = Stage::set().await;
    let picker = |mode: &str, properties: &[(&str, &str)]| {
        let mut action =
            json!({ "type": "datetimepicker", "label": "l", "data": "d", "mode": mode });
        for (name, value) in properties {
            action[*name] = (*value).into();
        }
        quick_reply(action)
    };
    let at = "messages[0].quickReply.items[0].action";
    let format = "invalid datetime format for the specified mode";
    for (mode, right, wrong) in [
        (
            "date",
            &["1900-01-01", "2024-02-29", "2100-12-31"][..],
            &[
                "1899-12-31",
                "2101-01-01",
                "2026-02-30",
                "2026-1-1",
                "20260101",
                "soon",
                "2026-01-01T00:00",
            ][..],
        ),
        (
            "time",
            &["00:00", "23:59"],
            &["24:00", "12:60", "1:00", "12:00:00"],
        ),
        (
            "datetime",
            &["1900-01-01T00:00", "2017-12-25t23:59"],
            &[
                "2017-12-25 00:00",
                "2017-12-25",
                "2101-01-01T00:00",
                "2017-12-25T24:00",
            ],
        ),
    ] {
        for moment in right {
            takes(&stage, &picker(mode, &[("initial", moment)])).await;
        }
        for moment in wrong {
            let property = format!("{at}.initial");
            refuses(
                &stage,
                &picker(mode, &[("initial", moment)]),
                &[(&property, format)],
            )
            .await;
        }
    }
    let between = |min, max| picker("date", &[("min", min), ("max", max)]);
    takes(&stage, &between("2026-01-01", "2026-01-02")).await;
    for max in ["2026-01-01", "2025-12-31"] {
        let details = [(at, "invalid date time order")];
        refuses(&stage, &between("2026-01-01", max), &details).await;
    }
}

#[tokio::test]
async fn senders_are_not_line() {
    let stage = Stage::set().await;
    let sender = |name: &str| json!({ "type": "text", "text": "t", "sender": { "name": name } });
    takes(&stage, &sender("Line manager")).await;
    let details = [("messages[0].sender.name", "Must not contain LINE")];
    refuses(&stage, &sender("LINE"), &details).await;
    takes(&stage, &sender(&"a".repeat(20))).await;
    let details = [("messages[0].sender.name", "Length must be between 0 and 20")];
    refuses(&stage, &sender(&"a".repeat(21)), &details).await;
}

#[tokio::test]
async fn an_imagemap_is_1040_wide() {
    let stage = Stage::set().await;
    let imagemap = |width: u32| {
        json!({ "type": "imagemap", "baseUrl": "https://example.com/map", "altText": "a",
            "baseSize": { "width": width, "height": 1040 }, "actions": [] })
    };
    takes(&stage, &imagemap(1040)).await;
    let details = [(
        "messages[0].baseSize.width",
        "Must be between 1040 and 1040",
    )];
    refuses(&stage, &imagemap(1039), &details).await;
}

#[tokio::test]
async fn placeholders_have_substitutes() {
    let stage = Stage::set().await;
    let emoji = json!({ "type": "emoji", "productId": "p", "emojiId": "e" });
    let all = json!({ "type": "mention", "mentionee": { "type": "all" } });
    let message = |text: &str, substitute: &Value| json!({ "type": "textV2", "text": text, "substitution": { "key": substitute } });
    takes(&stage, &message("a {{literal}} brace", &emoji)).await;
    for (text, words) in [
        (
            "{name}",
            "The key 'name' enclosed in '{}' has no substitution.",
        ),
        (
            "{!owe}",
            "The key '!owe' enclosed in '{}' does not match the pattern '^[a-zA-Z0-9_]{1,20}$'.",
        ),
        ("{", "braces must be balanced"),
        ("}", "braces must be balanced"),
    ] {
        refuses_inside(&stage, &message(text, &emoji), &[("text", words)]).await;
    }
    for (kind, substitute) in [("emoji", &emoji), ("mention", &all)] {
        takes(&stage, &message(&"{key}".repeat(20), substitute)).await;
        let words = format!("at most 20 can be of type {kind}");
        let many = message(&"{key}".repeat(21), substitute);
        refuses_inside(&stage, &many, &[("text", &words)]).await;
    }
    let nobody = json!({ "type": "mention", "mentionee": { "type": "user" } });
    let details = [("substitution/key/mentionee/userId", "must be specified")];
    refuses_inside(&stage, &message("{key}", &nobody), &details).await;
}

#[tokio::test]
async fn templates_have_words_of_their_own() {
    let stage = Stage::set().await;
    takes(
        &stage,
        &buttons(json!({ "title": null, "text": "t".repeat(160) })),
    )
    .await;
    let details = [("template/title", "must be non-empty text")];
    refuses_inside(
        &stage,
        &buttons(json!({ "title": "", "text": "t" })),
        &details,
    )
    .await;
    takes(
        &stage,
        &buttons(json!({ "title": "t", "text": "t".repeat(60) })),
    )
    .await;
    let details = [("template/text", "must not be longer than 60 characters")];
    refuses_inside(
        &stage,
        &buttons(json!({ "title": "t", "text": "t".repeat(61) })),
        &details,
    )
    .await;
    let http = buttons(json!({ "thumbnailImageUrl": "http://example.com/a.png" }));
    refuses_inside(
        &stage,
        &http,
        &[("template/thumbnailImageUrl", "invalid uri scheme")],
    )
    .await;

    let action = json!({ "type": "message", "label": "l", "text": "t" });
    let carousel = |columns: Value| {
        let template = json!({ "type": "carousel", "columns": columns });
        json!({ "type": "template", "altText": "a", "template": template })
    };
    let column = |actions: Value| json!({ "text": "t", "actions": actions });
    let alike = carousel(json!([column(json!([action])), column(json!([action]))]));
    takes(&stage, &alike).await;
    let unlike = carousel(json!([
        column(json!([action])),
        column(json!([action, action]))
    ]));
    let words = "the number of actions must be the same in all columns";
    refuses_inside(&stage, &unlike, &[("template/columns", words)]).await;
    let mut titled = column(json!([action]));
    titled["title"] = "t".into();
    let unlike = carousel(json!([titled, column(json!([action]))]));
    let words = "either all columns or none must have title";
    refuses_inside(&stage, &unlike, &[("template/columns", words)]).await;
}

#[tokio::test]
async fn flex_shows_something_and_nothing_unknown() {
    let stage = Stage::set().await;
    takes(&stage, &body(json!([]))).await;
    let details = [("/", "At least one block must be specified")];
    refuses_inside(&stage, &flex(json!({ "type": "bubble" })), &details).await;
    let details = [("/contents/1", "At least one block must be specified")];
    let bubble = json!({ "type": "bubble", "footer":
        { "type": "box", "layout": "vertical", "contents": [] } });
    let carousel = json!({ "type": "carousel", "contents": [bubble, { "type": "bubble" }] });
    refuses_inside(&stage, &flex(carousel), &details).await;

    // As LINE answered.
    let styles = |styles: Value| {
        let mut bubble = bubble.clone();
        bubble["styles"] = styles;
        flex(bubble)
    };
    takes(
        &stage,
        &styles(json!({ "footer": { "separator": true, "backgroundColor": "#ffffff" } })),
    )
    .await;
    let details = [("/styles/type", "unknown field")];
    refuses_inside(&stage, &styles(json!({ "type": "styles" })), &details).await;
    let details = [("/styles/footer/separatorColor", "invalid property")];
    refuses_inside(
        &stage,
        &styles(json!({ "footer": { "separatorColor": "red" } })),
        &details,
    )
    .await;
    let details = [("/hero/url", "must be specified")];
    let bubble = flex(json!({ "type": "bubble", "hero": { "type": "image" } }));
    refuses_inside(&stage, &bubble, &details).await;
    let details = [("/hero/url", "invalid uri scheme")];
    let hero = json!({ "type": "image", "url": "http://example.com/a.png" });
    refuses_inside(
        &stage,
        &flex(json!({ "type": "bubble", "hero": hero })),
        &details,
    )
    .await;
    let message = body(json!([{ "type": "filler" }, { "type": "filler" }, { "type": "spacer" }]));
    refuses_inside(
        &stage,
        &message,
        &[("/body/contents/2", "invalid property")],
    )
    .await;
    let details = [("/type", "invalid property")];
    refuses_inside(&stage, &flex(json!({ "type": "flex" })), &details).await;
    let details = [("/body/contents/0/text", "must be non-empty text")];
    refuses_inside(&stage, &component("text", "text", ""), &details).await;
    takes(&stage, &component("text", "text", json!(" "))).await;
    let label = |n: usize| {
        let action = json!({ "type": "message", "label": FAMILY.repeat(n), "text": "t" });
        component("button", "action", action)
    };
    takes(&stage, &label(40)).await;
    let details = [("/body/contents/0/action/label", "invalid property")];
    refuses_inside(&stage, &label(41), &details).await;
    let barred = body(json!([{ "type": "icon", "url": PICTURE }]));
    refuses_inside(&stage, &barred, &[("/body/contents/0", "invalid property")]).await;
    let neither = [(
        "/body/contents/0/text",
        "`text` or `contents` must be specified",
    )];
    refuses_inside(&stage, &body(json!([{ "type": "text" }])), &neither).await;
}

#[tokio::test]
async fn flex_values_have_forms() {
    let stage = Stage::set().await;
    for (kind, name, right, wrong, words) in [
        (
            "image",
            "aspectRatio",
            json!("1:3"),
            json!("1:4"),
            "aspect ratio must be in the range (0 < (h/w) <= 3)",
        ),
        (
            "image",
            "aspectRatio",
            json!("100000:1"),
            json!("100001:1"),
            "invalid property",
        ),
        (
            "image",
            "size",
            json!("23.5%"),
            json!("huge"),
            "invalid property",
        ),
        (
            "image",
            "aspectMode",
            json!("cover"),
            json!("contain"),
            "invalid property",
        ),
        (
            "image",
            "backgroundColor",
            json!("#0123abCD"),
            json!("white"),
            "invalid property",
        ),
        (
            "image",
            "animated",
            json!(true),
            json!("true"),
            "invalid property",
        ),
        (
            "text",
            "size",
            json!("5xl"),
            json!("full"),
            "invalid property",
        ),
        ("text", "size", json!("9px"), json!("9%"), "invalid unit"),
        (
            "text",
            "margin",
            json!("none"),
            json!("-1px"),
            "lower limit exceeded",
        ),
        ("text", "margin", json!("5px"), json!("5%"), "invalid unit"),
        (
            "text",
            "offsetTop",
            json!("-5%"),
            json!("5"),
            "invalid property",
        ),
        (
            "text",
            "flex",
            json!(0),
            json!(-1),
            "must be greater than or equal to 0",
        ),
        ("text", "flex", json!(1), json!("1"), "invalid property"),
        (
            "text",
            "maxLines",
            json!(0),
            json!(-1),
            "must be greater than or equal to 0",
        ),
        (
            "text",
            "lineSpacing",
            json!("20px"),
            json!("md"),
            "invalid property",
        ),
        (
            "text",
            "color",
            json!("#000000"),
            json!("#000"),
            "invalid property",
        ),
        (
            "text",
            "weight",
            json!("bold"),
            json!("heavy"),
            "invalid property",
        ),
        (
            "box",
            "borderWidth",
            json!("semi-bold"),
            json!("thick"),
            "invalid property",
        ),
        (
            "box",
            "borderColor",
            json!("#00000000"),
            json!("black"),
            "invalid property",
        ),
        (
            "box",
            "cornerRadius",
            json!("xxl"),
            json!("3xl"),
            "invalid property",
        ),
        (
            "box",
            "paddingAll",
            json!("5%"),
            json!("-5%"),
            "lower limit exceeded",
        ),
        (
            "box",
            "width",
            json!("50%"),
            json!("md"),
            "invalid property",
        ),
        (
            "box",
            "justifyContent",
            json!("space-evenly"),
            json!("stretch"),
            "invalid property",
        ),
        (
            "box",
            "alignItems",
            json!("flex-end"),
            json!("space-between"),
            "invalid property",
        ),
        ("box", "spacing", json!("md"), json!("5%"), "invalid unit"),
        (
            "button",
            "style",
            json!("link"),
            json!("danger"),
            "invalid property",
        ),
        (
            "button",
            "height",
            json!("sm"),
            json!("lg"),
            "invalid property",
        ),
        (
            "button",
            "scaling",
            json!(true),
            json!(1),
            "invalid property",
        ),
        (
            "separator",
            "margin",
            json!("xxl"),
            json!("huge"),
            "invalid property",
        ),
        // What is null is not there, whatever it is.
        (
            "separator",
            "shape",
            json!(null),
            json!("round"),
            "unknown field",
        ),
        (
            "filler",
            "flex",
            json!(null),
            json!("1"),
            "invalid property",
        ),
    ] {
        takes(&stage, &component(kind, name, right)).await;
        let property = format!("/body/contents/0/{name}");
        refuses_inside(&stage, &component(kind, name, wrong), &[(&property, words)]).await;
    }
    takes(
        &stage,
        &gradient(json!({ "angle": "359.5deg", "centerPosition": "100%" })),
    )
    .await;
    for (name, value, words) in [
        ("angle", json!("360deg"), "upper limit exceeded"),
        ("angle", json!("-1deg"), "lower limit exceeded"),
        ("angle", json!("90"), "invalid property"),
        ("angle", json!(null), "must be specified"),
        ("startColor", json!("red"), "invalid property"),
        ("centerPosition", json!("100.5%"), "upper limit exceeded"),
        ("centerPosition", json!("10px"), "invalid unit"),
    ] {
        let property = format!("/body/contents/0/background/{name}");
        refuses_inside(
            &stage,
            &gradient(json!({ name: value })),
            &[(&property, words)],
        )
        .await;
    }
}

#[tokio::test]
async fn flex_videos_are_in_wide_bubbles() {
    let stage = Stage::set().await;
    let uri = json!({ "type": "uri", "label": "l", "uri": "https://example.com" });
    takes(&stage, &flex(video("kilo", Some(uri)))).await;
    let say = json!({ "type": "message", "label": "l", "text": "t" });
    let details = [("/hero/action", "invalid property")];
    refuses_inside(&stage, &flex(video("kilo", Some(say))), &details).await;
    let words = "embedding videos in messages is not allowed";
    refuses_inside(&stage, &flex(video("nano", None)), &[("/hero", words)]).await;
    let carousel = json!({ "type": "carousel", "contents": [video("mega", None)] });
    refuses_inside(&stage, &flex(carousel), &[("/contents", words)]).await;
    let inside = component("video", "url", "https://example.com/a.mp4");
    refuses_inside(&stage, &inside, &[("/body/contents/0", "invalid property")]).await;
}

#[tokio::test]
async fn flex_carousels_are_even_and_containers_small() {
    let stage = Stage::set().await;
    let bubble = |size: Option<&str>| {
        let body = json!({ "type": "box", "layout": "vertical", "contents": [] });
        json!({ "type": "bubble", "size": size, "body": body })
    };
    let carousel = |bubbles: Vec<Value>| flex(json!({ "type": "carousel", "contents": bubbles }));
    takes(&stage, &carousel(vec![bubble(None), bubble(Some("mega"))])).await;
    let uneven = carousel(vec![bubble(None), bubble(Some("kilo"))]);
    let details = [("/contents", "all bubbles must have the same size")];
    refuses_inside(&stage, &uneven, &details).await;
    takes(&stage, &carousel(vec![bubble(None); 12])).await;
    let details = [("/contents", "invalid property")];
    refuses_inside(&stage, &carousel(vec![bubble(None); 13]), &details).await;

    let animated = |n| {
        let image = json!({ "type": "image", "url": PICTURE, "animated": true });
        body(Value::Array(vec![image; n]))
    };
    takes(&stage, &animated(10)).await;
    let details = [("/", "at most 10 animated images are allowed")];
    refuses_inside(&stage, &animated(11), &details).await;

    let empty = component("text", "text", " ")["contents"].to_string().len() - 1;
    let filled = |bytes: usize| component("text", "text", "a".repeat(bytes - empty));
    takes(&stage, &filled(30 * 1024)).await;
    let words = "too large: a bubble has at most 30 KB of JSON, and a carousel 50 KB";
    refuses_inside(&stage, &filled(30 * 1024 + 1), &[("/", words)]).await;
}

/// What validation cannot tell, and what only replies and pushes may have.
#[tokio::test]
async fn messages_fit_their_chat() {
    let stage = Stage::set().await;
    let (ann, ben) = (stage.user("Ann").await, stage.user("Ben").await);
    let group = stage.group("group", &[&ann]).await;
    stage
        .act(json!([
            { "as": ann, "event": { "type": "follow" } },
            { "as": ben, "event": { "type": "follow" } },
            { "in": group, "event": { "type": "join" } },
        ]))
        .await;
    let push = async |to: &str, message: &Value| {
        let request = json!({ "to": to, "messages": [message] });
        stage.post("/v2/bot/message/push", &request).await
    };
    let headline = "A message (messages[0]) in the request body is invalid";

    let mention = |mentionee: Value| {
        json!({ "type": "textV2", "text": "{who}!", "substitution": {
            "who": { "type": "mention", "mentionee": mentionee },
        }})
    };
    let member = mention(json!({ "type": "user", "userId": ann }));
    push(&group, &member).await.ok();
    push(&group, &mention(json!({ "type": "all" }))).await.ok();
    push(&ann, &member).await.refused(400, headline);
    for stranger in [&ben, stage.bot_id()] {
        let stranger = mention(json!({ "type": "user", "userId": stranger }));
        let refused = push(&group, &stranger).await.refused(400, headline);
        let property = "substitution/who/mentionee/userId";
        assert_eq!(refused["details"][0]["property"], property);
    }

    let written = stage.write(&ann, "hi").await;
    let webhooks = (stage.receiver.next().await, stage.receiver.next().await);
    let quote_token = webhooks.1.json()["events"][0]["message"]["quoteToken"].clone();
    let quoting = json!({ "type": "text", "text": "this", "quoteToken": quote_token });
    for wrong in [&ben, &group] {
        let refused = push(wrong, &quoting).await.refused(400, headline);
        assert_eq!(refused["details"][0]["property"], "quoteToken");
    }
    let unknown = json!({ "type": "text", "text": "this", "quoteToken": "made up" });
    push(&ann, &unknown).await.refused(400, headline);
    // What is refused does not spend the reply token.
    let reply = async |message: &Value| {
        let request = json!({ "replyToken": written["replyToken"], "messages": [message] });
        stage.post("/v2/bot/message/reply", &request).await
    };
    reply(&unknown).await.refused(400, headline);
    let sent = reply(&quoting).await.ok();
    let quoting = &sent["sentMessages"][0]["quoteToken"];
    push(
        &ann,
        &json!({ "type": "text", "text": "and this", "quoteToken": quoting }),
    )
    .await
    .ok();

    let video = json!({ "type": "video", "originalContentUrl": "https://example.com/a.mp4",
        "previewImageUrl": PICTURE, "trackingId": "t" });
    push(&ann, &video).await.ok();
    let refused = push(&group, &video).await.refused(400, headline);
    assert_eq!(refused["details"][0]["property"], "trackingId");

    let quoting = json!({ "type": "text", "text": "this", "quoteToken": quoting });
    for (path, request) in [
        ("multicast", json!({ "to": [ann] })),
        ("narrowcast", json!({})),
        ("broadcast", json!({})),
        ("validate/multicast", json!({})),
        ("validate/narrowcast", json!({})),
        ("validate/broadcast", json!({})),
    ] {
        for message in [&quoting, &member] {
            let mut request = request.clone();
            request["messages"] = json!([message]);
            let path = format!("/v2/bot/message/{path}");
            stage.post(&path, &request).await.refused(400, headline);
        }
    }
    for path in ["validate/reply", "validate/push"] {
        let request = json!({ "messages": [quoting, member] });
        let path = format!("/v2/bot/message/{path}");
        stage.post(&path, &request).await.ok();
    }
}
