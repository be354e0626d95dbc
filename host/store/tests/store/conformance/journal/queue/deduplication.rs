//! An id is one event.

use crate::conformance::journal::fixture::*;

pub(super) async fn an_id_is_one_event(journal: &dyn Journal) {
    let channel = Channel::new(journal, "duplicates");
    let twice = vec![event("a1", "a"), event("a2", "a"), event("a1", "a")];
    let appended = channel.append(twice).await;
    let expected = Appended {
        new: 2,
        duplicates: 1,
        unsent: 0,
    };
    assert_eq!(appended, expected);
    // The first one is it, whatever the second one says.
    let other = NewEvent {
        body: "other".into(),
        ..event("a1", "b")
    };
    let appended = channel.append(vec![event("a3", "a"), other]).await;
    assert_eq!((appended.new, appended.duplicates), (1, 1));
    let bytes = 3 * body("a1").len() as u64;
    assert_eq!(channel.waiting().await, (3, bytes));
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.body, body("a1"));
    let again = channel.append(vec![event("a1", "a")]).await;
    assert_eq!(again.duplicates, 1, "also while it runs");
    channel.settle(&claim, handled()).await;
    assert_eq!(channel.drain().await, ["a2", "a3"]);
}

pub(super) async fn an_id_is_known_whatever_became_of_it(journal: &dyn Journal) {
    let channel = Channel::new(journal, "known");
    let states = ["handled", "gone", "dead", "discarded", "unsent", "early"];
    for id in &states[..5] {
        channel.add(&[id], id).await;
    }
    channel
        .append(vec![
            unsend("unsend", "line", "unsent"),
            unsend("first", "line", "early"),
            event("early", "line"),
        ])
        .await;
    for claim in channel.claim().await {
        let outcome = match claim.id.as_str() {
            "gone" => Outcome::Handled {
                keep: Duration::ZERO,
            },
            "dead" | "discarded" => dead(),
            _ => handled(),
        };
        channel.settle(&claim, outcome).await;
    }
    let filter = EventFilter {
        id: Some("discarded".to_owned()),
        ..channel.filter()
    };
    assert_eq!(channel.discard(filter).await, 1);
    channel.drain().await;
    let again = channel.append(states.map(|id| event(id, "new")).to_vec());
    let expected = Appended {
        duplicates: states.len(),
        ..Appended::default()
    };
    assert_eq!(again.await, expected);
    assert!(channel.claim().await.is_empty());
    for (id, state) in [
        ("handled", EventState::Handled),
        ("gone", EventState::Handled),
        ("dead", EventState::Dead),
        ("discarded", EventState::Discarded),
        ("unsent", EventState::Unsent),
        ("early", EventState::Unsent),
    ] {
        assert_eq!(channel.state(id).await, state, "{id}");
    }
}
