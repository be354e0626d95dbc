//! What stands in the paths of routes.

/// What stands in paths, by name: what it is, and an example.
pub(super) const PATH_PARAMETERS: [(&str, &str, &str); 9] = [
    ("channel", "The name of a channel.", "shop"),
    (
        "deployment",
        "The number of a deployment of the channel.",
        "1",
    ),
    (
        "digest",
        "The SHA-256 of a component: 64 lower-case hexadecimal digits.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    (
        "event",
        "The `webhookEventId` of an event.",
        "01JD0000000000000000000000",
    ),
    ("provider", "The name of a provider.", "acme"),
    ("secret", "The name of a secret.", "access-token"),
    ("timer", "The id of a timer.", "01JD0000000000000000000000"),
    ("token", "The name of a token.", "pipeline"),
    (
        "user",
        "The id of a LINE user.",
        "U4af4980629000000000000000000000f",
    ),
];
