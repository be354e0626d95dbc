//! LIFF apps of one channel (LIFF server API reference).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::ids;
use crate::merge::merge;

/// How many apps a channel can have (LIFF server API reference, "Adding the LIFF app to a channel").
pub(crate) const MAX_APPS: usize = 30;

const KNOWN: [&str; 6] = [
    "view",
    "description",
    "features",
    "permanentLinkPattern",
    "scope",
    "botPrompt",
];

/// The LIFF apps by id.
#[derive(Default)]
pub(crate) struct LiffApps(BTreeMap<String, Value>);

impl LiffApps {
    /// The id of a new app, or `None` when there is no room for it.
    pub(crate) fn add(&mut self, channel_id: &str, request: &Value) -> Option<String> {
        if self.0.len() >= MAX_APPS {
            return None;
        }
        let id = ids::liff(channel_id);
        let app = json!({
            "liffId": id,
            "view": { "moduleMode": false },
            "features": { "ble": false, "qrCode": false },
            "permanentLinkPattern": "concat",
            "scope": ["profile", "chat_message.write"],
            "botPrompt": "none",
        });
        self.0.insert(id.clone(), app);
        self.update(&id, request);
        Some(id)
    }

    /// Changes what `request` gives of an app. Whether there was such an app.
    pub(crate) fn update(&mut self, id: &str, request: &Value) -> bool {
        let Some(app) = self.0.get_mut(id) else {
            return false;
        };
        for name in KNOWN {
            if let Some(given) = request.get(name) {
                merge(&mut app[name], given);
            }
        }
        true
    }

    /// Whether there was such an app.
    pub(crate) fn delete(&mut self, id: &str) -> bool {
        self.0.remove(id).is_some()
    }

    pub(crate) fn all(&self) -> Vec<&Value> {
        self.0.values().collect()
    }
}
