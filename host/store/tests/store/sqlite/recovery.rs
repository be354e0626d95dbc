//! What a process that was killed leaves, and how it is told.

use super::*;
use crate::conformance::journal::fixture::tick;

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

    // The database and its logs of before, and the rest as it is now.
    for name in ["botbox.sqlite", "botbox.sqlite-wal", "redo"] {
        fs::copy(early.path().join(name), late.path().join(name)).unwrap();
    }
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

/// Whether an event waits, runs or has ended when the process is killed: the log has it.
#[tokio::test]
async fn what_is_in_the_log_alone_outlives_a_kill() {
    // A machine that is busy may let the time for it pass, though not each time.
    for _ in 0..100 {
        if is_in_the_log_alone_and_outlives_a_kill().await {
            return;
        }
    }
    panic!("the tables always had all of it");
}

async fn is_in_the_log_alone_and_outlives_a_kill() -> bool {
    let folder = tempdir().unwrap();
    let clock = Clock::movable();
    let store = Sqlite::open(folder.path(), clock.clone()).unwrap();
    let channel = Channel::new(&store, "c");
    // The first event makes the channel's row, and the first claim that finds nothing begins its queue.
    channel.add(&["a0"], "a").await;
    channel.run("a0", handled()).await;
    channel.claim().await;
    channel.stats().await;
    channel.add(&["a1", "a2"], "a").await;
    channel.add(&["b1"], "b").await;
    channel.add(&["c1"], "c").await;
    let claims = channel.claim().await;
    assert_eq!(ids(&claims), ["a1", "b1", "c1"]);
    tick(&clock);
    channel.settle(&claims[0], handled()).await;
    let second = channel.claim_one("a2").await;
    assert_eq!((second.attempts, second.body), (0, body("a2")));
    let noted = store.note("c", claims[1].position, "half".to_owned());
    noted.await.unwrap();
    let keep = Duration::ZERO;
    channel.settle(&claims[2], Outcome::Handled { keep }).await;
    let copy = killed(folder.path());
    let database = killed(folder.path());
    drop(store);
    let database = Connection::open(database.path().join("botbox.sqlite")).unwrap();
    let count = "SELECT count(*) FROM events";
    let count: usize = database.query_row(count, [], |row| row.get(0)).unwrap();

    for _ in 0..2 {
        let store = open(copy.path());
        assert_eq!(store.recovery().lost, None);
        let channel = Channel::new(&store, "c");
        let [first, last] = [channel.show("a1").await, channel.show("c1").await];
        assert_eq!(first.entry.state, EventState::Handled);
        assert_eq!((first.body, last.body), (Some(body("a1")), None));
        assert_eq!(last.entry.state, EventState::Handled);
        let claims = channel.claim().await;
        assert_eq!(ids(&claims), ["b1", "a2"], "in the order of readiness");
        assert_eq!(claims[0].note.as_deref(), Some("half"));
        let waiting = body("a2").len() + body("b1").len();
        assert_eq!(channel.waiting().await, (2, waiting as u64));
        let kept = body("a0").len() + body("a1").len();
        let stats = channel.stats().await.unwrap();
        assert_eq!(stats.kept_bytes, kept as u64);
        let appended = channel.append(vec![event("c1", "c")]).await;
        assert_eq!(appended.duplicates, 1);
    }
    count == 1
}

/// The tables have some of what the log has, which a replay finds done.
#[tokio::test]
async fn what_is_folded_in_part_outlives_a_kill() {
    for _ in 0..100 {
        if is_folded_in_part_and_outlives_a_kill().await {
            return;
        }
    }
    panic!("the tables always had all of it, or nothing");
}

async fn is_folded_in_part_and_outlives_a_kill() -> bool {
    const HANDLED: usize = 150;
    const WAITING: usize = 20;
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let channel = Channel::new(&store, "c");
    channel.add(&["first"], "a").await;
    channel.run("first", handled()).await;
    channel.claim().await;
    channel.stats().await;
    let id = |number: usize| format!("e{number}");
    let mut positions = Vec::new();
    for number in 0..HANDLED + WAITING {
        // Two of each chat: the second one follows when the first is handled.
        let chat = format!("chat {}", number / 2);
        channel.append(vec![event(&id(number), &chat)]).await;
        if number < HANDLED {
            let claim = channel.claim_one(&id(number)).await;
            let note = store.note("c", claim.position, id(number));
            note.await.unwrap();
            channel.settle(&claim, handled()).await;
            positions.push(claim.position);
        }
    }
    let copy = killed(folder.path());
    let database = killed(folder.path());
    drop(store);
    let database = Connection::open(database.path().join("botbox.sqlite")).unwrap();
    let count = "SELECT count(*) FROM events WHERE state = 1";
    let in_tables: usize = database.query_row(count, [], |row| row.get(0)).unwrap();

    for _ in 0..2 {
        let store = open(copy.path());
        assert_eq!(store.recovery().lost, None);
        let channel = Channel::new(&store, "c");
        for (number, position) in positions.iter().enumerate() {
            let shown = channel.show(&id(number)).await.entry;
            assert_eq!(
                (shown.state, shown.position),
                (EventState::Handled, *position)
            );
        }
        let waiting: usize = (HANDLED..HANDLED + WAITING)
            .map(|it| body(&id(it)).len())
            .sum();
        assert_eq!(channel.waiting().await, (WAITING as u64, waiting as u64));
        let kept: usize = (0..HANDLED).map(|it| body(&id(it)).len()).sum();
        let stats = channel.stats().await.unwrap();
        assert_eq!(stats.kept_bytes, (kept + body("first").len()) as u64);
        let firsts: Vec<_> = (HANDLED..HANDLED + WAITING).step_by(2).map(id).collect();
        assert_eq!(ids(&channel.claim().await), firsts);
        let appended = channel.append(vec![event(&id(0), "chat 0")]).await;
        assert_eq!(appended.duplicates, 1);
    }
    (1..=HANDLED).contains(&in_tables)
}
