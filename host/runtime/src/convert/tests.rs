//! What plugins hand over, whatever is in it, arrives at LINE as it is or is refused, and stays in its place.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::messages;
use crate::bindings::botbox::line::messages::{
    Action, FlexMessage, Message, MessageBody, PostbackAction, QuickReplyItem, Sender,
    Substitution, TextEmoji, TextMessage, TextV2Message,
};

/// Pieces of JSON, and of what is none.
const PIECES: [&str; 21] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "\"a\"",
    "\"\\ud83d\"",
    "\u{0}",
    "\n",
    " ",
    "1",
    "1e999",
    "-",
    "null",
    "true",
    "{}",
    "\"type\":\"text\"",
    "😀",
];

fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..30).prop_map(String::from_iter)
}

fn nearly_json() -> impl Strategy<Value = String> {
    let pieces = vec(select(&PIECES[..]), 0..12).prop_map(|it| it.concat());
    let object = pieces.clone().prop_map(|inside| format!("{{{inside}}}"));
    prop_oneof![pieces, object, text()]
}

fn plain(body: MessageBody) -> Message {
    Message {
        body,
        quick_reply: Vec::new(),
        sender: None,
    }
}

/// The body of a request with one message, or nothing if it is refused.
fn sent(message: Message) -> Option<String> {
    let messages = messages(vec![message]).ok()?;
    let messages = serde_json::to_string(&messages).expect("messages are JSON");
    Some(format!("{{\"messages\":{messages}}}"))
}

/// The only message of a request.
fn only(request: &str) -> &RawValue {
    #[derive(Deserialize)]
    struct Request<'a> {
        #[serde(borrow)]
        messages: Vec<&'a RawValue>,
    }
    let request: Request<'_> = serde_json::from_str(request).expect("the request is JSON");
    assert_eq!(request.messages.len(), 1, "there is one message");
    request.messages[0]
}

proptest! {
    #[test]
    fn texts_arrive_as_they_are(
        said in text(),
        label in text(),
        data in text(),
        name in proptest::option::of(text()),
        emojis in vec((any::<u32>(), text(), text()), 0..30),
    ) {
        let emoji = |(index, product_id, emoji_id): &(u32, String, String)| TextEmoji {
            index: *index,
            product_id: product_id.clone(),
            emoji_id: emoji_id.clone(),
        };
        let request = sent(Message {
            body: MessageBody::Text(TextMessage {
                text: said.clone(),
                emojis: emojis.iter().map(emoji).collect(),
                quote_token: Some(data.clone()),
            }),
            quick_reply: vec![QuickReplyItem {
                image_url: None,
                action: Action::Postback(PostbackAction {
                    label: Some(label.clone()),
                    data: data.clone(),
                    display_text: None,
                    input_option: None,
                    fill_in_text: None,
                }),
            }],
            sender: Some(Sender { name: name.clone(), icon_url: None }),
        });
        let request = request.expect("no text is refused");
        let message: Value = serde_json::from_str(only(&request).get()).unwrap();
        prop_assert_eq!(&message["text"], &json!(said));
        prop_assert_eq!(&message["quoteToken"], &json!(data));
        let name = name.map(Value::from);
        prop_assert_eq!(message["sender"].get("name"), name.as_ref());
        let action = &message["quickReply"]["items"][0]["action"];
        prop_assert_eq!((&action["label"], &action["data"]), (&json!(label), &json!(data)));
        let arrived = message["emojis"].as_array().map_or(&[][..], Vec::as_slice);
        prop_assert_eq!(arrived.len(), emojis.len());
        for (arrived, (index, product, emoji)) in arrived.iter().zip(&emojis) {
            let expected = json!({"index": index, "productId": product, "emojiId": emoji});
            prop_assert_eq!(arrived, &expected);
        }
    }

    #[test]
    fn each_substitution_has_a_name_of_its_own(names in vec(select(vec!["a", "b", "", "}", "\""]), 0..5)) {
        let substitution = |name: &&str| ((*name).to_owned(), Substitution::MentionAll);
        let request = sent(plain(MessageBody::TextV2(TextV2Message {
            text: String::from("{a}"),
            substitution: names.iter().map(substitution).collect(),
            quote_token: None,
        })));
        let mut distinct = names.clone();
        distinct.sort_unstable();
        distinct.dedup();
        prop_assert_eq!(request.is_some(), distinct.len() == names.len());
        if let Some(request) = request {
            let message: Value = serde_json::from_str(only(&request).get()).unwrap();
            let arrived = message["substitution"].as_object().map_or(0, serde_json::Map::len);
            prop_assert_eq!(arrived, names.len());
        }
    }

    #[test]
    fn raw_json_is_one_object_in_its_place(json in nearly_json()) {
        let is_object = serde_json::from_str::<&RawValue>(&json)
            .is_ok_and(|value| value.get().starts_with('{'));
        let request = sent(plain(MessageBody::RawJson(json.clone())));
        prop_assert_eq!(request.is_some(), is_object, "{}", json);
        if let Some(request) = request {
            prop_assert_eq!(only(&request).get(), json.trim());
        }
        let flex = sent(plain(MessageBody::Flex(FlexMessage {
            alt_text: json.clone(),
            contents: json.clone(),
        })));
        prop_assert_eq!(flex.is_some(), is_object, "{}", json);
        if let Some(flex) = flex {
            #[derive(Deserialize)]
            struct Flex<'a> {
                #[serde(borrow)]
                contents: &'a RawValue,
            }
            let flex: Flex<'_> = serde_json::from_str(only(&flex).get()).unwrap();
            prop_assert_eq!(flex.contents.get(), json.trim());
        }
    }
}
