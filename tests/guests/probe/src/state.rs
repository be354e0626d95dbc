//! What an instance remembers of its events.

use std::cell::{Cell, RefCell};
use std::hint::black_box;
use std::io::Read as _;

use botbox_sdk::Content;

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
    static CONTENT: RefCell<Option<Content>> = const { RefCell::new(None) };
}

/// How often an instance was asked.
pub(crate) fn count() -> u32 {
    COUNT.set(COUNT.get() + 1);
    COUNT.get()
}

/// Takes memory, and keeps it.
pub(crate) fn grow(mib: usize) {
    black_box(vec![1_u8; mib << 20].leak());
}

/// Keeps a content open when the event has ended.
pub(crate) fn leave_open(content: Content) {
    CONTENT.set(Some(content));
}

/// Reads on in a content that was left open.
pub(crate) fn read_on() -> String {
    let content = CONTENT.with_borrow_mut(|content| {
        let read = content.as_mut()?.read(&mut [0; 100]);
        Some(format!("{read:?}"))
    });
    content.unwrap_or_else(|| String::from("nothing is open"))
}
