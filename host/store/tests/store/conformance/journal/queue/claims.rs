//! Who gets an event when.

use crate::conformance::journal::fixture::*;

pub(super) async fn an_event_is_claimed_as_it_arrived(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "arrival");
    assert!(channel.claim().await.is_empty());
    let odd = NewEvent {
        message: None,
        is_from_host: true,
        body: "日本 \0 🙂".into(),
        ..event("odd", "")
    };
    channel.append(vec![event("plain", "chat"), odd]).await;
    let claims = channel.claim().await;
    assert_eq!(ids(&claims), ["plain", "odd"]);
    assert!(claims[0].position < claims[1].position);
    assert!(!claims[0].is_from_host);
    assert_eq!(claims[0].body, body("plain"));
    assert_eq!((&*claims[0].chat, &*claims[1].chat), ("chat", ""));
    assert!(claims[1].is_from_host);
    assert_eq!(claims[1].body, "日本 \0 🙂");
    for claim in &claims {
        assert_eq!(claim.attempts, 0);
        assert_eq!(claim.failing, Duration::ZERO);
        assert_eq!(claim.note, None);
        assert_eq!(claim.deployment, None);
        assert!(claim.waited < HOUR, "it came just now");
        let entry = channel.show(&claim.id).await.entry;
        assert_eq!(entry.position, claim.position);
        assert!(
            (clock.now_ms() - entry.received).abs() < 3_600_000,
            "it is received now"
        );
    }
    // An empty webhook, such as LINE sends to verify.
    assert_eq!(channel.append(Vec::new()).await, Appended::default());
}

pub(super) async fn a_chat_goes_on_when_its_first_event_is_settled(journal: &dyn Journal) {
    let channel = Channel::new(journal, "chats");
    channel.add(&["a1", "a2"], "a").await;
    channel.add(&["b1", "b2"], "b").await;
    // Those that tell no chat wait for no other.
    channel.add(&["n1", "n2"], "").await;
    channel.add(&["a3"], "a").await;
    let first = channel.claim().await;
    assert_eq!(ids(&first), ["a1", "b1", "n1", "n2"]);
    let claims = channel.claims().await;
    assert!(claims.events.is_empty());
    assert_eq!(claims.next, None);

    assert!(channel.settle(&first[1], dead()).await);
    let last = channel.claim_one("b2").await;
    assert!(!channel.settle(&last, handled()).await, "there is no other");
    assert!(channel.settle(&first[0], handled()).await);
    let second = channel.claim_one("a2").await;
    assert!(channel.claim().await.is_empty());
    assert!(channel.settle(&second, dead()).await);
    channel.run("a3", handled()).await;
    assert!(!channel.settle(&first[2], dead()).await);
    assert!(channel.claim().await.is_empty());
    assert!(!channel.settle(&first[3], handled()).await);
    // What comes behind what has ended is first.
    channel.add(&["a4"], "a").await;
    channel.run("a4", handled()).await;
    assert_eq!(channel.waiting().await, (0, 0));
}

pub(super) async fn channels_are_apart(journal: &dyn Journal) {
    let names = ["", "apart", "Apart", "apart%", "日本"];
    for name in names {
        let channel = Channel::new(journal, name);
        channel.add(&["id"], "chat").await;
    }
    for name in names {
        let channel = Channel::new(journal, name);
        channel.run("id", handled()).await;
        let again = channel.append(vec![event("id", "chat")]).await;
        assert_eq!(again.duplicates, 1);
    }
}

pub(super) async fn claims_are_limited(journal: &dyn Journal) {
    let channel = Channel::new(journal, "limit");
    for chat in ["a", "b", "c"] {
        channel.add(&[chat], chat).await;
    }
    let none = journal.claim("limit", 0).await.unwrap();
    assert!(none.events.is_empty());
    assert_eq!(none.next, Some(Duration::ZERO));
    let two = journal.claim("limit", 2).await.unwrap();
    assert_eq!(ids(&two.events), ["a", "b"]);
    assert_eq!(two.next, Some(Duration::ZERO));
    let rest = journal.claim("limit", 2).await.unwrap();
    assert_eq!(ids(&rest.events), ["c"]);
    assert_eq!(rest.next, None);
}

/// Few and many, for a journal may have the first of them in memory.
pub(super) async fn what_arrives_after_the_last_claim_is_claimed_in_order(journal: &dyn Journal) {
    let channel = Channel::new(journal, "drained");
    for count in [1, 10, 200] {
        assert!(channel.claim().await.is_empty());
        let mut expected: Vec<_> = (0..count).map(|it| format!("{count} {it}")).collect();
        for id in &expected {
            channel.add(&[id], id).await;
        }
        let unsent = expected.remove(count / 2);
        let unsends = format!("unsends {unsent}");
        let appended = channel.append(vec![unsend(&unsends, "", &unsent)]).await;
        assert_eq!((appended.new, appended.unsent), (1, 1));
        expected.push(unsends);
        let mut claimed = Vec::new();
        loop {
            let claims = journal.claim("drained", 3).await.unwrap();
            assert!(claims.events.len() <= 3);
            for claim in claims.events {
                assert!(claim.waited < HOUR, "it came just now");
                channel.settle(&claim, handled()).await;
                claimed.push(claim.id);
            }
            if claims.next.is_none() {
                break;
            }
        }
        assert_eq!(claimed, expected);
    }
    assert_eq!(channel.waiting().await, (0, 0));
}

pub(super) async fn the_chat_that_is_ready_first_is_claimed_first(
    journal: &dyn Journal,
    clock: &Clock,
) {
    let channel = Channel::new(journal, "fair");
    channel.add(&["a1", "a2"], "a").await;
    channel.add(&["b1", "b2"], "b").await;
    let first = channel.claim().await;
    assert_eq!(ids(&first), ["a1", "b1"]);
    // The one behind arrived later, and can run earlier.
    channel.settle(&first[1], handled()).await;
    tick(clock);
    channel.add(&["c1"], "c").await;
    tick(clock);
    channel.settle(&first[0], handled()).await;
    assert_eq!(ids(&channel.claim().await), ["b2", "c1", "a2"]);
}

pub(super) async fn what_is_not_there_is_not_settled(journal: &dyn Journal) {
    let channel = Channel::new(journal, "unknown");
    channel.add(&["a1", "a2"], "a").await;
    let claim = channel.claim_one("a1").await;
    channel.settle(&claim, handled()).await;
    let before = channel.stats().await;
    for position in [claim.position, claim.position + 1000, 0, -1, i64::MAX] {
        for outcome in [handled(), retry(Duration::ZERO), dead()] {
            let settlement = Settlement {
                position,
                outcome,
                note: Some("note".to_owned()),
                kept: ROOM.kept,
            };
            journal.settle(channel.name, settlement).await.unwrap();
        }
    }
    assert_eq!(channel.stats().await, before);
    let shown = channel.show("a1").await;
    assert_eq!(shown.entry.state, EventState::Handled);
    assert!(shown.failures.is_empty());
    assert_eq!(channel.drain().await, ["a2"]);
}
