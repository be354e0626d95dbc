//! The log on a disk that loses power: of what was not synced, it keeps any sectors.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use proptest::prelude::*;

use super::blocks::{BLOCK, Blocks};
use super::log::RedoLog;
use super::storage::Storage;
use crate::error::StoreError;

const SIZE: usize = 64 << 10;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

const SALT: u64 = 7;

#[derive(Clone)]
struct Disk(Arc<Mutex<State>>);

struct State {
    durable: Vec<u8>,
    cached: Vec<u8>,
    /// Whether the power fails before the next sync.
    fails: bool,
}

impl Disk {
    fn new() -> Self {
        let zeros = vec![0; SIZE];
        Self(Arc::new(Mutex::new(State {
            durable: zeros.clone(),
            cached: zeros,
            fails: false,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The power fails, and comes back. Of the sectors that were not synced those are there that `kept` says.
    fn lose_power(&self, kept: &[bool]) {
        let mut state = self.state();
        let State {
            durable, cached, ..
        } = &mut *state;
        let sectors = durable.chunks_mut(SECTOR).zip(cached.chunks(SECTOR));
        let changed = sectors.filter(|(durable, cached)| **durable != **cached);
        for ((durable, cached), _) in changed.zip(kept.iter().cycle()).filter(|(_, kept)| **kept) {
            durable.copy_from_slice(cached);
        }
        state.cached = state.durable.clone();
        state.fails = false;
    }

    fn open(&self, folded: u64) -> RedoLog<Self> {
        RedoLog::on(self.clone(), SIZE as u64, SALT, folded).unwrap()
    }
}

impl Storage for Disk {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        let offset = offset as usize;
        bytes.copy_from_slice(&self.state().cached[offset..offset + bytes.len()]);
        Ok(())
    }

    fn write_at(&self, blocks: &Blocks, offset: u64) -> io::Result<()> {
        let (bytes, offset) = (blocks.as_ref(), offset as usize);
        assert_eq!((bytes.len() % BLOCK, offset % BLOCK), (0, 0));
        self.state().cached[offset..offset + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.state();
        if state.fails {
            return Err(io::Error::other("the power has failed"));
        }
        state.durable = state.cached.clone();
        Ok(())
    }
}

#[derive(Clone, Debug)]
enum Call {
    Append(Vec<u8>),
    Fold,
    /// While records are written.
    LosePower(Vec<u8>, Vec<bool>),
}

fn call() -> impl Strategy<Value = Call> {
    let records = || prop::collection::vec(any::<u8>(), 1..3000);
    let kept = prop::collection::vec(any::<bool>(), 1..8);
    prop_oneof![
        4 => records().prop_map(Call::Append),
        1 => Just(Call::Fold),
        2 => (records(), kept).prop_map(|(records, kept)| Call::LosePower(records, kept)),
    ]
}

proptest! {
    #[test]
    fn what_was_synced_is_there_and_nothing_else_by_halves(
        calls in prop::collection::vec(call(), 1..40),
    ) {
        let disk = Disk::new();
        let mut folded = 0;
        let mut log = disk.open(folded);
        let mut synced: Vec<u8> = Vec::new();
        // Each takes a block.
        let mut frames = 0;
        for call in calls {
            match call {
                Call::Append(records) => {
                    let has_room = log.append(&records).unwrap();
                    if has_room {
                        synced.extend(records);
                        frames += 1;
                    } else {
                        prop_assert_eq!(frames, SIZE / BLOCK);
                    }
                }
                Call::Fold => {
                    folded = log.epoch();
                    log.restart();
                    synced.clear();
                    frames = 0;
                }
                Call::LosePower(records, kept) => {
                    disk.state().fails = true;
                    match log.append(&records) {
                        Ok(has_room) => prop_assert!(!has_room),
                        Err(error) => prop_assert!(matches!(error, StoreError::Broken(_))),
                    }
                    disk.lose_power(&kept);
                    log = disk.open(folded);
                    let found = log.read().unwrap();
                    if found != synced {
                        synced.extend(&records);
                        frames += 1;
                        prop_assert_eq!(&found, &synced);
                    }
                    prop_assert_eq!(log.is_empty(), found.is_empty());
                }
            }
            prop_assert_eq!(&log.read().unwrap(), &synced);
        }
    }
}

#[test]
fn a_damaged_frame_is_the_end() {
    let disk = Disk::new();
    let mut log = disk.open(0);
    for records in [b"first", b"other", b"third"] {
        assert!(log.append(records).unwrap());
    }
    for damaged in [0, 4, 8, 16] {
        let whole = disk.state().cached.clone();
        disk.state().cached[BLOCK + damaged] ^= 1;
        assert_eq!(disk.open(0).read().unwrap(), b"first");
        disk.state().cached = whole;
    }
    assert_eq!(disk.open(0).read().unwrap(), b"firstotherthird");
    assert!(disk.open(1).read().unwrap().is_empty(), "it is folded");
}

/// What an event contains is somebody else's choice.
#[test]
fn a_frame_in_an_event_is_none() {
    for epoch in 2..5 {
        let disk = Disk::new();
        let mut log = disk.open(0);
        assert!(log.append(b"short").unwrap());
        let mut forged = disk.state().cached[..16 + 5].to_vec();
        forged[8] = epoch;
        log.restart();
        let mut long = vec![0; BLOCK - 16];
        long.extend(forged);
        assert!(log.append(&long).unwrap());
        log.restart();
        // Its frame ends where the forged one begins.
        assert!(log.append(b"later").unwrap());
        assert_eq!(disk.open(2).read().unwrap(), b"later");
        assert!(log.append(b"last").unwrap());
        assert_eq!(disk.open(2).read().unwrap(), b"laterlast");
    }
}
