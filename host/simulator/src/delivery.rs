//! Delivers webhooks and logs what came of them.

use std::time::Instant;

use crate::bots::log::{SentWebhook, Times};
use crate::clock;
use crate::webhook::{Delivery, Webhook};
use crate::world::Shared;

/// Delivers `webhook` in its own time: nobody waits for what comes of it.
pub(crate) fn send(shared: &Shared, webhook: Webhook) {
    let shared = shared.clone();
    tokio::spawn(async move { deliver(&shared, webhook).await });
}

pub(crate) async fn deliver(shared: &Shared, webhook: Webhook) -> Delivery {
    let (time, began) = (clock::now_ms(&shared.settings.clock), Instant::now());
    let delivery = shared.courier.deliver(&webhook).await;
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    if let Some(bot) = shared.world().bot_mut(&webhook.bot_id) {
        let sent = SentWebhook {
            url: webhook.url,
            signature: webhook.signature,
            body: webhook.body,
            status: delivery.status,
            reason: delivery.reason,
            detail: delivery.detail.clone(),
        };
        bot.log_webhook(Times { time, took }, sent);
    }
    delivery
}
