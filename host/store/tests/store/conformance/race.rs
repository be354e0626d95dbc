//! Many callers at a time.

use std::sync::Arc;

use tokio::task::JoinSet;

/// Lets `callers` call at once.
pub(crate) async fn race<S, T, F>(
    store: &Arc<S>,
    callers: u8,
    call: impl Fn(Arc<S>, u8) -> F,
) -> Vec<T>
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
