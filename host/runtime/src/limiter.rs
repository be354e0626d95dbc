//! Holds an instance to its limits of memory and tables.

use std::sync::Arc;

use wasmtime::ResourceLimiter;

use crate::governor::Slot;
use crate::limits::{
    ATTEMPT_BYTES, CORE_INSTANCES, Limits, MEMORIES, MEMORY_LIMIT_MAX, TABLE_ELEMENTS, TABLES,
};

/// What an element of a table takes.
const ELEMENT_BYTES: u64 = 16;

/// Refuses memory and tables beyond the limits, as a full machine would, and remembers that.
pub(crate) struct Limiter {
    memory_limit: usize,
    memory: usize,
    table_elements: usize,
    /// Has the memory of the host that the instance may take.
    slot: Arc<Slot>,
    /// Why memory was refused: the likely reason of a trap that comes later.
    pub(crate) refusal: Option<Refusal>,
}

/// Whose limit it was that refused memory.
#[derive(Clone, Copy)]
pub(crate) enum Refusal {
    /// The deployment's.
    Own,
    /// That of all events together, in bytes.
    Host { limit: u64 },
}

impl Limiter {
    pub(crate) fn new(limits: &Limits, slot: Arc<Slot>) -> Self {
        let mut limiter = Self {
            memory_limit: limits.memory.min(MEMORY_LIMIT_MAX),
            memory: 0,
            table_elements: 0,
            slot,
            refusal: None,
        };
        // A slot begins with more.
        limiter.take(ATTEMPT_BYTES);
        limiter
    }

    /// Takes bytes of the host's memory, if there is room.
    fn take(&mut self, bytes: u64) -> bool {
        let taken = self.slot.take(bytes);
        if !taken {
            self.refuse_for_host();
        }
        taken
    }

    /// Remembers that the host had no room. The next attempt waits until there is room for all that
    /// it may take.
    pub(crate) fn refuse_for_host(&mut self) {
        self.slot.expect(self.memory_limit as u64 + ATTEMPT_BYTES);
        self.refusal.get_or_insert(Refusal::Host {
            limit: self.slot.memory(),
        });
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            // Fails on its own, and must not count.
            return Ok(false);
        }
        let grows = desired - current;
        let total = self.memory.saturating_add(grows);
        if total > self.memory_limit {
            self.refusal.get_or_insert(Refusal::Own);
            return Ok(false);
        }
        let granted = self.take(grows as u64);
        if granted {
            self.memory = total;
        }
        Ok(granted)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let grows = desired - current;
        let total = self.table_elements.saturating_add(grows);
        let granted = total <= TABLE_ELEMENTS && self.take(grows as u64 * ELEMENT_BYTES);
        if granted {
            self.table_elements = total;
        }
        Ok(granted)
    }

    fn instances(&self) -> usize {
        CORE_INSTANCES as usize
    }

    fn tables(&self) -> usize {
        TABLES as usize
    }

    fn memories(&self) -> usize {
        MEMORIES as usize
    }
}
