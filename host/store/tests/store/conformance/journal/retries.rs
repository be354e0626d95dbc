//! What failed and is tried again, and what is noted for that.

use super::*;

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

pub(super) async fn a_retry_comes_after_its_time(journal: &dyn Journal) {
    let channel = Channel::new(journal, "retry");
    channel.add(&["a1", "a2"], "a").await;
    channel.run("a1", retry(Duration::ZERO)).await;
    let claim = channel.claim_one("a1").await;
    let before = Instant::now();
    channel
        .settle(&claim, retry(Duration::from_millis(20)))
        .await;
    let claims = channel.wait().await;
    // Times are whole milliseconds.
    assert!(before.elapsed() >= Duration::from_millis(19));
    assert_eq!(ids(&claims), ["a1"]);
    channel.settle(&claims[0], handled()).await;
    channel.run("a2", handled()).await;
}

pub(super) async fn attempts_and_their_time_add_up(journal: &dyn Journal) {
    let channel = Channel::new(journal, "attempts");
    channel.add(&["a1", "a2"], "a").await;
    let mut claim = channel.claim_one("a1").await;
    // While it runs for the first time, it does not fail.
    sleep(Duration::from_millis(10)).await;
    let before_failure = Instant::now();
    let mut after_failure = None;
    for attempts in 1..=3 {
        channel.settle(&claim, retry(Duration::ZERO)).await;
        // The first one counts.
        let after_failure = *after_failure.get_or_insert_with(Instant::now);
        sleep(Duration::from_millis(10)).await;
        let least = after_failure.elapsed();
        claim = channel.claim_one("a1").await;
        let most = before_failure.elapsed();
        assert_eq!(claim.attempts, attempts);
        assert_eq!(channel.show("a1").await.entry.attempts, attempts);
        // Times are whole milliseconds. The first attempt's own time counts, too.
        let rounding = Duration::from_millis(1);
        let took = failure("").took;
        assert!(claim.failing + rounding >= least + took, "{claim:?}");
        assert!(claim.failing <= most + took + rounding, "{claim:?}");
    }
    channel.settle(&claim, dead()).await;
    assert_eq!(channel.show("a1").await.entry.attempts, 4);
    // The next one has not failed.
    let claim = channel.claim_one("a2").await;
    assert_eq!((claim.attempts, claim.failing), (0, Duration::ZERO));
}

pub(super) async fn notes_come_back_with_the_claim(journal: &dyn Journal) {
    let channel = Channel::new(journal, "notes");
    let settle = async |claim: &Claim, outcome, note: Option<&str>| {
        let settlement = Settlement {
            position: claim.position,
            outcome,
            note: note.map(str::to_owned),
            kept: ROOM.kept,
        };
        journal.settle(channel.name, settlement).await.unwrap();
    };
    channel.add(&["a1"], "a").await;
    let claim = channel.claim_one("a1").await;
    settle(&claim, retry(Duration::ZERO), Some("first")).await;
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.note.as_deref(), Some("first"));
    journal
        .note(channel.name, claim.position, "second".to_owned())
        .await
        .unwrap();
    // The settlement's is the last one, if it has one.
    settle(&claim, retry(Duration::ZERO), Some("third")).await;
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.note.as_deref(), Some("third"));
    settle(&claim, retry(Duration::ZERO), None).await;
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.note.as_deref(), Some("third"));
    // A dead letter's is there when it is replayed.
    settle(&claim, dead(), Some("dead")).await;
    assert_eq!(channel.replay(None).await, 1);
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.note.as_deref(), Some("dead"));
    // What has ended is not noted any more, and what is not there never.
    channel.settle(&claim, dead()).await;
    for position in [claim.position, claim.position + 1000, -1] {
        let late = "late".to_owned();
        journal.note(channel.name, position, late).await.unwrap();
    }
    channel.replay(None).await;
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.note.as_deref(), Some("dead"));
    settle(&claim, handled(), Some("handled")).await;
    channel.add(&["a2"], "a").await;
    assert_eq!(channel.claim_one("a2").await.note, None, "it is its own");
}
