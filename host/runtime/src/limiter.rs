//! Holds an instance to its limits of memory and tables.

use std::sync::Arc;

use wasmtime::ResourceLimiter;

use crate::governor::Slot;
use crate::limits::{
    ATTEMPT_BYTES, CORE_INSTANCES, Limits, MEMORIES, MEMORY_LIMIT_MAX, TABLE_ELEMENTS, TABLES,
};

/// What an element of a table takes.
const ELEMENT_BYTES: u64 = 16;

/// Refuses memory and tables beyond the limits, as a full machine would.
pub(crate) struct Limiter {
    memory_limit: usize,
    memory: usize,
    table_elements: usize,
    /// Has the memory of the host that the instance may take.
    slot: Arc<Slot>,
    /// Whether the deployment's limit of memory was reached: the likely reason of a trap that comes
    /// later.
    pub(crate) is_at_limit: bool,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits, slot: Arc<Slot>) -> Self {
        let limiter = Self {
            memory_limit: limits.memory.min(MEMORY_LIMIT_MAX),
            memory: 0,
            table_elements: 0,
            slot,
            is_at_limit: false,
        };
        // A slot begins with more.
        limiter.take(ATTEMPT_BYTES);
        limiter
    }

    /// The same instance's for its next event, whose slot has what the instance has taken so far.
    pub(crate) fn next(&self, slot: Arc<Slot>) -> Self {
        Self {
            slot,
            is_at_limit: false,
            ..*self
        }
    }

    /// How many bytes of linear memory the instance has.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    /// How many bytes of the host's memory an event takes that the instance begins now.
    pub(crate) fn taken(&self) -> u64 {
        ATTEMPT_BYTES + self.memory as u64 + self.table_elements as u64 * ELEMENT_BYTES
    }

    /// Whether the instance was refused memory, by the deployment's limit or by the host.
    pub(crate) fn has_refused(&self) -> bool {
        self.is_at_limit || self.slot.was_refused()
    }

    /// Whether there is room for as much again as the instance took since it had `start` bytes of memory.
    pub(crate) fn has_room(&self, start: usize) -> bool {
        self.memory_limit.saturating_sub(self.memory) >= self.memory.saturating_sub(start)
    }

    /// Takes bytes of the host's memory, if there is room. If not, the channel's next attempt waits
    /// until there is room for all that it may take.
    fn take(&self, bytes: u64) -> bool {
        let taken = self.slot.take(bytes);
        if !taken {
            self.slot.refuse(self.memory_limit as u64 + ATTEMPT_BYTES);
        }
        taken
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
            self.is_at_limit = true;
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
