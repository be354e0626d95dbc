//! What the operator configured.

use super::world::with;

pub use crate::generated::wasi::config::store::Error;

pub fn get(key: &str) -> Result<Option<String>, Error> {
    Ok(with(|world| world.config.get(key).cloned()))
}

pub fn get_all() -> Result<Vec<(String, String)>, Error> {
    Ok(with(|world| world.config.clone().into_iter().collect()))
}
