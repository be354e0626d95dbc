//! What the bot remembers, and its configuration.

use std::fmt::Debug;

use botbox_sdk::config;
use botbox_sdk::config::store::get_all;
use botbox_sdk::keyvalue::atomics::{Cas, CasError, swap};
use botbox_sdk::keyvalue::store;
use botbox_sdk::store::{Bucket, Error, open};

use super::outcome::{Outcome, owned, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["config", key] => shown(Ok(config(key))),
        ["get-all"] => shown(Ok(get_all())),
        ["bucket", bucket, ref words @ ..] => Some(Ok(match open(bucket) {
            Ok(bucket) => on_bucket(&bucket, words),
            Err(error) => format!("{error:?}"),
        })),
        ["list-keys", bucket, ref cursor @ ..] => Some(Ok(list_keys(bucket, cursor))),
        ["swap", bucket, key, value] => Some(Ok(swap_late(bucket, key, value))),
        ["cas", bucket] => Some(Ok(hoard_cas(bucket))),
        _ => None,
    }
}

fn on_bucket(bucket: &Bucket, words: &[&str]) -> String {
    match *words {
        ["get", key] => outcome(bucket.get_text(key)),
        ["set", key, value] => outcome(bucket.set(key, value)),
        // A value of so many bytes.
        ["fill", key, size] => outcome(bucket.set(key, vec![b'x'; size.parse().unwrap_or(0)])),
        ["delete", key] => outcome(bucket.delete(key)),
        ["exists", key] => outcome(bucket.exists(key)),
        ["keys"] => outcome(bucket.keys()),
        ["increment", key, delta] => {
            outcome(bucket.increment(key, delta.parse().unwrap_or_default()))
        }
        ["append", key, text] => outcome(bucket.update(key, |value| {
            let mut value = value.unwrap_or_default();
            value.extend(text.bytes());
            value
        })),
        ["get-many", ref keys @ ..] => outcome(bucket.get_many(&owned(keys))),
        ["set-many", value, ref keys @ ..] => {
            let entry = |key| (key, value.as_bytes().to_vec());
            let entries: Vec<_> = owned(keys).into_iter().map(entry).collect();
            outcome(bucket.set_many(&entries))
        }
        // As many keys at a time.
        ["set-numbers", from, to] => {
            let numbers = from.parse().unwrap_or(0)..to.parse().unwrap_or(0);
            let entry = |number: u32| (format!("{number:05}"), Vec::new());
            outcome(bucket.set_many(&numbers.map(entry).collect::<Vec<_>>()))
        }
        ["delete-many", ref keys @ ..] => outcome(bucket.delete_many(&owned(keys))),
        // Until it is refused.
        ["exhaust"] => {
            let mut calls = 0;
            loop {
                match bucket.exists("x") {
                    Ok(_) => calls += 1,
                    Err(error) => return format!("{calls} calls, then {error:?}"),
                }
            }
        }
        _ => String::from("?"),
    }
}

fn list_keys(bucket: &str, cursor: &[&str]) -> String {
    let page = store::open(bucket).and_then(|it| it.list_keys(cursor.first().copied()));
    outcome(page.map(|page| (page.keys.len(), page.cursor)))
}

/// A swap that comes too late, and then one that does not.
fn swap_late(bucket: &str, key: &str, value: &str) -> String {
    let swapped = || -> Result<String, Error> {
        let bucket = store::open(bucket)?;
        let cas = Cas::new(&bucket, key)?;
        bucket.set(key, b"meanwhile")?;
        match swap(cas, value.as_bytes()) {
            Err(CasError::CasFailed(changed)) => {
                let current = changed.current()?.unwrap_or_default();
                let current = String::from_utf8_lossy(&current).into_owned();
                let again = swap(changed, value.as_bytes());
                Ok(format!("{current}, then {}", again.is_ok()))
            }
            other => Ok(format!("{other:?}")),
        }
    };
    outcome(swapped())
}

fn hoard_cas(bucket: &str) -> String {
    let mut held = Vec::new();
    let mut hoard = || -> Result<(), Error> {
        let bucket = store::open(bucket)?;
        loop {
            held.push(Cas::new(&bucket, "x")?);
        }
    };
    let refused = outcome(hoard());
    format!("{} held, then {refused}", held.len())
}

fn outcome<T: Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{error:?}"),
    }
}
