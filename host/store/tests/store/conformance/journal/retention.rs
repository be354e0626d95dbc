//! What is kept, and for how long.

use super::*;

/// Lets all that need not be kept go.
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

pub(super) async fn a_sweep_removes_what_need_not_be_kept(journal: &dyn Journal) {
    sweep(journal).await;
    let channel = Channel::new(journal, "sweep");
    let short = Duration::from_millis(1);
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
    sleep(short * 5).await;
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
    assert_eq!(channel.replay(None).await, 2, "those that are kept");
    assert_eq!(sweep(journal).await, 0, "and kept as long as they wait");
    assert_eq!(
        channel.drain().await,
        ["waiting", "hour dead", "always dead"]
    );
}

/// Of all that has ended, even if there is nothing else of it.
pub(super) async fn a_sweep_keeps_ids(journal: &dyn Journal) {
    let channel = Channel::new(journal, "sweep ids");
    let short = Duration::from_millis(1);
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
        let withdrawal = format!("un{id}");
        channel.append(vec![unsend(&withdrawal, "u", id)]).await;
        channel.run(&withdrawal, handled()).await;
    }
    sleep(short * 5).await;
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

pub(super) async fn a_sweep_goes_step_by_step(journal: &dyn Journal) {
    sweep(journal).await;
    let channel = Channel::new(journal, "sweep steps");
    let names = (0..STEP_EVENTS + 4).map(|number| number.to_string());
    channel
        .append(names.map(|name| event(&name, &name)).collect())
        .await;
    let claims = channel.claim().await;
    let keep = Duration::from_millis(1);
    let settled = claims.iter().map(|claim| {
        let outcome = Outcome::Handled { keep };
        channel.settle(claim, outcome)
    });
    join_all(settled).await;
    sleep(keep * 5).await;
    assert_eq!(journal.sweep().await.unwrap(), STEP_EVENTS);
    assert_eq!(journal.sweep().await.unwrap(), 4);
    assert_eq!(journal.sweep().await.unwrap(), 0);
}
