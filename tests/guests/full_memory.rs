//! A memory that is full.

use std::hint::black_box;

/// Takes all the memory that there is, but for some that is free for what follows.
pub(crate) fn fill_memory() {
    let spare = black_box(Vec::<u8>::with_capacity(4 << 20));
    loop {
        // Small enough that the memory grows by single pages.
        let mut page = Vec::<u8>::new();
        if page.try_reserve_exact(32 << 10).is_err() {
            break;
        }
        black_box(page.leak());
    }
    drop(spare);
}
