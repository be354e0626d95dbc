//! What an attempt notes.

use super::fixture::*;

pub(super) async fn all(journal: &dyn Journal) {
    notes_come_back_with_the_claim(journal).await;
}

async fn notes_come_back_with_the_claim(journal: &dyn Journal) {
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
    assert_eq!(channel.replay(ReplayOn::Current).await, 1);
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.note.as_deref(), Some("dead"));
    // What has ended is not noted any more, and what is not there never.
    channel.settle(&claim, dead()).await;
    for position in [claim.position, claim.position + 1000, -1] {
        let late = "late".to_owned();
        journal.note(channel.name, position, late).await.unwrap();
    }
    channel.replay(ReplayOn::Current).await;
    let claim = channel.claim_one("a1").await;
    assert_eq!(claim.note.as_deref(), Some("dead"));
    settle(&claim, handled(), Some("handled")).await;
    channel.add(&["a2"], "a").await;
    assert_eq!(channel.claim_one("a2").await.note, None, "it is its own");
}
