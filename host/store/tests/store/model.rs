//! The store against a map, with random calls.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::UNIX_EPOCH;

use botbox_clock::Clock;
use botbox_store::{KeyValue, Owner, Space, Sqlite, Swap, Usage};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::runtime::Builder;

#[derive(Clone, Debug)]
enum Call {
    Set(Key, Vec<u8>),
    SetExpired(Key, Vec<u8>),
    Delete(Key),
    Take(Key),
    Swap(Key, Option<Vec<u8>>, Option<Vec<u8>>),
    Increment(Key, i64),
    Keys(Option<Key>, usize),
}

type Key = String;
type Model = BTreeMap<Key, Vec<u8>>;

const LIMIT: Usage = Usage { keys: 4, bytes: 24 };

fn call() -> impl Strategy<Value = Call> {
    let key = || "[a\0é]{0,2}";
    let value = || {
        prop_oneof![
            Just(b"1".to_vec()),
            prop::collection::vec(any::<u8>(), 0..9)
        ]
    };
    prop_oneof![
        3 => (key(), value()).prop_map(|(key, value)| Call::Set(key, value)),
        1 => (key(), value()).prop_map(|(key, value)| Call::SetExpired(key, value)),
        1 => key().prop_map(Call::Delete),
        1 => key().prop_map(Call::Take),
        2 => (key(), prop::option::of(value()), prop::option::of(value()))
            .prop_map(|(key, expected, new)| Call::Swap(key, expected, new)),
        2 => (key(), any::<i64>()).prop_map(|(key, delta)| Call::Increment(key, delta)),
        1 => (prop::option::of(key()), 0..5_usize).prop_map(|(after, limit)| Call::Keys(after, limit)),
    ]
}

fn usage(model: &Model) -> Usage {
    Usage {
        keys: model.len() as u64,
        bytes: model
            .iter()
            .map(|(key, value)| key.len() + value.len())
            .sum::<usize>() as u64,
    }
}

/// Changes the model if what it holds then is within the limit.
fn write(model: &mut Model, key: Key, value: Vec<u8>) -> bool {
    let mut changed = model.clone();
    changed.insert(key, value);
    let held = usage(&changed);
    let is_within = held.keys <= LIMIT.keys && held.bytes <= LIMIT.bytes;
    if is_within {
        *model = changed;
    }
    is_within
}

async fn check(store: &Sqlite, space: &Space, model: &mut Model, call: Call) {
    match call {
        Call::Set(key, value) => {
            let set = store.set(space, &key, value.clone(), None).await;
            assert_eq!(set.is_ok(), write(model, key, value));
        }
        Call::SetExpired(key, value) => {
            let set = store.set(space, &key, value, Some(UNIX_EPOCH)).await;
            set.unwrap();
            model.remove(&key);
        }
        Call::Delete(key) => {
            store.delete(space, &key).await.unwrap();
            model.remove(&key);
        }
        Call::Take(key) => {
            let taken = store.take(space, &key).await.unwrap();
            assert_eq!(taken, model.remove(&key));
        }
        Call::Swap(key, expected, new) => {
            let swap = store.swap(space, &key, expected.clone(), new.clone(), None);
            let swap = swap.await;
            let current = model.get(&key).cloned();
            if current != expected {
                assert!(swap.unwrap() == Swap::Differs(current));
                return;
            }
            let done = match new {
                Some(value) => write(model, key, value),
                None => {
                    model.remove(&key);
                    true
                }
            };
            assert_eq!(swap.is_ok_and(|swap| swap == Swap::Done), done);
        }
        Call::Increment(key, delta) => {
            let sum = store.increment(space, &key, delta, None).await;
            let number = model.get(&key).map_or(Some(0_i64), |value| {
                String::from_utf8(value.clone()).ok()?.parse().ok()
            });
            let expected = number
                .and_then(|number| number.checked_add(delta))
                .filter(|sum| write(model, key, sum.to_string().into_bytes()));
            assert_eq!(sum.ok(), expected);
        }
        Call::Keys(after, limit) => {
            let keys = store.keys(space, after.as_deref(), limit).await.unwrap();
            let behind = |key: &&Key| after.as_ref().is_none_or(|after| *key > after);
            let expected: Vec<Key> = model.keys().filter(behind).take(limit).cloned().collect();
            assert_eq!(keys, expected);
        }
    }
}

#[test]
fn the_store_is_a_map() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path(), Clock::system()).unwrap();
    let runtime = Builder::new_current_thread().build().unwrap();
    let cases = AtomicU32::new(0);
    let config = ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let calls = prop::collection::vec(call(), 1..40);
    let result = TestRunner::new(config).run(&calls, |calls| {
        let case = cases.fetch_add(1, Ordering::Relaxed).to_string();
        let space = Space::plugin(&case, "bucket", LIMIT);
        let mut model = Model::new();
        runtime.block_on(async {
            for call in calls {
                check(&store, &space, &mut model, call).await;
            }
            let held = store.usage(&Owner::Plugin(case.into())).await.unwrap();
            assert_eq!(held, usage(&model));
        });
        Ok(())
    });
    result.unwrap();
}
