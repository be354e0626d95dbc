//! Delivers webhooks and logs what came of them: with the faults that wait for them, and once more
//! when the host did not answer, if the bot's owner has that switched on.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::bots::log::{SentWebhook, Times};
use crate::clock;
use crate::events;
use crate::faults::Misdelivery;
use crate::webhook::{Delivery, Webhook};
use crate::world::Shared;

/// How long after it failed a webhook is delivered once more, and again. LINE does not say how often
/// and when; these are within the 20 minutes in which its reply tokens can come to life again.
const REDELIVERIES: [Duration; 3] = [
    Duration::from_secs(30),
    Duration::from_secs(3 * 60),
    Duration::from_secs(10 * 60),
];

/// Delivers `webhook` in its own time: nobody waits for what comes of it.
pub(crate) fn send(shared: &Shared, webhook: Webhook) {
    let shared = shared.clone();
    let busy = shared.busy();
    tokio::spawn(async move {
        deliver(&shared, webhook).await;
        drop(busy);
    });
}

pub(crate) async fn deliver(shared: &Shared, mut webhook: Webhook) -> Delivery {
    let fault = shared.world().faults.misdeliver(&webhook.bot_id);
    match fault {
        Some(Misdelivery::Delay(ms)) => {
            let shared = shared.clone();
            let due = shared.settings.clock.instant() + Duration::from_millis(ms);
            let postponed = shared.postpone_until(due);
            tokio::spawn(async move {
                let Some(_busy) = postponed.await else {
                    return;
                };
                deliver_and_again(&shared, webhook).await;
            });
            return Delivery::undelivered("a fault delays the webhook");
        }
        Some(Misdelivery::Lose(true)) => {
            again(shared, webhook);
            return Delivery::undelivered("a fault lost the webhook");
        }
        Some(Misdelivery::BadSignature(true)) => webhook.spoil_signature(),
        Some(Misdelivery::Duplicate(times)) => {
            let copies = (0..times).map(|_| deliver_once(shared, &webhook));
            futures_util::future::join_all(copies).await;
        }
        _ => {}
    }
    deliver_and_again(shared, webhook).await
}

async fn deliver_and_again(shared: &Shared, webhook: Webhook) -> Delivery {
    let delivery = deliver_once(shared, &webhook).await;
    if delivery.is_failure() {
        again(shared, webhook);
    }
    delivery
}

async fn deliver_once(shared: &Shared, webhook: &Webhook) -> Delivery {
    let (time, began) = (clock::now_ms(&shared.settings.clock), Instant::now());
    let delivery = shared.courier.deliver(webhook).await;
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    if let Some(bot) = shared.world().bot_mut(&webhook.bot_id) {
        let sent = SentWebhook {
            url: webhook.url.clone(),
            signature: webhook.signature.clone(),
            body: webhook.body.clone(),
            status: delivery.status,
            reason: delivery.reason,
            detail: delivery.detail.clone(),
        };
        bot.log_webhook(Times { time, took }, sent);
    }
    delivery
}

/// Delivers the events of a webhook again and again, until the host takes them (LINE documentation,
/// "Redeliver a webhook that failed to be received").
fn again(shared: &Shared, webhook: Webhook) {
    if !is_wanted(shared, &webhook) {
        return;
    }
    let shared = shared.clone();
    let failed = shared.settings.clock.instant();
    // Until the next delivery is noted.
    let mut under_way = Some(shared.busy());
    tokio::spawn(async move {
        for pause in REDELIVERIES {
            let postponed = shared.postpone_until(failed + pause);
            drop(under_way.take());
            let Some(busy) = postponed.await else {
                return;
            };
            under_way = Some(busy);
            let Some(webhook) = redelivery(&shared, &webhook) else {
                return;
            };
            if !deliver_once(&shared, &webhook).await.is_failure() {
                return;
            }
        }
    });
}

/// Whether the bot's owner has redelivery switched on.
fn is_wanted(shared: &Shared, webhook: &Webhook) -> bool {
    let world = shared.world();
    let bot = world.bot(&webhook.bot_id);
    bot.is_some_and(|bot| bot.settings.webhook_redelivery)
}

/// The same events, marked as redelivered; `None` when the bot is gone, or there are no events.
fn redelivery(shared: &Shared, webhook: &Webhook) -> Option<Webhook> {
    let mut world = shared.world();
    let bot = world.bot_mut(&webhook.bot_id)?;
    let mut body: Value = serde_json::from_slice(&webhook.body).ok()?;
    let events = body["events"].as_array_mut().map(std::mem::take)?;
    events::redelivery(bot, events)
}
