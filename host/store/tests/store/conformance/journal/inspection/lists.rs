//! Lists, single events, and statistics.

use crate::conformance::journal::fixture::*;

pub(super) async fn a_list_has_what_the_filter_means(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "list");
    // One in each state, and a second one behind that waits.
    for id in ["handled", "dead", "discarded", "unsent", "failing"] {
        channel.add(&[id], id).await;
        tick(clock);
    }
    channel.append(vec![unsend("unsend", "u", "unsent")]).await;
    for claim in channel.claim().await {
        let outcome = match claim.id.as_str() {
            "dead" | "discarded" => dead(),
            "failing" => retry(HOUR),
            _ => handled(),
        };
        channel.settle(&claim, outcome).await;
    }
    let with = |change: &dyn Fn(&mut EventFilter)| {
        let mut filter = channel.filter();
        change(&mut filter);
        filter
    };
    let discarded = with(&|filter| filter.id = Some("discarded".to_owned()));
    channel.discard(discarded).await;

    let all = channel.list(channel.filter()).await;
    let newest_first = [
        "unsend",
        "failing",
        "unsent",
        "discarded",
        "dead",
        "handled",
    ];
    assert_eq!(all, newest_first);
    for (state, expected) in [
        (EventState::Waiting, &["failing"][..]),
        (EventState::Handled, &["unsend", "handled"]),
        (EventState::Dead, &["dead"]),
        (EventState::Unsent, &["unsent"]),
        (EventState::Discarded, &["discarded"]),
    ] {
        let list = channel.list(with(&|filter| filter.state = Some(state)));
        assert_eq!(list.await, expected);
    }
    let list = channel.list(with(&|filter| filter.chat = Some("dead".to_owned())));
    assert_eq!(list.await, ["dead"]);
    let list = channel.list(with(&|filter| filter.chat = Some(String::new())));
    assert!(list.await.is_empty());
    let list = channel.list(with(&|filter| filter.id = Some("handled".to_owned())));
    assert_eq!(list.await, ["handled"]);
    for (error, expected) in [
        ("no more", &["dead"][..]),
        ("more", &["dead"]),
        ("again", &["failing"]),
        ("a", &["failing"]),
        ("%", &[]),
    ] {
        let list = channel.list(with(&|filter| filter.error = Some(error.to_owned())));
        assert_eq!(list.await, expected, "{error}");
    }
    // From one time on, and up to another.
    let time = channel.show("dead").await.entry.received;
    let list = channel.list(with(&|filter| filter.since = Some(time)));
    assert_eq!(list.await, newest_first[..5]);
    let list = channel.list(with(&|filter| filter.until = Some(time)));
    assert_eq!(list.await, ["handled"]);
    let list = channel.list(with(&|filter| {
        filter.since = Some(time);
        filter.until = Some(time + 1);
    }));
    assert_eq!(list.await, ["dead"]);
    // All conditions hold.
    let list = channel.list(with(&|filter| {
        filter.state = Some(EventState::Dead);
        filter.chat = Some("handled".to_owned());
    }));
    assert!(list.await.is_empty());
    let nobodys = EventFilter {
        channel: Some("nobody".to_owned()),
        ..EventFilter::default()
    };
    assert!(channel.list(nobodys).await.is_empty());
    // Of all channels.
    let failing = EventFilter {
        id: Some("failing".to_owned()),
        ..EventFilter::default()
    };
    assert_eq!(channel.list(failing).await, ["failing"]);
}

pub(super) async fn a_list_has_pages(journal: &dyn Journal) {
    let channel = Channel::new(journal, "pages");
    let count = PAGE_EVENTS + 3;
    let names: Vec<String> = (0..count).map(|number| number.to_string()).collect();
    // As many webhooks have them.
    for names in names.chunks(50) {
        let events = names.iter().map(|name| event(name, "a"));
        channel.append(events.collect()).await;
    }
    let page = async |before, limit| -> Vec<Entry> {
        let page = journal.list(channel.filter(), before, limit);
        page.await.unwrap()
    };
    let last = |page: &[Entry]| page.last().map(|entry| entry.position);
    assert!(page(None, 0).await.is_empty());
    let first = page(None, usize::MAX).await;
    assert_eq!(first.len(), PAGE_EVENTS);
    let second = page(last(&first), usize::MAX).await;
    let mut listed: Vec<_> = first.iter().chain(&second).map(|it| &it.id).collect();
    listed.reverse();
    assert_eq!(listed, names.iter().collect::<Vec<_>>());
    assert!(page(last(&second), 10).await.is_empty());
    assert_eq!(page(last(&first), 2).await[..].len(), 2);
}

/// An engine may write a large webhook as it came, and part it later.
pub(super) async fn many_events_are_seen_before_they_are_claimed(journal: &dyn Journal) {
    let channel = Channel::new(journal, "seen");
    channel.add(&["first"], "first").await;
    let names: Vec<String> = (0..300).map(|number| format!("{number:03}")).collect();
    let mut events: Vec<_> = names.iter().map(|name| event(name, &name[..1])).collect();
    events.insert(100, event("first", "first"));
    channel.append(events).await;
    let mut expected = vec!["first".to_owned()];
    expected.extend(names);
    expected.reverse();
    assert_eq!(channel.list(channel.filter()).await, expected);

    let mut pages = Vec::new();
    let mut before = None;
    loop {
        let page = journal.list(channel.filter(), before, 70).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.position);
        pages.extend(page.into_iter().map(|entry| entry.id));
    }
    assert_eq!(pages, expected);
    let shown = channel.show("123").await;
    assert_eq!(shown.body, Some(body("123")));
    assert_eq!(shown.entry.state, EventState::Waiting);
    assert_eq!((&*shown.entry.channel, &*shown.entry.chat), ("seen", "1"));
    assert!(journal.show("seen", "300").await.unwrap().is_none());
    let with = |change: &dyn Fn(&mut EventFilter)| {
        let mut filter = channel.filter();
        change(&mut filter);
        filter
    };
    let received = shown.entry.received;
    for (filter, count) in [
        (with(&|it| it.chat = Some("2".to_owned())), 100),
        (with(&|it| it.id = Some("123".to_owned())), 1),
        (with(&|it| it.state = Some(EventState::Waiting)), 301),
        (with(&|it| it.state = Some(EventState::Handled)), 0),
        (with(&|it| it.error = Some(String::new())), 0),
        (with(&|it| it.until = Some(received)), 0),
        (with(&|it| it.since = Some(received + 1)), 0),
    ] {
        let mut list = channel.list(filter.clone()).await;
        list.retain(|id| id != "first" || filter.state.is_some());
        assert_eq!(list.len(), count, "{filter:?}");
    }
    let alone = Channel::new(journal, "seen alone");
    let many = (0..300).map(|number| event(&number.to_string(), "a"));
    alone.append(many.collect()).await;
    let stats = alone.stats().await.unwrap();
    let oldest = alone.show("0").await.entry.received;
    assert_eq!((stats.waiting, stats.oldest), (300, Some(oldest)));
    // It is the same event when it is claimed.
    assert_eq!(channel.drain().await.len(), 301);
    let position = channel.show("123").await.entry.position;
    assert_eq!(position, shown.entry.position);
    assert_eq!(channel.list(channel.filter()).await, expected);
}

pub(super) async fn an_event_is_shown_with_its_failures(journal: &dyn Journal) {
    let channel = Channel::new(journal, "show");
    assert!(journal.show("show", "a1").await.unwrap().is_none());
    channel.add(&["a1"], "a").await;
    assert!(journal.show("shown", "a1").await.unwrap().is_none());
    assert!(journal.show("show", "A1").await.unwrap().is_none());
    let shown = channel.show("a1").await;
    assert_eq!(shown.body, Some(body("a1")));
    assert!(shown.failures.is_empty());
    let Entry {
        channel: name,
        id,
        chat,
        state,
        ended,
        attempts,
        error,
        ..
    } = shown.entry;
    assert_eq!((&*name, &*id, &*chat), ("show", "a1", "a"));
    assert_eq!((state, attempts), (EventState::Waiting, 0));
    assert_eq!((ended, error), (None, None));

    let mut failures = Vec::new();
    for number in 0..12_u16 {
        let failure = FailedAttempt {
            started: i64::from(number),
            took: Duration::from_millis(number.into()),
            deployment: i64::from(number),
            digest: format!("digest {number}"),
            error: format!("error {number}"),
            log: String::new(),
        };
        failures.push(failure.clone());
        let after = Duration::ZERO;
        channel.run("a1", Outcome::Retry { after, failure }).await;
    }
    channel.run("a1", dead()).await;
    failures.push(failure("no more"));
    let shown = channel.show("a1").await;
    assert_eq!(shown.failures, failures);
    assert_eq!(shown.entry.error.as_deref(), Some("no more"));
    assert_eq!(shown.entry.state, EventState::Dead);
    assert_eq!(shown.entry.attempts, 13);
    assert!(shown.entry.ended.unwrap() >= shown.entry.received);
    let list = journal.list(channel.filter(), None, 10).await.unwrap();
    assert_eq!(list[0].error.as_deref(), Some("no more"));
    assert_eq!(list[0].attempts, 13);
}

pub(super) async fn stats_tell_what_there_is(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "stats");
    assert_eq!(channel.stats().await, None);
    channel.add(&["a1"], "a").await;
    tick(clock);
    channel.add(&["a2"], "a").await;
    channel.add(&["b1"], "b").await;
    let later = clock.now_ms() + 3_600_000;
    let any = Expected::Nothing(1);
    channel.schedule("k", later, event("t", "a"), any).await;
    let bytes = body("a1").len() as u64;
    let mut expected = ChannelStats {
        channel: "stats".to_owned(),
        waiting: 3,
        waiting_bytes: 3 * bytes,
        oldest: Some(channel.show("a1").await.entry.received),
        kept_bytes: 0,
        dead: 0,
        scheduled: 1,
    };
    assert_eq!(channel.stats().await, Some(expected.clone()));
    let claims = channel.claim().await;
    assert_eq!(channel.stats().await, Some(expected.clone()), "these run");
    channel.settle(&claims[0], dead()).await;
    expected.waiting -= 1;
    expected.waiting_bytes -= bytes;
    expected.dead = 1;
    let failures = channel.show("a1").await.failures;
    let failures = failures.iter().map(|it| it.error.len() + it.log.len());
    expected.kept_bytes = bytes + failures.sum::<usize>() as u64;
    expected.oldest = Some(channel.show("a2").await.entry.received);
    assert_eq!(channel.stats().await, Some(expected.clone()));
    channel.settle(&claims[1], handled()).await;
    channel.drain().await;
    expected.kept_bytes += 2 * bytes;
    expected.waiting = 0;
    expected.waiting_bytes = 0;
    expected.oldest = None;
    assert_eq!(channel.stats().await, Some(expected));
    let stats = journal.stats().await.unwrap();
    assert!(stats.is_sorted_by(|a, b| a.channel < b.channel));
}

pub(super) async fn the_next_event_is_told(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "next due");
    let next = || async { journal.next_due("next due").await.unwrap() };
    assert_eq!(next().await, None);
    let later = clock.now_ms() + 7_200_000;
    let any = Expected::Nothing(1);
    channel.schedule("k", later, event("t", "a"), any).await;
    assert_eq!(next().await, Some(later));
    // Whether it waits or runs.
    channel.add(&["a1"], "a").await;
    assert!(next().await.unwrap() <= clock.now_ms());
    let claims = channel.claim().await;
    assert!(next().await.unwrap() <= clock.now_ms());
    channel.settle(&claims[0], retry(HOUR)).await;
    let again = next().await.unwrap();
    assert!(again > clock.now_ms() && again < later, "{again}");
    // Who waits behind it is not due before it.
    channel.add(&["a2"], "a").await;
    assert_eq!(next().await, Some(again));
    clock.advance(HOUR);
    channel.run("a1", handled()).await;
    channel.run("a2", handled()).await;
    assert_eq!(next().await, Some(later));
}
