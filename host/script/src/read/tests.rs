use std::time::Duration;

use serde_json::json;

use super::*;
use crate::script::Act;

const FILE: &str = "\
grants: [reply, push]
config: {greeting: Hi}
users:
  alice: {displayName: Alice}
groups:
  team: {members: [me, alice]}
convos:
  - name: all of it
    description: what there is
    steps:
      - me: [hi, {sticker: 1/2}, follow: ]
      - bot:
          - Hello  # greets
          - \"!Bye\"
          - ?maybe
          - not: {type: flex}
      - me(alice in team): {text: \"@Bot hi\", mentions: {\"@Bot\": bot}}
      - bot(in team): []
      - clock: +1h
      - faults: {operation: pushMessage}
      - calls: [{path: /v2/bot/message/push}]
      - failure: \"*trap*\"
";

#[test]
fn a_file_is_read() {
    let script = Script::parse(FILE).unwrap();
    assert_eq!(script.channel["grants"], json!(["reply", "push"]));
    let [convo] = script.convos.as_slice() else {
        panic!("{script:?}");
    };
    let kinds: Vec<_> = convo.steps.iter().map(|step| &step.kind).collect();
    let StepKind::Me { inputs, .. } = kinds[0] else {
        panic!("{kinds:?}");
    };
    assert_eq!(inputs.len(), 3);
    assert!(matches!(&inputs[2].act, Act::Event { event, .. } if event["type"] == "follow"));
    let StepKind::Bot {
        expected, is_block, ..
    } = kinds[1]
    else {
        panic!("{kinds:?}");
    };
    assert!(is_block);
    let presences: Vec<_> = expected.iter().map(|it| it.presence).collect();
    use Presence::{Not, Optional, Required};
    assert_eq!(presences, [Required, Not, Optional, Not]);
    assert_eq!(&FILE[expected[0].span.clone()], "Hello");
    assert_eq!(expected[0].place.to_string(), "13:13");
    let StepKind::Me { chat, inputs } = kinds[2] else {
        panic!("{kinds:?}");
    };
    assert_eq!(
        (chat.user.as_str(), chat.group.as_deref()),
        ("alice", Some("team"))
    );
    assert!(matches!(&inputs[0].act, Act::Message { mentions, .. } if mentions[0].who == "bot"));
    assert!(matches!(kinds[4], StepKind::Clock(it) if *it == Duration::from_secs(3600)));
}

#[test]
fn what_is_wrong_has_its_place_and_a_remedy() {
    let convo = |steps: &str| {
        format!("users: {{alice: }}\ngroups: {{team: }}\nconvos:\n  - name: x\n    steps:\n{steps}")
    };
    for (text, expected) in [
        (
            "convo: []",
            "1:1: a file has no `convo`; did you mean `convos`?",
        ),
        ("convos: []", "1:9: there is no conversation"),
        ("users: {}", "1:1: there are no `convos`"),
        ("convos: [{steps: []}]", "1:10: a conversation has a `name`"),
        (
            &convo("      - mee: hi"),
            "6:9: there is no step `mee`; did you mean `me`?",
        ),
        (
            &convo("      - me: {stiker: }"),
            "6:14: a user can't `stiker`; did you mean `sticker`?",
        ),
        (
            &convo("      - me: {text: hi, mentoins: }"),
            "6:24: beside `text` there is no `mentoins`; did you mean `mentions`?",
        ),
        (
            &convo("      - me(alcie): hi"),
            "6:9: there is no user `alcie` in the file's `users`; did you mean `alice`?",
        ),
        (
            &convo("      - me(alice in taem): hi"),
            "there is no group `taem`",
        ),
        (
            &convo("      - me(alice on team): hi"),
            "a chat is `(USER)`",
        ),
        (&convo("      - clock(alice): 1h"), "only `me` and `bot`"),
        (&convo("      - clock: 1 hour"), "6:16: `1 hour` is no time"),
        (&convo("      - bot: [!x]"), "needs quotes"),
        (&convo("      - bot: [[x]]"), "a message is a text"),
        (
            &convo("      - me: hi\n        bot: hi"),
            "a step has one key",
        ),
        (
            &convo("      - calls: [{paht: /}]"),
            "a call has no `paht`; did you mean `path`?",
        ),
    ] {
        let error = Script::parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}\n{error}");
    }
}
