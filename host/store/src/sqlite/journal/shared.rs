//! What the writer's thread and the callers' guards share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::sqlite::events::Volatile;

/// The volatile state of the events. The writer's thread has it while it works on events, and others
/// only for a moment.
#[derive(Clone)]
pub(crate) struct SharedVolatile(Arc<Mutex<Volatile>>);

impl SharedVolatile {
    pub(super) fn new(volatile: Volatile) -> Self {
        Self(Arc::new(Mutex::new(volatile)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Volatile> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
