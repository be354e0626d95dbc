//! What every implementation of the store's traits does.

pub(crate) mod blobs;
pub(crate) mod journal;
pub(crate) mod key_value;
pub(crate) mod registry;

use std::sync::Arc;

use tokio::task::JoinSet;

/// Lets `callers` call at once.
async fn race<S, T, F>(store: &Arc<S>, callers: u8, call: impl Fn(Arc<S>, u8) -> F) -> Vec<T>
where
    S: ?Sized,
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let calls: JoinSet<T> = (0..callers)
        .map(|caller| call(Arc::clone(store), caller))
        .collect();
    calls.join_all().await
}
