//! Rich menus of one bot: which there are, who sees which, and the aliases for switching between
//! them (LINE reference, "Rich menu").

use std::collections::{BTreeMap, HashMap};

use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::recent::Recent;
use crate::{clock, ids};

/// How many rich menus a bot can have (LINE reference, "Create rich menu").
pub(crate) const MAX_MENUS: usize = 1_000;

/// How many aliases a bot can have (LINE reference, "Create rich menu alias").
pub(crate) const MAX_ALIASES: usize = 1_000;

/// The largest image, in bytes (LINE reference, "Upload rich menu image").
pub(crate) const MAX_IMAGE_BYTES: usize = 1024 * 1024;

/// How many batches of one bot are remembered: LINE takes three an hour and remembers them for
/// fourteen days.
const MAX_BATCHES: usize = 3 * 24 * 14;

/// How long batches are remembered, in milliseconds (LINE reference, "Get the status of rich menu batch control").
const BATCH_MEMORY_MS: u64 = 14 * 24 * 3_600 * 1_000;

/// All that concerns a bot's rich menus.
pub(crate) struct RichMenus {
    /// In the order of their making.
    menus: Vec<RichMenu>,
    default: Option<String>,
    /// Rich menu ids by user id. There are as many as friends at most.
    links: HashMap<String, String>,
    /// Rich menu ids by alias.
    aliases: BTreeMap<String, String>,
    /// By request id.
    batches: Recent<String, Batch>,
    /// When the batches with a key for resuming were accepted.
    resume_keys: Recent<String, u64>,
}

/// One rich menu.
pub(crate) struct RichMenu {
    pub(crate) id: String,
    /// What LINE keeps of the rich menu object.
    object: Map<String, Value>,
    pub(crate) image: Option<Image>,
}

/// The picture of a rich menu.
pub(crate) struct Image {
    pub(crate) content_type: HeaderValue,
    pub(crate) bytes: Bytes,
}

/// A batch. The simulator completes it at once.
struct Batch {
    /// In milliseconds since 1970.
    accepted: u64,
}

/// Which rich menus a batch operation changes, and into what.
pub(crate) struct Replacement {
    /// `None` means all of them.
    pub(crate) from: Option<String>,
    /// `None` unlinks.
    pub(crate) to: Option<String>,
}

/// The rich menus as a document.
#[derive(Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct RichMenusState {
    menus: Vec<RichMenuState>,
    default: Option<String>,
    /// Rich menu ids by user id.
    links: HashMap<String, String>,
    /// Rich menu ids by alias.
    aliases: BTreeMap<String, String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RichMenuState {
    rich_menu_id: String,
    object: Map<String, Value>,
    image: Option<ImageState>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ImageState {
    content_type: String,
    base64: String,
}

impl RichMenusState {
    /// The rich menus that this is of; `None` when an image is none.
    pub(crate) fn restore(self) -> Option<RichMenus> {
        let menu = |menu: RichMenuState| {
            let image = menu.image.map(ImageState::image);
            Some(RichMenu {
                id: menu.rich_menu_id,
                object: menu.object,
                image: match image {
                    Some(image) => Some(image?),
                    None => None,
                },
            })
        };
        Some(RichMenus {
            menus: self.menus.into_iter().map(menu).collect::<Option<_>>()?,
            default: self.default,
            links: self.links,
            aliases: self.aliases,
            ..RichMenus::default()
        })
    }
}

impl ImageState {
    fn image(self) -> Option<Image> {
        Some(Image {
            content_type: HeaderValue::try_from(self.content_type).ok()?,
            bytes: STANDARD.decode(self.base64).ok()?.into(),
        })
    }
}

impl Default for RichMenus {
    fn default() -> Self {
        Self {
            menus: Vec::new(),
            default: None,
            links: HashMap::new(),
            aliases: BTreeMap::new(),
            batches: Recent::new(MAX_BATCHES),
            resume_keys: Recent::new(MAX_BATCHES),
        }
    }
}

impl RichMenus {
    pub(crate) fn state(&self) -> RichMenusState {
        let image = |image: &Image| ImageState {
            content_type: String::from_utf8_lossy(image.content_type.as_bytes()).into_owned(),
            base64: STANDARD.encode(&image.bytes),
        };
        let menu = |menu: &RichMenu| RichMenuState {
            rich_menu_id: menu.id.clone(),
            object: menu.object.clone(),
            image: menu.image.as_ref().map(image),
        };
        RichMenusState {
            menus: self.menus.iter().map(menu).collect(),
            default: self.default.clone(),
            links: self.links.clone(),
            aliases: self.aliases.clone(),
        }
    }

    /// The id of a new rich menu, or `None` when there is no room for it.
    pub(crate) fn create(&mut self, object: &Value) -> Option<String> {
        if self.menus.len() >= MAX_MENUS {
            return None;
        }
        let known = ["size", "selected", "name", "chatBarText", "areas"];
        let keep = |name: &str| Some((name.to_owned(), object.get(name)?.clone()));
        let menu = RichMenu {
            id: ids::rich_menu(),
            object: known.into_iter().filter_map(keep).collect(),
            image: None,
        };
        let id = menu.id.clone();
        self.menus.push(menu);
        Some(id)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&RichMenu> {
        self.menus.iter().find(|menu| menu.id == id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut RichMenu> {
        self.menus.iter_mut().find(|menu| menu.id == id)
    }

    pub(crate) fn all(&self) -> &[RichMenu] {
        &self.menus
    }

    /// Whether there was such a rich menu. Nobody sees it any more; aliases for it lead nowhere.
    pub(crate) fn delete(&mut self, id: &str) -> bool {
        let before = self.menus.len();
        self.menus.retain(|menu| menu.id != id);
        self.links.retain(|_, linked| linked != id);
        self.default.take_if(|default| default == id);
        self.menus.len() < before
    }

    pub(crate) fn default_id(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// Sets or clears the default.
    pub(crate) fn set_default(&mut self, id: Option<String>) {
        self.default = id;
    }

    /// The rich menu that was linked to the user.
    pub(crate) fn linked(&self, user_id: &str) -> Option<&str> {
        self.links.get(user_id).map(String::as_str)
    }

    pub(crate) fn link(&mut self, user_id: &str, id: String) {
        self.links.insert(user_id.to_owned(), id);
    }

    pub(crate) fn unlink(&mut self, user_id: &str) {
        self.links.remove(user_id);
    }

    /// What the user sees: the linked rich menu, or else the default one (LINE reference, "Set
    /// default rich menu").
    pub(crate) fn seen_by(&self, user_id: &str) -> Option<&RichMenu> {
        self.get(self.linked(user_id).or(self.default_id())?)
    }

    /// What comes of the user's tap that asks for a switch, in the form of `postback.params` (LINE
    /// reference, "Postback params object for rich menu switch action").
    pub(crate) fn switch(&mut self, user_id: &str, alias: &str) -> Value {
        let Some(id) = self.aliases.get(alias).cloned() else {
            return json!({ "status": "RICHMENU_ALIAS_ID_NOTFOUND" });
        };
        if self.get(&id).is_none() {
            return json!({ "status": "RICHMENU_NOTFOUND" });
        }
        self.link(user_id, id);
        json!({ "newRichMenuAliasId": alias, "status": "SUCCESS" })
    }

    /// Whether there was room for `alias`. An alias that exists is led elsewhere.
    pub(crate) fn set_alias(&mut self, alias: &str, id: &str) -> bool {
        if self.aliases.len() >= MAX_ALIASES && !self.aliases.contains_key(alias) {
            return false;
        }
        self.aliases.insert(alias.to_owned(), id.to_owned());
        true
    }

    /// The rich menu that `alias` leads to, which may be deleted.
    pub(crate) fn alias(&self, alias: &str) -> Option<&str> {
        self.aliases.get(alias).map(String::as_str)
    }

    /// Whether there was such an alias.
    pub(crate) fn delete_alias(&mut self, alias: &str) -> bool {
        self.aliases.remove(alias).is_some()
    }

    /// Aliases with the ids of their rich menus.
    pub(crate) fn aliases(&self) -> &BTreeMap<String, String> {
        &self.aliases
    }

    /// Performs a batch, unless one with the same key for resuming is complete. The replacements
    /// do not see what others of them did.
    pub(crate) fn perform_batch(
        &mut self,
        request_id: String,
        resume_key: Option<&str>,
        replacements: &[Replacement],
        now: u64,
    ) {
        self.resume_keys.forget_while(|at| is_forgotten(*at, now));
        let resumed = resume_key.is_some_and(|key| self.resume_keys.get(key).is_some());
        if !resumed {
            self.replace(replacements);
        }
        if let Some(key) = resume_key {
            self.resume_keys.insert(key.to_owned(), now);
        }
        self.batches.insert(request_id, Batch { accepted: now });
    }

    fn replace(&mut self, replacements: &[Replacement]) {
        let replacement_of = |linked: &str| {
            replacements.iter().find(|replacement| {
                replacement
                    .from
                    .as_deref()
                    .is_none_or(|from| from == linked)
            })
        };
        self.links.retain(|_, linked| match replacement_of(linked) {
            Some(Replacement { to: Some(to), .. }) => {
                linked.clone_from(to);
                true
            }
            Some(_) => false,
            None => true,
        });
    }

    /// When a batch was accepted and completed, in LINE's form.
    pub(crate) fn batch_time(&mut self, request_id: &str, now: u64) -> Option<String> {
        self.batches
            .forget_while(|batch| is_forgotten(batch.accepted, now));
        let batch = self.batches.get(request_id)?;
        Some(clock::iso_8601(batch.accepted))
    }
}

impl RichMenu {
    /// The rich menu response object.
    pub(crate) fn view(&self) -> Value {
        let mut view = json!({ "richMenuId": self.id });
        for (name, value) in &self.object {
            view[name] = value.clone();
        }
        view
    }

    /// What a tap on the area does.
    pub(crate) fn action(&self, area: usize) -> Option<&Value> {
        self.object.get("areas")?.get(area)?.get("action")
    }
}

fn is_forgotten(accepted: u64, now: u64) -> bool {
    now.saturating_sub(accepted) > BATCH_MEMORY_MS
}
