//! Large webhooks.

use super::*;

#[tokio::test]
async fn a_large_webhook_outlives_the_process_and_keeps_its_order() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["a0"], "a").await;
    let names: Vec<String> = (0..300).map(|number| format!("{number:03}")).collect();
    let chat = |index: usize| ["a", "b", "c"][index % 3];
    let events: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(index, name)| event(name, chat(index)))
        .collect();
    channel.append(events.clone()).await;
    // Behind it, and again.
    channel
        .append(vec![event("later", "a"), event("000", "a")])
        .await;
    channel.append(events).await;
    assert_eq!(channel.waiting().await.0, 1 + 300 + 2 + 300);
    let copy = killed(folder.path());
    drop(store);
    let store = open(copy.path());
    assert_eq!(store.recovery().lost, None);
    let channel = Channel::new(&store, "c");
    let mut expected: Vec<_> = names.iter().step_by(3).map(String::as_str).collect();
    expected.insert(0, "a0");
    expected.push("later");
    // Some, then a crash in the middle.
    let claims = channel.claims().await.events;
    let first = claims.iter().find(|claim| claim.id == "a0").unwrap();
    channel.settle(first, handled()).await;
    let copy = killed(copy.path());
    let store = open(copy.path());
    let channel = Channel::new(&store, "c");
    let order = channel.drain().await;
    let of_a: Vec<_> = order
        .iter()
        .map(String::as_str)
        .filter(|id| expected.contains(id))
        .collect();
    assert_eq!(of_a, expected[1..]);
    assert_eq!(order.len(), 301, "each once");
    assert_eq!(channel.waiting().await, (0, 0));
    // What is small comes one by one again.
    let appended = channel
        .append(vec![event("last", "a"), event("000", "a")])
        .await;
    assert_eq!((appended.new, appended.duplicates), (1, 1));
}

/// What is over a full backlog is refused by what is new of it, without being written.
#[tokio::test]
async fn a_large_webhook_has_room_or_is_refused_whole() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    let events = |from: usize, to: usize| -> Vec<_> {
        (from..to).map(|it| event(&it.to_string(), "a")).collect()
    };
    let limit = Backlog {
        events: 300,
        ..ROOM
    };
    let append = |events| store.append("c", events, limit);
    let refused = append(events(0, 301)).await;
    assert!(
        matches!(refused, Err(StoreError::Backlog { events: 301, .. })),
        "{refused:?}"
    );
    assert_eq!(channel.stats().await, None);
    append(events(0, 300)).await.unwrap();
    assert!(
        append(events(300, 301)).await.is_err(),
        "packed events count"
    );
    assert_eq!(channel.drain().await.len(), 300);
    append(events(300, 600)).await.unwrap();
    let first = channel.claim().await;
    assert_eq!(ids(&first), ["300"]);
    // Duplicates are taken whatever waits, of what was packed and of what is still, and add nothing.
    let before = channel.waiting().await;
    for _ in 0..2 {
        let appended = append(events(290, 600)).await.unwrap();
        assert_eq!((appended.new, appended.duplicates), (0, 310));
        let appended = append(events(590, 600)).await.unwrap();
        assert_eq!((appended.new, appended.duplicates), (0, 10));
    }
    assert_eq!(channel.waiting().await, before);
    let refused = append(events(599, 601)).await;
    assert!(refused.is_err(), "one of them is new");
    channel.settle(&first[0], handled()).await;
    assert_eq!(channel.drain().await.len(), 299);
}
