//! Many callers at once, and calls that are dropped.

use crate::conformance::journal::fixture::*;

/// They may be done or not, but not by halves.
pub(super) async fn dropped_calls_do_no_harm(journal: &dyn Journal) {
    let channel = Channel::new(journal, "dropped");
    for number in 0..20 {
        let id = number.to_string();
        let events = vec![event(&id, "a"), event(&format!("{id} too"), "a")];
        // Once before it has begun, once when it waits for its answer.
        drop(journal.append("dropped", events.clone(), ROOM));
        let _ = journal
            .append("dropped", events.clone(), ROOM)
            .now_or_never();
        let appended = channel.append(events).await;
        assert!(appended.new == 0 || appended.new == 2, "{appended:?}");
        for id in [&id, &format!("{id} too")] {
            let claim = channel.claim_one(id).await;
            let settlement = Settlement {
                position: claim.position,
                outcome: handled(),
                note: None,
                kept: ROOM.kept,
            };
            let note = journal.note("dropped", claim.position, String::new());
            let _ = note.now_or_never();
            let _ = journal.settle("dropped", settlement.clone()).now_or_never();
            journal.settle("dropped", settlement).await.unwrap();
            assert_eq!(channel.state(id).await, EventState::Handled);
        }
        let _ = journal.list(channel.filter(), None, 10).now_or_never();
        let _ = journal.stats().now_or_never();
        let _ = journal.sweep().now_or_never();
    }
    assert_eq!(channel.waiting().await, (0, 0));
    assert_eq!(channel.list(channel.filter()).await.len(), 40);
}

/// Wherever it is on its way. Who waits for changes then finds its events.
pub(super) async fn a_dropped_claim_is_given_back(journal: &dyn Journal) {
    const CHATS: usize = 5;
    let channel = Channel::new(journal, "dropped claims");
    for chat in 0..CHATS {
        let chat = chat.to_string();
        channel.add(&[&chat], &chat).await;
    }
    let mut changes = journal.changes(channel.name);
    for round in 0..200 {
        let patience = Duration::from_micros(round * 10);
        let claimed = timeout(patience, journal.claim(channel.name, CHATS)).await;
        // If it was in time, the events are put back.
        for claim in claimed.map_or(Vec::new(), |it| it.unwrap().events) {
            channel.settle(&claim, retry(Duration::ZERO)).await;
        }
    }
    let mut claims = Vec::new();
    loop {
        claims.extend(channel.claim().await);
        if claims.len() == CHATS {
            break;
        }
        let changed = timeout(Duration::from_secs(60), changes.next()).await;
        changed.expect("who waits is told");
    }
    let positions: HashSet<_> = claims.iter().map(|claim| claim.position).collect();
    assert_eq!(positions.len(), CHATS, "each once");
    for claim in &claims {
        channel.settle(claim, handled()).await;
    }
    assert_eq!(channel.waiting().await, (0, 0));
}

/// An event that is scheduled is waited for, though its caller was gone before it was told.
pub(super) async fn a_dropped_schedule_wakes_who_waits(journal: &dyn Journal) {
    const NAME: &str = "dropped schedule";
    const YEAR_2100: i64 = 4_102_444_800_000;
    let channel = Channel::new(journal, NAME);
    let mut changes = journal.changes(NAME);
    let mut seen = 0;
    for round in 0..2_000 {
        let key = round.to_string();
        let scheduled = ScheduledEvent {
            key: key.clone(),
            at: YEAR_2100,
            event: event(&key, "a"),
        };
        let expected = Expected::Nothing(1 << 20);
        let call = journal.schedule(NAME, "kind", scheduled, expected);
        let cut = timeout(Duration::from_micros(round % 100 * 10), call).await;
        // It comes after the call, wherever that was cut off.
        if channel.scheduled(&key).await.is_none() {
            continue;
        }
        let changed = timeout(Duration::from_secs(60), changes.next()).await;
        changed.expect("who waits is told");
        seen += usize::from(cut.is_err());
        if seen == 10 {
            return;
        }
    }
    assert!(seen > 0, "some are committed though nobody is told");
}

pub(super) async fn one_append_is_new(store: &Arc<dyn Journal>) {
    let outcomes = race(store, 100, |store, caller| async move {
        // Each with one of its own, some before and some behind the one they have in common.
        let own = event(&caller.to_string(), "own");
        let mut events = vec![event("same", "common"), own];
        if caller % 2 == 0 {
            events.reverse();
        }
        store.append("append race", events, ROOM).await.unwrap()
    });
    let outcomes = outcomes.await;
    let new: usize = outcomes.iter().map(|appended| appended.new).sum();
    let duplicates: usize = outcomes.iter().map(|appended| appended.duplicates).sum();
    assert_eq!((new, duplicates), (101, 99));
    let channel = Channel::new(&**store, "append race");
    assert_eq!(channel.waiting().await.0, 101);
    let mut drained = channel.drain().await;
    assert_eq!(drained.len(), 101);
    drained.sort_unstable();
    drained.dedup();
    assert_eq!(drained.len(), 101);
}

pub(super) async fn one_caller_claims(store: &Arc<dyn Journal>) {
    let channel = Channel::new(&**store, "claim race");
    for chat in 0..30 {
        let chat = chat.to_string();
        let ids = [format!("{chat} first"), format!("{chat} second")];
        channel.add(&[&ids[0], &ids[1]], &chat).await;
    }
    let claims = race(store, 20, |store, _| async move {
        store.claim("claim race", 2).await.unwrap().events
    });
    let claims = claims.await;
    assert!(claims.iter().all(|claims| claims.len() <= 2));
    let claims: Vec<_> = claims.concat();
    let positions: HashSet<_> = claims.iter().map(|claim| claim.position).collect();
    assert_eq!((claims.len(), positions.len()), (30, 30));
    assert!(claims.iter().all(|claim| claim.id.ends_with("first")));
}

/// While more comes, several handle what is there.
pub(super) async fn a_crowd_keeps_the_order(store: &Arc<dyn Journal>) {
    const CHATS: usize = 4;
    const EVENTS: usize = 40;
    let orders = race(store, 5, |store, caller| async move {
        let mut order: Vec<(usize, String)> = Vec::new();
        if caller == 0 {
            for number in 0..EVENTS {
                let events = (0..CHATS).map(|chat| {
                    let chat = chat.to_string();
                    event(&format!("{chat} {number:02}"), &chat)
                });
                let appended = store.append("crowd", events.collect(), ROOM);
                assert_eq!(appended.await.unwrap().new, CHATS);
            }
            return order;
        }
        loop {
            let claims = store.claim("crowd", 2).await.unwrap().events;
            if claims.is_empty() {
                // Either there is nothing yet, or others have it, or all is done.
                let filter = EventFilter {
                    channel: Some("crowd".to_owned()),
                    state: Some(EventState::Handled),
                    ..EventFilter::default()
                };
                let done = store.list(filter, None, usize::MAX).await.unwrap().len();
                if done == CHATS * EVENTS {
                    return order;
                }
                sleep(Duration::from_millis(1)).await;
            }
            for claim in claims {
                let failed = claim.attempts == 0 && claim.position % 7 == 0;
                let outcome = if failed {
                    retry(Duration::ZERO)
                } else {
                    order.push((claim.position as usize, claim.id));
                    handled()
                };
                let settlement = Settlement {
                    position: claim.position,
                    outcome,
                    note: None,
                    kept: ROOM.kept,
                };
                store.settle("crowd", settlement).await.unwrap();
            }
        }
    });
    let orders = orders.await;
    // Nobody has seen an earlier one of a chat after a later one.
    for order in &orders {
        for chat in 0..CHATS {
            let prefix = format!("{chat} ");
            let of_chat = order.iter().filter(|(_, id)| id.starts_with(&prefix));
            assert!(of_chat.map(|(position, _)| position).is_sorted());
        }
    }
    let all: HashSet<_> = orders.concat().into_iter().map(|(_, id)| id).collect();
    assert_eq!(all.len(), CHATS * EVENTS);
    assert_eq!(orders.concat().len(), CHATS * EVENTS, "each once");
}
