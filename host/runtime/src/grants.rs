//! What a deployment lets its plugin call.

mod api_rule;
mod http_origin;

use std::fmt;

use botbox_line::Method;
use reqwest::Url;

pub use api_rule::{ApiRule, ApiRuleError};
pub use http_origin::{HttpOrigin, HttpOriginError};

macro_rules! capabilities {
    ($($(#[doc = $doc:literal])+ $capability:ident $name:literal;)*) => {
        /// A capability: one WIT interface, granted by its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Capability {
            $($(#[doc = $doc])+ $capability,)*
        }

        impl Capability {
            /// All of them, by name.
            pub const ALL: &[Self] = &[$(Self::$capability),*];

            /// The grant's name: the interface's.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$capability => $name,)*
                }
            }
        }
    };
}

capabilities! {
    /// `botbox:line/account-link`
    AccountLink "account-link";
    /// `botbox:line/audience`
    Audience "audience";
    /// `botbox:line/beacon`
    Beacon "beacon";
    /// `botbox:line/bot-info`
    BotInfo "bot-info";
    /// `botbox:line/content`
    Content "content";
    /// `botbox:line/coupon`
    Coupon "coupon";
    /// `botbox:line/followers`
    Followers "followers";
    /// `botbox:line/group`
    Group "group";
    /// `wasi:http/outgoing-handler`
    Http "http";
    /// `botbox:line/insight`
    Insight "insight";
    /// `wasi:keyvalue`
    KeyValue "keyvalue";
    /// `botbox:line/line-api`
    LineApi "line-api";
    /// `botbox:line/loading`
    Loading "loading";
    /// `botbox:line/mark-as-read`
    MarkAsRead "mark-as-read";
    /// `botbox:line/media`
    Media "media";
    /// `botbox:line/membership`
    Membership "membership";
    /// `botbox:line/module`
    Module "module";
    /// `botbox:line/notification`: costs money.
    Notification "notification";
    /// `botbox:line/profile`
    Profile "profile";
    /// `botbox:line/push`: costs money beyond the account's free messages.
    Push "push";
    /// `botbox:line/quota`
    Quota "quota";
    /// `botbox:line/reply`
    Reply "reply";
    /// `botbox:line/rich-menu`
    RichMenu "rich-menu";
    /// `botbox:line/room`
    Room "room";
    /// `botbox:line/schedule`
    Schedule "schedule";
    /// `botbox:line/validate`
    Validate "validate";
}

impl Capability {
    /// Whether an import of this name, such as `botbox:line/push@0.1.0`, is of the capability.
    #[must_use]
    pub fn is_of(self, import: &str) -> bool {
        match self {
            Self::Http => import.starts_with("wasi:http/outgoing-handler@"),
            Self::KeyValue => import.starts_with("wasi:keyvalue/"),
            _ => {
                let interface = import.strip_prefix("botbox:line/");
                let interface = interface.and_then(|it| it.strip_prefix(self.name()));
                interface.is_some_and(|version| version.starts_with('@'))
            }
        }
    }

    /// The capability of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }
}

/// A capability with its options, as a deployment grants it.
#[derive(Clone, Debug)]
pub enum Grant {
    /// A capability that has no options.
    Plain(Capability),
    /// [`Capability::Http`]: where requests may go.
    Http(Vec<HttpOrigin>),
    /// [`Capability::LineApi`]: what may be called.
    LineApi(Vec<ApiRule>),
}

impl From<Capability> for Grant {
    fn from(capability: Capability) -> Self {
        Self::Plain(capability)
    }
}

/// The capabilities that a deployment allows its plugin. Logging, the deployment's configuration
/// and the event's JSON need no grant. Default: none.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    /// One bit for each capability.
    granted: u32,
    http: Vec<HttpOrigin>,
    line_api: Vec<ApiRule>,
}

const _: () = assert!(Capability::ALL.len() <= u32::BITS as usize);

impl Grants {
    /// Allows a capability. The options of several grants of one capability add up.
    pub fn grant(&mut self, grant: Grant) {
        let capability = match grant {
            Grant::Plain(capability) => capability,
            Grant::Http(origins) => {
                self.http.extend(origins);
                Capability::Http
            }
            Grant::LineApi(rules) => {
                self.line_api.extend(rules);
                Capability::LineApi
            }
        };
        self.granted |= bit(capability);
    }

    /// Whether a capability is allowed.
    #[must_use]
    pub fn allow(&self, capability: Capability) -> bool {
        self.granted & bit(capability) != 0
    }

    /// Whether `http` was granted for where a request goes.
    #[must_use]
    pub fn allow_http(&self, url: &Url) -> bool {
        self.http.iter().any(|origin| origin.allows(url))
    }

    /// Whether a request to LINE's API, by its path without the query, is one that `line-api` was
    /// granted for.
    #[must_use]
    pub fn allow_line_api(&self, method: &Method, path: &str) -> bool {
        self.line_api.iter().any(|rule| rule.allows(method, path))
    }
}

impl<G: Into<Grant>> FromIterator<G> for Grants {
    fn from_iter<I: IntoIterator<Item = G>>(all: I) -> Self {
        let mut grants = Self::default();
        for grant in all {
            grants.grant(grant.into());
        }
        grants
    }
}

const fn bit(capability: Capability) -> u32 {
    1 << capability as u32
}

/// The names of what is granted.
impl fmt::Display for Grants {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let granted = Capability::ALL.iter().filter(|&&it| self.allow(it));
        let granted: Vec<_> = granted.map(|it| it.name()).collect();
        formatter.write_str(&granted.join(","))
    }
}
