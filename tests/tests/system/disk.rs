//! Disks that are full, fail, or have rubbish on them: what was acknowledged is handled, once.

mod faulty;
mod running;
mod small;
mod stage;
mod starting;
mod uploads;
