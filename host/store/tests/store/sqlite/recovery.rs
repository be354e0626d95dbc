//! What a process that was killed leaves, and how it is told.

use super::*;

#[tokio::test]
async fn what_ran_when_the_host_ended_has_one_attempt_more_and_is_first() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["idle"], "idle").await;
    channel.add(&["ran", "behind"], "a").await;
    channel.add(&["settled"], "b").await;
    for claim in channel.claim().await {
        match claim.id.as_str() {
            "ran" => store.begin(claim.position),
            "settled" => {
                store.begin(claim.position);
                channel.settle(&claim, handled()).await;
            }
            // Claimed only.
            _ => {}
        }
    }
    let mut copy = killed(folder.path());
    for round in 1..=3 {
        let store = open(copy.path());
        assert_eq!(store.recovery().cut_off, 1);
        assert_eq!(store.recovery().lost, None);
        let channel = Channel::new(&store, "c");
        let claims = channel.claim().await;
        assert_eq!(ids(&claims), ["ran", "idle"]);
        assert_eq!((claims[0].attempts, claims[0].cut_off), (round, round));
        assert_eq!(claims[1].attempts, 0);
        let failures = channel.show("ran").await.failures;
        assert_eq!(failures.len(), round as usize);
        assert_eq!(failures[0].error, "the host ended while it ran");
        store.begin(claims[0].position);
        copy = killed(copy.path());
    }
    let store = open(copy.path());
    let channel = Channel::new(&store, "c");
    let claims = channel.claim().await;
    let ran = &claims[0];
    store.begin(ran.position);
    channel.settle(ran, retry(Duration::ZERO)).await;
    let claim = channel.claim_one("ran").await;
    assert_eq!((claim.attempts, claim.cut_off), (5, 0), "it has ended once");
    store.begin(claim.position);
    // A stop in order cuts nothing off.
    drop(store);
    let store = open(copy.path());
    assert_eq!(store.recovery().cut_off, 0);
    let channel = Channel::new(&store, "c");
    let claims = channel.claim().await;
    let ran = claims.iter().find(|claim| claim.id == "ran").unwrap();
    assert_eq!(ran.attempts, 5);
    let given_up = Outcome::GivenUp { keep: HOUR };
    channel.settle(ran, given_up).await;
    assert_eq!(channel.state("ran").await, EventState::Dead);
    assert_eq!(channel.show("ran").await.failures.len(), 5);
    assert_eq!(channel.claim_one("behind").await.id, "behind");
}

#[tokio::test]
async fn a_journal_that_lost_its_end_is_told() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["a1", "a2"], "a").await;
    let early = killed(folder.path());
    channel.add(&["a3", "a4", "a5"], "a").await;
    let late = killed(folder.path());
    drop(store);
    assert_eq!(open(late.path()).recovery().lost, None);

    // The log of before, and the rest as it is now.
    let wal = "botbox.sqlite-wal";
    fs::copy(early.path().join(wal), late.path().join(wal)).unwrap();
    let database = "botbox.sqlite";
    fs::copy(early.path().join(database), late.path().join(database)).unwrap();
    let store = open(late.path());
    assert_eq!(store.recovery().lost, Some((2, 5)));
    let channel = Channel::new(&store, "c");
    // No position is given twice, and the next start tells nothing any more.
    channel.add(&["a3"], "a").await;
    assert_eq!(channel.show("a3").await.entry.position, 6);
    drop(store);
    assert_eq!(open(late.path()).recovery().lost, None);
}

#[tokio::test]
async fn a_position_that_was_forgotten_is_not_taken_for_a_lost_one() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["a1"], "a").await;
    channel.run("a1", handled()).await;
    drop(store);
    let database = Connection::open(folder.path().join("botbox.sqlite")).unwrap();
    database
        .execute("UPDATE events SET ended = 1, purge = 1", ())
        .unwrap();
    drop(database);
    let store = open(folder.path());
    assert_eq!(store.sweep().await.unwrap(), 1);
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.recovery().lost, None);
    let channel = Channel::new(&store, "c");
    channel.add(&["a2"], "a").await;
    assert_eq!(channel.show("a2").await.entry.position, 2);
}
