//! How a host stops.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use super::Server;

/// How long a stopping host waits for its events: 25 s, because container managers kill after 30.
const STOP_TIME: Duration = Duration::from_secs(25);

/// How long a host goes on listening after its last event, for requests that are on their way: 4 s.
/// LINE gives up after 2, and container managers kill 5 s after [`STOP_TIME`].
const CLOSE_TIME: Duration = Duration::from_secs(4);

impl Server {
    /// Begins no more events, lets those that run finish for up to 25 s, and takes webhooks meanwhile.
    /// Returns how many did not finish. They and those that wait are run at the next start.
    pub async fn stop(self) -> usize {
        self.control.stop_loading().await;
        let cut_off = match timeout(STOP_TIME, self.supervisor.finish()).await {
            Ok(()) => 0,
            Err(_) => self.dispatcher.running(),
        };
        self.watch.meter.flush().await;
        self.watch.logs.flush().await;
        self.close.send_replace(true);
        self.watch.live_events.close();
        // A listener ends when its last request is answered.
        drop(timeout(CLOSE_TIME, join_all(self.listening)).await);
        cut_off
    }
}
