//! Room for requests and responses, where their memory is counted.

use std::sync::Arc;

use crate::error::Error;
use crate::memory::{Memory, NoMemory};

/// Where a call's memory is counted, if it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Room(Option<Arc<dyn Memory>>);

impl Room {
    pub(crate) fn of(memory: Arc<dyn Memory>) -> Self {
        Self(Some(memory))
    }

    /// Takes room for a request that is about to be sent.
    pub(crate) fn take_for_request(&self, bytes: usize) -> Result<(), Error> {
        let is_sent = false;
        self.take(bytes)
            .map_err(|why| Error::NoMemory { is_sent, why })
    }

    /// Takes room for a piece of a response.
    pub(crate) fn take_for_response(&self, bytes: usize) -> Result<(), Error> {
        let is_sent = true;
        self.take(bytes)
            .map_err(|why| Error::NoMemory { is_sent, why })
    }

    fn take(&self, bytes: usize) -> Result<(), NoMemory> {
        match &self.0 {
            Some(memory) => memory.take(bytes),
            None => Ok(()),
        }
    }
}
