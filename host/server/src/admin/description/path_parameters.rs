//! What stands in the paths of routes.

/// What stands in a path.
pub(super) struct PathParameter {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) pattern: &'static str,
    pub(super) example: &'static str,
}

/// What providers, channels and tokens are called.
const NAME: &str = "^[A-Za-z0-9_-]{1,64}$";

const ID: &str = "^[!-~]{1,64}$";

/// All that stands in paths, by name.
pub(super) const PATH_PARAMETERS: [PathParameter; 9] = [
    PathParameter {
        name: "channel",
        about: "The name of a channel.",
        pattern: NAME,
        example: "shop",
    },
    PathParameter {
        name: "deployment",
        about: "The number of a deployment of the channel.",
        pattern: "^[1-9][0-9]{0,17}$",
        example: "1",
    },
    PathParameter {
        name: "digest",
        about: "The SHA-256 of a component: 64 lower-case hexadecimal digits.",
        pattern: "^[0-9a-f]{64}$",
        example: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    },
    PathParameter {
        name: "event",
        about: "The `webhookEventId` of an event.",
        pattern: ID,
        example: "01JD0000000000000000000000",
    },
    PathParameter {
        name: "name",
        about: "The name of a token.",
        pattern: NAME,
        example: "pipeline",
    },
    PathParameter {
        name: "provider",
        about: "The name of a provider.",
        pattern: NAME,
        example: "acme",
    },
    PathParameter {
        name: "secret",
        about: "The name of a secret.",
        pattern: "^(channel-secret(-[23])?|access-token|assertion-key|account-link-secret)$",
        example: "access-token",
    },
    PathParameter {
        name: "timer",
        about: "The id of a timer.",
        pattern: ID,
        example: "01JD0000000000000000000000",
    },
    PathParameter {
        name: "user",
        about: "The id of a LINE user.",
        pattern: "^U[0-9a-f]{32}$",
        example: "U4af4980629000000000000000000000f",
    },
];
