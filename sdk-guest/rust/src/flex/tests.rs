mod actions;
mod components;
mod values;

use serde_json::{Value, json};

use super::*;
use crate::action;
use crate::json::Json;

fn parsed(value: impl Json) -> Value {
    serde_json::from_str(&value.json().0).unwrap()
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
