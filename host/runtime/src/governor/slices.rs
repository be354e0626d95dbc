//! Time slices: who goes first when there are fewer processors than threads that want one.
//!
//! A thread that wakes waits until the one on its processor has had its slice, a millisecond or more. Where
//! plugins compute, each processor has such a thread. A webhook has half a dozen hops from thread to thread, some
//! of them in the kernel, which writes to the disk by threads of its own: it is late by as many slices.
//!
//! So the threads that compute ask for long slices. Linux's scheduler (EEVDF, from 6.12 on) lets a thread that
//! wakes go at once before one with a longer slice, unless it has had more than its share of the processor
//! already. Nobody gets a larger or a smaller share by it, which is why it needs no privilege, and why, unlike a
//! lower priority, it lets no event starve beside other busy processes.
//!
//! Elsewhere nothing changes: an older Linux takes the wish and does nothing with it.

/// What a thread that computes asks for: 20 ms. Anything beyond the usual slice does, which is 0.7 to 3 ms by the
/// number of processors; and beside other busy processes, a thread waits for about as long as its slice is.
#[cfg(target_os = "linux")]
const LONG: u64 = 20_000_000;

#[cfg(target_os = "linux")]
pub(super) use self::linux::ask_for_long_slices;

/// Other systems have no such wish.
#[cfg(not(target_os = "linux"))]
pub(super) fn ask_for_long_slices() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::mem;

    use libc::{SCHED_OTHER, SYS_sched_getattr, SYS_sched_setattr, sched_attr, syscall};

    use super::LONG;

    /// Asks for long slices for this thread, whose priority stays what it is. A thread that an operator has
    /// given another scheduler keeps that.
    #[allow(unsafe_code, reason = "no safe library has these system calls")]
    pub(crate) fn ask_for_long_slices() {
        let this_thread = 0;
        let no_flags = 0;
        let size = mem::size_of::<sched_attr>();
        // SAFETY: the structure is plain numbers, for which zeros are good.
        let mut attributes: sched_attr = unsafe { mem::zeroed() };
        // SAFETY: the kernel writes `size` bytes at most to the structure, which has as many and outlives the
        // call.
        let got = unsafe {
            syscall(
                SYS_sched_getattr,
                this_thread,
                &raw mut attributes,
                size,
                no_flags,
            )
        };
        if got != 0 || i64::from(attributes.sched_policy) != i64::from(SCHED_OTHER) {
            return;
        }
        attributes.sched_runtime = LONG;
        // SAFETY: the kernel reads as many bytes as the structure's own field says, which the call above has
        // set to its size.
        unsafe {
            // Whoever refuses it changes nothing.
            syscall(
                SYS_sched_setattr,
                this_thread,
                &raw const attributes,
                no_flags,
            );
        }
    }

    #[cfg(test)]
    mod tests {
        use std::{fs, thread};

        use super::*;

        /// Where it is told what a thread has, it has what it asked for; and its priority is what it was.
        #[test]
        fn the_kernel_grants_the_wish() {
            let thread = thread::spawn(|| {
                ask_for_long_slices();
                let read = |file| fs::read_to_string(format!("/proc/thread-self/{file}"));
                (read("sched").unwrap_or_default(), read("stat").unwrap())
            });
            let (sched, stat) = thread.join().unwrap();
            let told = sched.lines().find_map(|it| it.strip_prefix("se.slice"));
            if let Some(told) = told.filter(|_| kernel() >= (6, 12)) {
                let slice = told.rsplit(' ').next().unwrap();
                assert_eq!(slice, LONG.to_string());
            }
            // Behind the name, which may have spaces.
            let (_, fields) = stat.rsplit_once(") ").unwrap();
            assert_eq!(fields.split(' ').nth(16), Some("0"), "the niceness");
        }

        /// The kernel's version.
        fn kernel() -> (u32, u32) {
            let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
            let mut parts = release.split('.').map(|it| it.parse().unwrap_or(0));
            (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
        }
    }
}
