//! What every [`KeyValue`] does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use botbox_clock::Clock;
use botbox_store::{
    Admit, BUCKET_BYTES, KEY_BYTES, KeyValue, MANY_KEYS, Owner, Space, StoreError, Swap, Usage,
    VALUE_BYTES,
};

use super::race::race;

const PAST: Option<SystemTime> = Some(UNIX_EPOCH);

fn future() -> Option<SystemTime> {
    Some(SystemTime::now() + Duration::from_hours(24))
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{number:04}")).collect()
}

/// Runs all of them on an empty store that goes by the clock.
pub(crate) async fn all(store: Arc<dyn KeyValue>, clock: &Clock) {
    values_come_and_go(&*store).await;
    spaces_are_apart(&*store).await;
    expired_is_gone(&*store).await;
    a_value_expires_when_its_time_comes(&*store, clock).await;
    pages_in_order(&*store).await;
    many_at_once(&*store).await;
    swaps_only_what_is_expected(&*store).await;
    increments_only_numbers(&*store).await;
    a_limit_holds(&*store).await;
    a_lowered_limit_lets_shrink(&*store).await;
    expired_makes_room(&*store).await;
    sizes_are_bounded(&*store).await;
    values_are_admitted_before_they_are_read(&*store).await;
    a_purged_owner_has_nothing(&*store).await;
    one_caller_takes(&store).await;
    one_swap_wins(&store).await;
    increments_add_up(&store).await;
    a_limit_holds_in_a_race(&store).await;
}

async fn values_come_and_go(store: &dyn KeyValue) {
    let space = Space::host("values");
    assert_eq!(store.get(&space, "a").await.unwrap(), None);
    assert!(!store.exists(&space, "a").await.unwrap());
    store.set(&space, "a", b"1".to_vec(), None).await.unwrap();
    store
        .set(&space, "a", b"\0\xff".to_vec(), None)
        .await
        .unwrap();
    assert_eq!(store.get(&space, "a").await.unwrap().unwrap(), b"\0\xff");
    assert!(store.exists(&space, "a").await.unwrap());
    store.delete(&space, "a").await.unwrap();
    store.delete(&space, "a").await.unwrap();
    assert!(!store.exists(&space, "a").await.unwrap());
    store.set(&space, "", Vec::new(), None).await.unwrap();
    assert_eq!(store.take(&space, "").await.unwrap().unwrap(), b"");
    assert_eq!(store.take(&space, "").await.unwrap(), None);
}

/// Neither names that run into one another nor names that look like another owner's meet.
async fn spaces_are_apart(store: &dyn KeyValue) {
    let limit = Usage {
        keys: 10,
        bytes: 100,
    };
    let spaces = [
        Space::host("apart"),
        Space::channel("", "apart"),
        Space::channel("a", "b"),
        Space::channel("a:b", ""),
        Space::channel("a", "b:"),
        Space::channel("plugin:a", "b"),
        Space::plugin("", "apart", limit),
        Space::plugin("a", "b", limit),
        Space::plugin("a:b", "", limit),
        Space::plugin("a", "b%", limit),
        Space::plugin("A", "b", limit),
        Space::plugin("channel:a", "b", limit),
    ];
    for (number, space) in (0_u8..).zip(&spaces) {
        assert_eq!(store.get(space, "key").await.unwrap(), None);
        store.set(space, "key", vec![number], None).await.unwrap();
    }
    for (number, space) in (0_u8..).zip(&spaces) {
        assert_eq!(store.keys(space, None, 10).await.unwrap(), ["key"]);
        assert_eq!(store.take(space, "key").await.unwrap(), Some(vec![number]));
    }
}

async fn expired_is_gone(store: &dyn KeyValue) {
    let space = Space::channel("expiry", "nonces");
    let before_all_time = Some(UNIX_EPOCH - Duration::from_secs(1));
    for past in [PAST, before_all_time] {
        for key in ["get", "take", "swap", "count", "page"] {
            store.set(&space, key, b"x".to_vec(), past).await.unwrap();
        }
        assert_eq!(store.get(&space, "get").await.unwrap(), None);
        assert_eq!(store.take(&space, "take").await.unwrap(), None);
        assert!(!store.exists(&space, "get").await.unwrap());
        assert_eq!(store.keys(&space, None, 10).await.unwrap().len(), 0);
        let many = store
            .get_many(&space, vec!["get".into()], any())
            .await
            .unwrap();
        assert_eq!(many, [None]);
        let value = Some(b"y".to_vec());
        let swap = store.swap(&space, "swap", None, value, past).await;
        assert!(swap.unwrap() == Swap::Done);
        assert_eq!(store.increment(&space, "count", 2, past).await.unwrap(), 2);
        let owner = Owner::Channel("expiry".into());
        assert_eq!(store.usage(&owner).await.unwrap(), Usage::default());
    }
    // A write says anew when the value expires.
    store
        .set(&space, "again", b"1".to_vec(), PAST)
        .await
        .unwrap();
    store
        .set(&space, "again", b"2".to_vec(), future())
        .await
        .unwrap();
    assert_eq!(store.increment(&space, "again", 1, None).await.unwrap(), 3);
    assert_eq!(store.increment(&space, "again", 1, PAST).await.unwrap(), 4);
    assert_eq!(store.get(&space, "again").await.unwrap(), None);
}

async fn a_value_expires_when_its_time_comes(store: &dyn KeyValue, clock: &Clock) {
    let space = Space::host("time");
    let hour = Duration::from_hours(1);
    let now = Duration::from_millis(clock.now_ms().unsigned_abs());
    let expires = UNIX_EPOCH + now + 2 * hour;
    let set = store.set(&space, "key", b"x".to_vec(), Some(expires));
    set.await.unwrap();
    clock.advance(hour);
    assert!(store.exists(&space, "key").await.unwrap());
    clock.advance(hour);
    assert!(!store.exists(&space, "key").await.unwrap());
}

async fn pages_in_order(store: &dyn KeyValue) {
    let space = Space::host("pages");
    let sorted = [
        "", "\0", "A", "B", "a", "a\0", "a\0b", "ab", "é", "日本", "🙂",
    ];
    for key in sorted.iter().rev() {
        store.set(&space, key, Vec::new(), None).await.unwrap();
    }
    assert_eq!(store.keys(&space, None, 100).await.unwrap(), sorted);
    assert_eq!(store.keys(&space, None, 0).await.unwrap().len(), 0);
    let mut seen: Vec<String> = Vec::new();
    loop {
        let after = seen.last().map(String::as_str);
        let page = store.keys(&space, after, 3).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 3);
        seen.extend(page);
    }
    assert_eq!(seen, sorted);
    // Behind a key that is not there.
    assert_eq!(store.keys(&space, Some("aa"), 1).await.unwrap(), ["ab"]);
}

async fn many_at_once(store: &dyn KeyValue) {
    let space = Space::channel("many", "all");
    let keys = numbered(MANY_KEYS);
    let entries = keys
        .iter()
        .map(|key| (key.clone(), key.clone().into_bytes()));
    store
        .set_many(&space, entries.collect(), None)
        .await
        .unwrap();
    let asked = ["0999", "none", "0000", "0000"].map(str::to_owned);
    let values = store.get_many(&space, asked.to_vec(), any()).await.unwrap();
    let zero = Some(b"0000".to_vec());
    assert_eq!(values, [Some(b"0999".to_vec()), None, zero.clone(), zero]);
    assert_eq!(store.keys(&space, None, usize::MAX).await.unwrap(), keys);

    let twice = vec![
        ("a".to_owned(), b"1".to_vec()),
        ("a".to_owned(), b"2".to_vec()),
    ];
    store.set_many(&space, twice, None).await.unwrap();
    assert_eq!(store.get(&space, "a").await.unwrap().unwrap(), b"2");

    let mut too_many = keys.clone();
    too_many.push("one more".to_owned());
    let asked = store.get_many(&space, too_many.clone(), any()).await;
    assert!(matches!(asked, Err(StoreError::TooManyKeys(1001))));
    let deleted = store.delete_many(&space, too_many).await;
    assert!(matches!(deleted, Err(StoreError::TooManyKeys(1001))));
    store.delete_many(&space, keys).await.unwrap();
    assert_eq!(store.keys(&space, None, 10).await.unwrap(), ["a"]);

    // All or nothing.
    let long = "k".repeat(KEY_BYTES + 1);
    let spoilt = vec![("b".to_owned(), Vec::new()), (long, Vec::new())];
    assert!(store.set_many(&space, spoilt, None).await.is_err());
    assert_eq!(store.keys(&space, None, 10).await.unwrap(), ["a"]);
}

async fn swaps_only_what_is_expected(store: &dyn KeyValue) {
    let space = Space::host("swap");
    let value = |text: &str| Some(text.as_bytes().to_vec());
    for (expected, new, outcome) in [
        (value("1"), value("2"), Swap::Differs(None)),
        (None, None, Swap::Done),
        (None, value("1"), Swap::Done),
        (None, value("2"), Swap::Differs(value("1"))),
        (value("2"), None, Swap::Differs(value("1"))),
        (value("1"), value(""), Swap::Done),
        (None, value("3"), Swap::Differs(value(""))),
        (value(""), None, Swap::Done),
    ] {
        let swap = store.swap(&space, "key", expected, new, None).await;
        assert!(swap.unwrap() == outcome);
    }
    assert!(!store.exists(&space, "key").await.unwrap());
}

async fn increments_only_numbers(store: &dyn KeyValue) {
    let space = Space::host("count");
    assert_eq!(store.increment(&space, "n", 5, None).await.unwrap(), 5);
    assert_eq!(store.increment(&space, "n", -7, None).await.unwrap(), -2);
    assert_eq!(store.get(&space, "n").await.unwrap().unwrap(), b"-2");
    for no_number in [
        &b""[..],
        b"one",
        b"1.5",
        b" 1",
        b"\xff",
        b"9223372036854775808",
    ] {
        store
            .set(&space, "x", no_number.to_vec(), None)
            .await
            .unwrap();
        let sum = store.increment(&space, "x", 1, None).await;
        assert!(matches!(sum, Err(StoreError::NotANumber)));
        assert_eq!(store.get(&space, "x").await.unwrap().unwrap(), no_number);
    }
    let most = i64::MAX.to_string().into_bytes();
    store.set(&space, "n", most.clone(), None).await.unwrap();
    let sum = store.increment(&space, "n", 1, None).await;
    assert!(matches!(sum, Err(StoreError::Overflow)));
    assert_eq!(store.get(&space, "n").await.unwrap().unwrap(), most);
}

async fn a_limit_holds(store: &dyn KeyValue) {
    let limit = Usage { keys: 2, bytes: 20 };
    let space = Space::plugin("limit", "one", limit);
    let other = Space::plugin("limit", "other", limit);
    let owner = Owner::Plugin("limit".into());
    let full = |result: Result<(), StoreError>| {
        assert!(matches!(result, Err(StoreError::LimitReached { .. })));
    };
    store.set(&space, "a", vec![0; 9], None).await.unwrap();
    store.set(&other, "b", vec![0; 9], None).await.unwrap();
    assert_eq!(store.usage(&owner).await.unwrap(), limit);

    // One key more, one byte more, by whatever call.
    full(store.set(&space, "c", Vec::new(), None).await);
    full(store.set(&space, "a", vec![0; 10], None).await);
    full(store.increment(&space, "c", 1, None).await.map(drop));
    let value = Some(vec![0]);
    full(store.swap(&space, "c", None, value, None).await.map(drop));
    let many = vec![("a".to_owned(), vec![1; 9]), ("c".to_owned(), Vec::new())];
    full(store.set_many(&space, many, None).await);
    assert_eq!(store.usage(&owner).await.unwrap(), limit);
    assert_eq!(store.get(&space, "a").await.unwrap().unwrap(), [0; 9]);

    // What is there may change, and shrink.
    store.set(&space, "a", vec![2; 9], None).await.unwrap();
    store.set(&other, "b", vec![2], None).await.unwrap();
    store.set(&space, "a", vec![3; 17], None).await.unwrap();
    store.delete(&other, "b").await.unwrap();
    let rest = Usage { keys: 1, bytes: 18 };
    assert_eq!(store.usage(&owner).await.unwrap(), rest);
    // Bytes are counted, not characters.
    store.take(&space, "a").await.unwrap();
    store.set(&space, "é\0", vec![0; 2], None).await.unwrap();
    let bytes = store.usage(&owner).await.unwrap().bytes;
    assert_eq!(bytes, 5);
}

async fn a_lowered_limit_lets_shrink(store: &dyn KeyValue) {
    let limit = Usage { keys: 9, bytes: 90 };
    let space = Space::plugin("lowered", "", limit);
    store.set(&space, "a", vec![0; 50], None).await.unwrap();
    store.set(&space, "b", vec![0; 20], None).await.unwrap();
    let limit = Usage { keys: 1, bytes: 10 };
    let space = Space::plugin("lowered", "", limit);
    store.set(&space, "a", vec![0; 40], None).await.unwrap();
    let grown = store.set(&space, "a", vec![0; 41], None).await;
    assert!(matches!(grown, Err(StoreError::LimitReached { .. })));
}

async fn expired_makes_room(store: &dyn KeyValue) {
    let limit = Usage { keys: 1, bytes: 10 };
    let space = Space::plugin("expired", "", limit);
    for key in ["a", "b", "c"] {
        store.set(&space, key, vec![0; 9], PAST).await.unwrap();
    }
    store.set(&space, "d", vec![0; 9], future()).await.unwrap();
    let owner = Owner::Plugin("expired".into());
    assert_eq!(store.usage(&owner).await.unwrap(), limit);
}

async fn a_purged_owner_has_nothing(store: &dyn KeyValue) {
    let (mine, other) = (Space::channel("purge", "a"), Space::channel("purge2", "a"));
    for space in [&mine, &other] {
        let entries = numbered(MANY_KEYS)
            .into_iter()
            .map(|key| (key, b"v".to_vec()));
        store
            .set_many(space, entries.collect(), None)
            .await
            .unwrap();
        store
            .set(space, "one more", Vec::new(), None)
            .await
            .unwrap();
    }
    let owner = Owner::Channel("purge".into());
    let mut purged = Vec::new();
    while purged.last() != Some(&0) {
        purged.push(store.purge(&owner).await.unwrap());
    }
    assert_eq!(purged, [MANY_KEYS, 1, 0]);
    assert!(store.keys(&mine, None, 10).await.unwrap().is_empty());
    assert_eq!(store.usage(&owner).await.unwrap(), Usage::default());
    assert!(store.exists(&other, "one more").await.unwrap());
}

async fn sizes_are_bounded(store: &dyn KeyValue) {
    let space = Space::host(&"b".repeat(BUCKET_BYTES));
    let key = "k".repeat(KEY_BYTES);
    let value = vec![7; VALUE_BYTES];
    store.set(&space, &key, value.clone(), None).await.unwrap();
    assert!(store.get(&space, &key).await.unwrap().unwrap() == value);

    let set = store.set(&space, "k", vec![7; VALUE_BYTES + 1], None).await;
    assert!(matches!(set, Err(StoreError::ValueTooLarge(_))));
    let long = "k".repeat(KEY_BYTES + 1);
    let set = store.set(&space, &long, Vec::new(), None).await;
    assert!(matches!(set, Err(StoreError::KeyTooLong(_))));
    let got = store.get(&space, &long).await;
    assert!(matches!(got, Err(StoreError::KeyTooLong(_))));
    let long = Space::host(&"b".repeat(BUCKET_BYTES + 1));
    let got = store.get(&long, "k").await;
    assert!(matches!(got, Err(StoreError::BucketTooLong(_))));

    // 17 values of 1 MiB.
    let entries = numbered(17).into_iter().map(|key| (key, value.clone()));
    let set = store.set_many(&space, entries.collect(), None).await;
    assert!(matches!(set, Err(StoreError::TooManyBytes)));
    let got = store.get_many(&space, vec![key.clone(); 17], any()).await;
    assert!(matches!(got, Err(StoreError::TooManyBytes)));
    let got = store
        .get_many(&space, vec![key.clone(); 16], any())
        .await
        .unwrap();
    assert_eq!(got.len(), 16);
}

/// There is room for all.
fn any() -> Admit {
    Box::new(|_| true)
}

/// Who has no room for values is asked before they are read, and for all of them at once.
async fn values_are_admitted_before_they_are_read(store: &dyn KeyValue) {
    let space = Space::channel("admit", "some");
    let entries = [("a", 3), ("b", 400)].map(|(key, bytes)| (key.to_owned(), vec![7; bytes]));
    let keys = ["a", "none", "b", "a"].map(str::to_owned).to_vec();
    store
        .set_many(&space, entries.to_vec(), None)
        .await
        .unwrap();
    for room in [0, 405, 406] {
        let asked = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&asked);
        let admit = move |bytes| {
            seen.store(bytes, Ordering::Relaxed);
            bytes <= room
        };
        let values = store.get_many(&space, keys.clone(), Box::new(admit)).await;
        assert_eq!(asked.load(Ordering::Relaxed), 406);
        match values {
            Ok(values) => assert!(room == 406 && values.iter().flatten().count() == 3),
            Err(error) => {
                assert!(
                    room < 406 && matches!(error, StoreError::NotAdmitted(406)),
                    "{error}"
                );
            }
        }
    }
}

async fn one_caller_takes(store: &Arc<dyn KeyValue>) {
    let space = Space::channel("race", "nonces");
    for nonce in numbered(5) {
        store
            .set(&space, &nonce, b"user".to_vec(), future())
            .await
            .unwrap();
        let taken = race(store, 20, move |store, _| {
            let (space, nonce) = (Space::channel("race", "nonces"), nonce.clone());
            async move { store.take(&space, &nonce).await.unwrap() }
        });
        assert_eq!(taken.await.into_iter().flatten().count(), 1);
    }
}

async fn one_swap_wins(store: &Arc<dyn KeyValue>) {
    let outcomes = race(store, 20, |store, caller| async move {
        let space = Space::host("swap race");
        let new = Some(vec![caller]);
        let swap = store.swap(&space, "key", None, new, None).await;
        (caller, swap.unwrap())
    });
    let (winners, losers): (Vec<_>, Vec<_>) = outcomes
        .await
        .into_iter()
        .partition(|(_, swap)| *swap == Swap::Done);
    assert_eq!(winners.len(), 1);
    let value = Swap::Differs(Some(vec![winners[0].0]));
    assert!(losers.iter().all(|(_, swap)| *swap == value));
}

async fn increments_add_up(store: &Arc<dyn KeyValue>) {
    let mut sums = race(store, 100, |store, _| async move {
        let space = Space::host("sum race");
        store.increment(&space, "key", 1, None).await.unwrap()
    })
    .await;
    sums.sort_unstable();
    assert_eq!(sums, (1..=100).collect::<Vec<_>>());
}

async fn a_limit_holds_in_a_race(store: &Arc<dyn KeyValue>) {
    let limit = Usage {
        keys: 10,
        bytes: 1000,
    };
    let outcomes = race(store, 50, move |store, caller| async move {
        let space = Space::plugin("limit race", "", limit);
        let key = caller.to_string();
        store.set(&space, &key, Vec::new(), None).await.is_ok()
    });
    let done = outcomes.await.into_iter().filter(|&done| done).count();
    assert_eq!(done, 10);
}
