//! What failed and is tried again.

use crate::conformance::journal::fixture::*;

pub(super) async fn a_retry_holds_up_its_chat_only(journal: &dyn Journal) {
    let channel = Channel::new(journal, "held");
    channel.add(&["a1", "a2"], "a").await;
    let claim = channel.claim_one("a1").await;
    assert!(channel.settle(&claim, retry(HOUR)).await);
    channel.add(&["a3"], "a").await;
    let claims = channel.claims().await;
    assert!(claims.events.is_empty());
    let next = claims.next.unwrap();
    assert!(HOUR / 2 < next && next <= HOUR, "{next:?}");
    channel.add(&["b1"], "b").await;
    channel.run("b1", retry(HOUR / 4)).await;
    let next = channel.claims().await.next.unwrap();
    assert!(next <= HOUR / 4, "the first of them: {next:?}");
    channel.add(&["c1"], "c").await;
    channel.run("c1", handled()).await;
    assert_eq!(channel.state("a1").await, EventState::Waiting);

    // Times beyond all clocks.
    channel.add(&["d1", "d2"], "d").await;
    channel.run("d1", retry(Duration::MAX)).await;
    assert!(channel.claim().await.is_empty());
}

pub(super) async fn a_retry_comes_after_its_time(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "retry");
    channel.add(&["a1", "a2"], "a").await;
    channel.run("a1", retry(Duration::ZERO)).await;
    channel.run("a1", retry(HOUR)).await;
    let mut changes = journal.changes(channel.name);
    skip(&mut changes);
    clock.advance(HOUR / 2);
    changes.next().await;
    let claims = channel.claims().await;
    assert!(claims.events.is_empty());
    // Who waits for its time is woken when the clock is moved, before it waits and while it does.
    let next = claims.next.unwrap();
    assert!(next <= HOUR / 2, "{next:?}");
    let mut moved = Box::pin(changes.next());
    assert!((&mut moved).now_or_never().is_none());
    clock.advance(next);
    moved.await;
    channel.run("a1", handled()).await;
    channel.run("a2", handled()).await;
}

pub(super) async fn attempts_and_their_time_add_up(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "attempts");
    channel.add(&["a1", "a2"], "a").await;
    let mut claim = channel.claim_one("a1").await;
    // While it runs for the first time, it does not fail.
    clock.advance(HOUR);
    let before = Instant::now();
    let mut least = failure("").took;
    for attempts in 1..=3 {
        channel.settle(&claim, retry(Duration::ZERO)).await;
        clock.advance(HOUR);
        least += HOUR;
        claim = channel.claim_one("a1").await;
        assert_eq!(claim.attempts, attempts);
        assert_eq!(channel.show("a1").await.entry.attempts, attempts);
        // Times are whole milliseconds. The first attempt's own time counts, too.
        let rounding = Duration::from_millis(1);
        assert!(claim.failing + rounding >= least, "{claim:?}");
        let most = least + before.elapsed() + rounding;
        assert!(claim.failing <= most, "{claim:?}");
    }
    channel.settle(&claim, dead()).await;
    assert_eq!(channel.show("a1").await.entry.attempts, 4);
    // The next one has not failed.
    let claim = channel.claim_one("a2").await;
    assert_eq!((claim.attempts, claim.failing), (0, Duration::ZERO));
}
