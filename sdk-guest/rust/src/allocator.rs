//! The allocator of a guest without WASI.
//!
//! It is the standard library's own in a newer version, which first uses the memory that the linker leaves for it
//! (`--initial-heap`), where the older one lets the memory grow at its first allocation. To grow, and to be taken back
//! when the event has ended, costs the host two system calls for each event.

use dlmalloc::GlobalDlmalloc;

#[global_allocator]
static ALLOCATOR: GlobalDlmalloc = GlobalDlmalloc;
