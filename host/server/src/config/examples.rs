//! What could stand in a configuration: shown with what is wrong, and put in its place while the rest
//! is checked.

/// Keys, without the numbers of lists, and lines that set them.
const EXAMPLES: &[(&str, &str)] = &[
    ("include", r#"include = ["channels/*.toml"]"#),
    ("server.listen", r#"listen = "127.0.0.1:8080""#),
    (
        "server.public_url",
        r#"public_url = "https://bots.example.com""#,
    ),
    ("admin.listen", r#"listen = "127.0.0.1:8081""#),
    ("admin.token", r#"token = { env = "BOTBOX_ADMIN_TOKEN" }"#),
    (
        "secrets.key",
        r#"key = { file = "/run/credentials/botbox/key" }"#,
    ),
    (
        "secrets.previous_keys",
        r#"previous_keys = [{ file = "/etc/botbox/old.key" }]"#,
    ),
    ("line.api_base", r#"api_base = "https://api.line.me""#),
    (
        "line.data_api_base",
        r#"data_api_base = "https://api-data.line.me""#,
    ),
    (
        "line.manager_base",
        r#"manager_base = "https://manager.line.biz""#,
    ),
    (
        "line.access_base",
        r#"access_base = "https://access.line.me""#,
    ),
    ("line.timeout_ms", "timeout_ms = 10000"),
    ("store.url", r#"url = "sqlite:./botbox-data""#),
    ("store.reserve_mib", "reserve_mib = 512"),
    ("journal.keep_handled_hours", "keep_handled_hours = 24"),
    ("journal.keep_dead_days", "keep_dead_days = 30"),
    ("logs.channel_kib", "channel_kib = 1024"),
    ("logs.keep_days", "keep_days = 14"),
    (
        "telemetry.otlp_endpoint",
        r#"otlp_endpoint = "http://localhost:4318""#,
    ),
    ("telemetry.sample_ratio", "sample_ratio = 1.0"),
    ("runtime.slots", "slots = 1000"),
    ("runtime.compile_cpu_s", "compile_cpu_s = 120"),
    ("runtime.compile_memory_mib", "compile_memory_mib = 1024"),
    ("runtime.compile_processes", "compile_processes = 2"),
    ("channels.id", r#"id = "coffee-shop""#),
    ("channels.provider", r#"provider = "acme""#),
    ("channels.channel_id", r#"channel_id = "1650000000""#),
    ("channels.secret", r#"secret = { env = "COFFEE_SECRET" }"#),
    (
        "channels.access_token",
        r#"access_token = { env = "COFFEE_TOKEN" }"#,
    ),
    ("channels.plugin", r#"plugin = "./echo.wasm""#),
    (
        "channels.grants",
        r#"grants = ["reply", "profile", "content"]"#,
    ),
    ("channels.weight", "weight = 1"),
    ("channels.budget.per_hour", "per_hour = 500"),
    ("channels.budget.per_month", "per_month = 20000"),
    ("channels.reuse.events", "events = 100"),
    ("channels.reuse.idle_ms", "idle_ms = 60000"),
    ("channels.limits.cpu_ms", "cpu_ms = 500"),
    ("channels.limits.deadline_ms", "deadline_ms = 30000"),
    ("channels.limits.memory_mib", "memory_mib = 64"),
    ("channels.limits.concurrency", "concurrency = 32"),
    ("channels.limits.keyvalue_keys", "keyvalue_keys = 10000"),
    ("channels.limits.keyvalue_mib", "keyvalue_mib = 64"),
    ("channels.limits.media_mib", "media_mib = 1024"),
    ("channels.limits.backlog_events", "backlog_events = 100000"),
    ("channels.limits.backlog_mib", "backlog_mib = 256"),
    ("channels.limits.backlog_age_ms", "backlog_age_ms = 600000"),
    ("channels.limits.kept_mib", "kept_mib = 1024"),
    ("channels.retries.attempts", "attempts = 6"),
    ("channels.retries.pause_ms", "pause_ms = 1000"),
    ("channels.retries.hold_ms", "hold_ms = 300000"),
    (
        "channels.account_link.service",
        r#"service = "Example Cafe""#,
    ),
    (
        "channels.account_link.login_url",
        r#"login_url = "https://cafe.example/login""#,
    ),
    (
        "channels.account_link.secret",
        r#"secret = { env = "CAFE_LINK_SECRET" }"#,
    ),
    ("channels.beacons.hwid", r#"hwid = "32af519e88""#),
    ("channels.beacons.name", r#"name = "counter""#),
    ("channels.beacon_visits.debounce_s", "debounce_s = 60"),
    ("channels.beacon_visits.gap_s", "gap_s = 60"),
];

/// A line that sets a key.
pub(super) fn example(key: &str) -> Option<&'static str> {
    let mut plain = String::with_capacity(key.len());
    let mut is_number = false;
    for character in key.chars() {
        match character {
            '[' => is_number = true,
            ']' => is_number = false,
            _ if is_number => {}
            _ => plain.push(character),
        }
    }
    let found = EXAMPLES.iter().find(|(key, _)| *key == plain);
    found.map(|(_, example)| *example)
}

/// The value in that line.
pub(super) fn value(key: &str) -> Option<toml::Value> {
    let table: toml::Table = toml::from_str(example(key)?).ok()?;
    table.into_iter().next().map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_example_sets_its_key() {
        for (key, example) in EXAMPLES {
            let table: toml::Table = toml::from_str(example).unwrap();
            let name = key.rsplit_once('.').map_or(*key, |(_, name)| name);
            assert!(table.len() == 1 && table.contains_key(name), "{example}");
        }
        assert_eq!(
            example("channels[12].beacons[0].name"),
            Some(r#"name = "counter""#)
        );
        assert_eq!(example("server.lisen"), None);
    }
}
