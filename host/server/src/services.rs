//! What the host does for a channel's plugin beside calling LINE.

use std::sync::Arc;

use botbox_runtime::Services;
use botbox_store::KeyValue;

/// The services of one channel.
pub(crate) struct ChannelServices {
    pub(crate) channel: Arc<str>,
    pub(crate) store: Arc<dyn KeyValue>,
}

impl Services for ChannelServices {}
