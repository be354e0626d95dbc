//! A bot that takes orders.

use serde_json::{Value, json};

use super::{answer, changed_stage, stage};

fn text(text: &str) -> Value {
    json!({"type": "message", "message": {"type": "text", "text": text}})
}

fn postback(data: &Value) -> Value {
    json!({"type": "postback", "postback": {"data": data}})
}

#[tokio::test]
async fn shop_takes_an_order() {
    let stage = changed_stage("shop", |needs| {
        needs + "[channels.config]\ncoupon = \"01COUPON\"\n"
    })
    .await;
    let user = &stage.user.id;

    let welcome = answer(&stage, user, json!({"type": "follow"})).await;
    let quick_reply = &welcome.message["quickReply"]["items"][0]["action"];
    assert_eq!(quick_reply["text"], "menu");

    let menu = answer(&stage, user, text("menu")).await.message;
    let bubbles = &menu["contents"]["contents"];
    assert_eq!(menu["contents"]["type"], "carousel");
    assert_eq!(bubbles.as_array().unwrap().len(), 3);
    let cake = &bubbles[1];
    assert_eq!(cake["body"]["contents"][0]["text"], "Strawberry cake");
    assert_eq!(cake["body"]["contents"][1]["text"], "¥620");

    let choice = &cake["footer"]["contents"][0]["action"]["data"];
    let when = answer(&stage, user, postback(choice)).await.message;
    let picker = &when["template"]["actions"][0];
    assert_eq!(picker["type"], "datetimepicker");
    assert_eq!(picker["mode"], "datetime");

    let picked = json!({"data": picker["data"], "params": {"datetime": "2030-12-24T15:30"}});
    let picked = json!({"type": "postback", "postback": picked});
    let amounts = answer(&stage, user, picked).await.message;
    assert_eq!(amounts["text"], "How many?");
    let two = &amounts["quickReply"]["items"][1]["action"];
    assert_eq!(two["label"], "2");

    let receipt = answer(&stage, user, postback(&two["data"])).await;
    let lines = &receipt.message["contents"]["body"]["contents"];
    let line = |number: usize| {
        let line = &lines[number]["contents"];
        [&line[0]["text"], &line[1]["text"]].map(|it| it.as_str().unwrap())
    };
    assert_eq!(line(1), ["Pick-up", "2030-12-24 15:30"]);
    assert_eq!(line(2), ["Strawberry cake", "2 × ¥620"]);
    assert_eq!(line(4), ["Total", "¥1240"]);
    let thanks = stage.line.next(&stage.bot, user, receipt.seq).await;
    assert_eq!(thanks.text(), "Thank you, see you soon!");
    let coupon = stage.line.next(&stage.bot, user, thanks.seq).await;
    assert_eq!(coupon.message["type"], "coupon");
    assert_eq!(coupon.message["couponId"], "01COUPON");
}

#[tokio::test]
async fn shop_does_not_trust_the_data_of_postbacks() {
    let stage = stage("shop").await;
    for data in [
        "",
        "cake",
        "order?good=yacht",
        "order?good=cake&amount=2&time=soon",
        "order?good=cake&time=2030-12-24T15:30&amount=0",
        "order?good=cake&time=2030-12-24T15:30&amount=7",
        "order?good=cake&time=2030-12-24T15:30&amount=-1",
        "order?good=cake&time=2030-12-24T15:30&amount=99999999999999999999",
        "order?good=cake&time",
    ] {
        let refused = answer(&stage, &stage.user.id, postback(&data.into())).await;
        assert_eq!(
            refused.text(),
            "That is not on the menu any more.",
            "{data}"
        );
    }
    let picked = json!({"data": "order?good=cake", "params": {"datetime": "<script>"}});
    let picked = json!({"type": "postback", "postback": picked});
    let refused = answer(&stage, &stage.user.id, picked).await;
    assert_eq!(refused.text(), "That is not on the menu any more.");
}
