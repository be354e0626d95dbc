//! `botbox:line/group`, `room` and `followers`.

use botbox_tests::{Stage, User};
use serde_json::json;

use crate::capabilities::granting;
use crate::line_failures::{impatient, json_error, kind};

/// The text between the quotes after a field's name.
pub(crate) fn field<'a>(shown: &'a str, name: &str) -> &'a str {
    let (_, rest) = shown.split_once(&format!("{name}: ")).unwrap_or_else(|| {
        panic!("no {name} in {shown}");
    });
    let rest = rest.trim_start_matches("Some(").trim_start_matches('"');
    rest.split(['"', ',', ')', ' ']).next().unwrap()
}

/// Has a user follow the bot, and waits until the probe has said so.
pub(crate) async fn befriend(stage: &Stage, user: &User) {
    let follow = json!({"type": "follow"});
    stage.line.act(&stage.bot, user, follow).await;
    stage.line.next(&stage.bot, &user.id, 0).await;
}

/// Has the bot be in a group or room.
async fn join(stage: &Stage, member: &User, chat: &str) {
    let join = json!({"as": member.id, "in": chat, "event": {"type": "join"}});
    stage.line.send(&stage.bot, vec![join]).await;
}

async fn members(stage: &Stage, count: usize) -> Vec<User> {
    let mut members = Vec::new();
    for _ in 0..count {
        members.push(stage.line.user("Chiyo").await);
    }
    members
}

#[tokio::test]
async fn a_group_is_looked_up_and_left() {
    let stage = granting(r#"grants = ["reply", "group"]"#).await;
    let members = members(&stage, 101).await;
    let group = stage.line.group(&members.iter().collect::<Vec<_>>()).await;
    join(&stage, &members[0], &group).await;

    let summary = stage.ask(&format!("get-group-summary {group}")).await;
    assert!(
        summary.contains(&group) && summary.contains("\"a group\""),
        "{summary}"
    );
    let count = stage.ask(&format!("get-group-member-count {group}")).await;
    assert_eq!(count, "101");
    let page = stage.ask(&format!("get-group-members-ids {group}")).await;
    assert_eq!(page.matches("\"U").count(), 100, "{page}");
    let next = field(&page, "next");
    let rest = stage
        .ask(&format!("get-group-members-ids {group} {next}"))
        .await;
    assert_eq!(rest.matches("\"U").count(), 1, "{rest}");
    assert!(rest.contains("next: None"), "{rest}");
    let member = &members[7].id;
    let profile = stage
        .ask(&format!("get-group-member-profile {group} {member}"))
        .await;
    assert!(
        profile.contains(member) && profile.contains("Chiyo"),
        "{profile}"
    );

    assert_eq!(stage.ask(&format!("leave-group {group}")).await, "()");
    let gone = stage.ask(&format!("get-group-summary {group}")).await;
    assert_eq!(gone, "ErrorKind::NotFound");
}

#[tokio::test]
async fn a_room_is_looked_up_and_left() {
    let stage = granting(r#"grants = ["reply", "room"]"#).await;
    let members = members(&stage, 101).await;
    let room = stage.line.room(&members.iter().collect::<Vec<_>>()).await;
    join(&stage, &members[0], &room).await;

    assert_eq!(
        stage.ask(&format!("get-room-member-count {room}")).await,
        "101"
    );
    let page = stage.ask(&format!("get-room-members-ids {room}")).await;
    assert_eq!(page.matches("\"U").count(), 100, "{page}");
    let next = field(&page, "next");
    let rest = stage
        .ask(&format!("get-room-members-ids {room} {next}"))
        .await;
    assert_eq!(rest.matches("\"U").count(), 1, "{rest}");
    let member = &members[7].id;
    let profile = stage
        .ask(&format!("get-room-member-profile {room} {member}"))
        .await;
    assert!(
        profile.contains(member) && profile.contains("Chiyo"),
        "{profile}"
    );

    assert_eq!(stage.ask(&format!("leave-room {room}")).await, "()");
    let gone = stage.ask(&format!("get-room-member-count {room}")).await;
    assert_eq!(gone, "ErrorKind::NotFound");
}

#[tokio::test]
async fn followers_come_in_pages() {
    let stage = granting(r#"grants = ["reply", "followers"]"#).await;
    let other = stage.line.user("Chiyo").await;
    befriend(&stage, &stage.user).await;
    befriend(&stage, &other).await;
    let both = stage.ask("get-followers").await;
    assert!(
        both.contains(&stage.user.id) && both.contains(&other.id),
        "{both}"
    );
    let first = stage.ask("get-followers 1").await;
    assert_eq!(first.matches("\"U").count(), 1, "{first}");
    let next = field(&first, "next");
    let second = stage.ask(&format!("get-followers 1 {next}")).await;
    let seen = |page: &str| [&stage.user.id, &other.id].map(|id| page.contains(id.as_str()));
    let (first, second) = (seen(&first), seen(&second));
    assert!(first[0] != second[0] && first[1] != second[1]);
    assert_eq!(stage.ask("get-followers 1001").await, "ErrorKind::Invalid");
}

#[tokio::test]
async fn groups_rooms_and_followers_are_granted_by_name() {
    let stage = granting(r#"grants = ["reply"]"#).await;
    let group = format!("C{}", "0".repeat(32));
    for command in [
        format!("get-group-summary {group}"),
        format!("leave-room {group}"),
        String::from("get-followers"),
    ] {
        assert_eq!(stage.ask(&command).await, "ErrorKind::Denied", "{command}");
    }
    assert!(
        stage
            .line
            .calls(&stage.bot, "/v2/bot/group")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn what_line_answers_about_groups() {
    let stage = impatient().await;
    // For verified and premium accounts only.
    let forbidden = json_error(403, "Access to this API is not available for your account");
    for (operation, command) in [
        ("getFollowers", "get-followers"),
        ("getGroupMembersIds", "get-group-members-ids C1"),
        ("getRoomMembersIds", "get-room-members-ids R1"),
    ] {
        assert_eq!(
            kind(&stage, operation, command, &forbidden).await,
            "ErrorKind::Other"
        );
    }
    let busy = json_error(
        429,
        "The API rate limit has been exceeded. Try again later.",
    );
    let limited = kind(&stage, "getGroupSummary", "get-group-summary C1", &busy).await;
    assert_eq!(limited, "ErrorKind::RateLimited");
    // Whether the bot left already is not known, so it is not asked to again.
    let away = json_error(500, "Internal Server Error");
    for (operation, command) in [
        ("leaveGroup", "leave-group C1"),
        ("leaveRoom", "leave-room R1"),
    ] {
        stage.line.fault(operation, 3, away.clone()).await;
        let before = stage.line.calls(&stage.bot, "/leave").await.len();
        assert_eq!(stage.ask(command).await, "ErrorKind::Unavailable");
        let after = stage.line.calls(&stage.bot, "/leave").await.len();
        assert_eq!(after - before, 1, "{command}");
    }
}
