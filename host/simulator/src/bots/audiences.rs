//! Audiences: sets of users that a bot can send to (LINE reference, "Managing Audience").

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Serialize;
use serde_json::{Value, json};

use crate::ids;

/// How many audiences a bot can have (LINE reference, "Create audience for uploading user IDs").
pub(crate) const MAX_AUDIENCES: usize = 1_000;

/// How many jobs of an audience are kept, the most that LINE shows (LINE reference, "Get audience
/// data").
const MAX_JOBS: usize = 50;

/// How long an audience is kept, in seconds: 180 days.
const RETENTION: u64 = 15_552_000;

/// The audiences of one bot.
#[derive(Default)]
pub(crate) struct Audiences(BTreeMap<u64, Audience>);

/// One audience. The simulator completes it at once.
pub(crate) struct Audience {
    id: u64,
    kind: Kind,
    pub(crate) description: String,
    /// In seconds since 1970.
    created: u64,
    /// Whether it is made of advertising ids.
    pub(crate) is_ifa: bool,
    /// Only ids of users that exist, so there are never more than those.
    pub(crate) members: BTreeSet<String>,
    /// Oldest first.
    jobs: VecDeque<Value>,
}

/// How an audience came to be.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "UPPERCASE")]
pub(crate) enum Kind {
    /// Somebody uploaded it.
    Upload,
    /// Who tapped a link of a message.
    #[serde(rename_all = "camelCase")]
    Click {
        request_id: String,
        /// `None` means any link.
        #[serde(skip_serializing_if = "Option::is_none")]
        click_url: Option<String>,
    },
    /// Who saw a message.
    #[serde(rename_all = "camelCase")]
    Imp { request_id: String },
}

impl Audiences {
    /// A new audience without members, made now in milliseconds since 1970, or `None` when there is no room for it.
    pub(crate) fn create(
        &mut self,
        kind: Kind,
        description: String,
        is_ifa: bool,
        now: u64,
    ) -> Option<&mut Audience> {
        if self.0.len() >= MAX_AUDIENCES {
            return None;
        }
        let id = ids::audience();
        let audience = Audience {
            id,
            kind,
            description,
            created: now / 1000,
            is_ifa,
            members: BTreeSet::new(),
            jobs: VecDeque::new(),
        };
        Some(self.0.entry(id).or_insert(audience))
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Audience> {
        self.0.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Audience> {
        self.0.get_mut(&id)
    }

    /// Whether there was such an audience.
    pub(crate) fn delete(&mut self, id: u64) -> bool {
        self.0.remove(&id).is_some()
    }

    /// Newest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Audience> {
        self.0.values().rev()
    }

    pub(crate) fn has_kind(&self, kind: &Kind) -> bool {
        self.0.values().any(|audience| audience.kind == *kind)
    }
}

impl Audience {
    pub(crate) fn is_uploaded(&self) -> bool {
        self.kind == Kind::Upload
    }

    /// Adds `members` and notes the job that did it.
    pub(crate) fn add(&mut self, members: BTreeSet<String>, description: &str, now: u64) {
        let before = self.members.len();
        self.members.extend(members);
        self.jobs.push_back(json!({
            "audienceGroupJobId": ids::audience(),
            "audienceGroupId": self.id,
            "description": description,
            "type": "DIFF_ADD",
            "jobStatus": "FINISHED",
            "audienceCount": self.members.len() - before,
            "created": now / 1000,
        }));
        if self.jobs.len() > MAX_JOBS {
            self.jobs.pop_front();
        }
    }

    /// The answer to its making.
    pub(crate) fn created_view(&self) -> Value {
        let mut view = json!(self.kind);
        view["audienceGroupId"] = self.id.into();
        view["createRoute"] = "MESSAGING_API".into();
        view["description"] = self.description.as_str().into();
        view["created"] = self.created.into();
        view["permission"] = "READ_WRITE".into();
        view["expireTimestamp"] = (self.created + RETENTION).into();
        view["isIfaAudience"] = self.is_ifa.into();
        view
    }

    /// LINE asks for fifty members of most audiences before they are ready. In the simulator's
    /// small world every audience is.
    pub(crate) fn view(&self) -> Value {
        let mut view = self.created_view();
        view["status"] = "READY".into();
        view["audienceCount"] = self.members.len().into();
        view
    }

    pub(crate) fn jobs(&self) -> &VecDeque<Value> {
        &self.jobs
    }
}
