//! The host's memory that an attempt's call to LINE takes: its request, and its response as it comes in.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use botbox_line::memory::{Memory, NoMemory};

use crate::governor::{Charge, Slot};

/// What one call takes, until the next one begins: by then it is in the plugin's memory.
pub(crate) struct CallMemory {
    slot: Weak<Slot>,
    taken: Mutex<Charge>,
}

impl CallMemory {
    /// Of the attempt that has this slot.
    pub(crate) fn of(slot: &Arc<Slot>) -> Arc<Self> {
        Arc::new(Self {
            slot: Arc::downgrade(slot),
            taken: Mutex::default(),
        })
    }

    /// Gives back what the last call took.
    pub(crate) fn release(&self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        drop(std::mem::take(&mut *taken));
    }
}

impl Memory for CallMemory {
    fn take(&self, bytes: usize) -> Result<(), NoMemory> {
        // Without a slot the attempt is over, and nobody reads on.
        let slot = self.slot.upgrade().ok_or("the attempt is over")?;
        let charge = slot.charge(bytes)?;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.absorb(charge);
        Ok(())
    }
}

impl fmt::Debug for CallMemory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CallMemory").finish_non_exhaustive()
    }
}
