//! What is kept, and for how long.

use super::fixture::*;

pub(super) async fn all(journal: &dyn Journal, clock: &Clock) {
    a_sweep_removes_what_need_not_be_kept(journal, clock).await;
    a_sweep_keeps_ids(journal, clock).await;
    a_sweep_goes_step_by_step(journal, clock).await;
    a_sweep_forgets_ids_after_a_day(journal, clock).await;
    a_purged_channel_is_as_new(journal).await;
}

/// Events of all kinds go, and no other channel's.
async fn a_purged_channel_is_as_new(journal: &dyn Journal) {
    let (channel, other) = (
        Channel::new(journal, "purge"),
        Channel::new(journal, "purge2"),
    );
    other.add(&["a1"], "a").await;
    let many: Vec<_> = (0..2 * STEP_EVENTS).map(|it| format!("b{it}")).collect();
    channel.add(&["a1", "a2"], "a").await;
    channel.run("a1", dead()).await;
    channel.run("a2", handled()).await;
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    channel.add(&many, "b").await;
    channel.add(&["c1"], "c").await;
    while journal.purge_channel("purge").await.unwrap() > 0 {}
    assert!(channel.claim().await.is_empty());
    assert_eq!(channel.stats().await, None);
    assert!(channel.list(channel.filter()).await.is_empty());
    // What came before is not known.
    channel.add(&["a1"], "a").await;
    assert_eq!(channel.drain().await, ["a1"]);
    assert_eq!(other.drain().await, ["a1"]);
    assert_eq!(journal.purge_channel("nobody").await.unwrap(), 0);
    // What could be claimed next goes, too.
    assert!(channel.claim().await.is_empty());
    channel.add(&["b1"], "b").await;
    while journal.purge_channel("purge").await.unwrap() > 0 {}
    assert!(channel.claim().await.is_empty());
}

/// Removes all that need not be kept.
async fn sweep(journal: &dyn Journal) -> usize {
    let mut all = 0;
    loop {
        let removed = journal.sweep().await.unwrap();
        assert!(removed <= STEP_EVENTS);
        all += removed;
        if removed == 0 {
            return all;
        }
    }
}

async fn a_sweep_removes_what_need_not_be_kept(journal: &dyn Journal, clock: &Clock) {
    sweep(journal).await;
    let channel = Channel::new(journal, "sweep");
    let short = HOUR / 60;
    let keeps = [
        ("never", Duration::ZERO),
        ("short", short),
        ("hour", HOUR),
        ("always", Duration::MAX),
    ];
    for (name, keep) in keeps {
        let (handled, dead) = (format!("{name} handled"), format!("{name} dead"));
        channel.add(&[&handled, &dead], "a").await;
        channel.run(&handled, retry(Duration::ZERO)).await;
        channel.run(&handled, Outcome::Handled { keep }).await;
        let failure = failure("no more");
        channel.run(&dead, Outcome::Dead { keep, failure }).await;
    }
    channel.add(&["waiting"], "a").await;
    channel
        .assert_ended("never dead", EventState::Dead, None)
        .await;
    clock.advance(short);
    assert_eq!(sweep(journal).await, 2);
    for name in ["never", "short"] {
        for (id, state) in [
            (format!("{name} handled"), EventState::Handled),
            (format!("{name} dead"), EventState::Dead),
        ] {
            channel.assert_ended(&id, state, None).await;
        }
    }
    assert!(channel.show("short dead").await.failures.is_empty());
    for name in ["hour", "always"] {
        for id in [format!("{name} handled"), format!("{name} dead")] {
            let shown = channel.show(&id).await;
            assert_eq!(shown.body, Some(body(&id)));
            assert_eq!(shown.failures.len(), 1);
        }
    }
    assert_eq!(
        channel.replay(ReplayOn::Current).await,
        2,
        "those that are kept"
    );
    assert_eq!(sweep(journal).await, 0, "and kept as long as they wait");
    assert_eq!(
        channel.drain().await,
        ["waiting", "hour dead", "always dead"]
    );
}

/// Of all that has ended, even if there is nothing else of it.
async fn a_sweep_keeps_ids(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "sweep ids");
    let short = HOUR / 60;
    let all = ["handled", "running", "dead", "discarded", "unsent"];
    for id in all {
        channel.add(&[id], id).await;
        let filter = EventFilter {
            id: Some(id.to_owned()),
            ..channel.filter()
        };
        match id {
            "handled" => {
                channel.run(id, Outcome::Handled { keep: short }).await;
            }
            "running" => {
                let claim = channel.claim_one(id).await;
                channel.append(vec![unsend("u", "u", id)]).await;
                channel.run("u", handled()).await;
                channel
                    .settle(&claim, Outcome::Handled { keep: short })
                    .await;
            }
            "dead" | "discarded" => {
                let failure = failure("no more");
                let keep = short;
                channel.run(id, Outcome::Dead { keep, failure }).await;
                if id == "discarded" {
                    assert_eq!(channel.discard(filter).await, 1);
                }
            }
            _ => {
                channel.append(vec![unsend("u2", "u", id)]).await;
                channel.run("u2", handled()).await;
            }
        }
    }
    // These lose their content before it is due.
    for id in ["handled", "dead"] {
        let unsend_id = format!("un{id}");
        channel.append(vec![unsend(&unsend_id, "u", id)]).await;
        channel.run(&unsend_id, handled()).await;
    }
    clock.advance(short);
    for _ in 0..3 {
        sweep(journal).await;
    }
    let again = channel.append(all.map(|id| event(id, "again")).to_vec());
    let expected = Appended {
        duplicates: all.len(),
        ..Appended::default()
    };
    assert_eq!(again.await, expected);
}

async fn a_sweep_goes_step_by_step(journal: &dyn Journal, clock: &Clock) {
    sweep(journal).await;
    let channel = Channel::new(journal, "sweep steps");
    let names = (0..STEP_EVENTS + 4).map(|number| number.to_string());
    channel
        .append(names.map(|name| event(&name, &name)).collect())
        .await;
    let claims = channel.claim().await;
    let keep = HOUR / 60;
    let settled = claims.iter().map(|claim| {
        let outcome = Outcome::Handled { keep };
        channel.settle(claim, outcome)
    });
    join_all(settled).await;
    clock.advance(keep);
    assert_eq!(journal.sweep().await.unwrap(), STEP_EVENTS);
    assert_eq!(journal.sweep().await.unwrap(), 4);
    assert_eq!(journal.sweep().await.unwrap(), 0);
}

async fn a_sweep_forgets_ids_after_a_day(journal: &dyn Journal, clock: &Clock) {
    let channel = Channel::new(journal, "sweep days");
    channel.add(&["a1"], "a").await;
    channel.run("a1", handled()).await;
    clock.advance(DEDUPLICATION - HOUR);
    sweep(journal).await;
    let again = channel.append(vec![event("a1", "a")]).await;
    assert_eq!(again.duplicates, 1);
    clock.advance(HOUR);
    sweep(journal).await;
    channel.add(&["a1"], "a").await;
}
