use std::collections::HashMap;
use std::fs;

use botbox_runtime::Capability;

use super::{Config, ConfigError, Place, Problem};

/// Loads `text`, with the channel `echo` below it unless it has channels of its own.
fn load(text: &str) -> Result<Config, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("botbox.toml");
    fs::write(folder.path().join("secret"), "s3cret\n").unwrap();
    let channel = r#"
        [[channels]]
        id = "echo"
        provider = "acme"
        secret = { file = "secret" }
        access_token = { file = "secret" }
        plugin = "./echo.wasm""#;
    let channels = if text.contains("[[channels]]") {
        ""
    } else {
        channel
    };
    fs::write(&file, format!("{text}\n{channels}")).unwrap();
    Config::load(&file).map_err(|error| match error {
        ConfigError::Problems(problems) => problems,
        ConfigError::Unreadable(..) => panic!("{error}"),
    })
}

/// All that is wrong: the host's, and the channels'.
fn problems(text: &str) -> Vec<Problem> {
    match load(text) {
        Err(problems) => problems,
        Ok(config) => config
            .failed
            .into_iter()
            .flat_map(|it| it.problems)
            .collect(),
    }
}

/// The one thing that is wrong.
fn problem(text: &str) -> String {
    let problems = problems(text);
    let [problem] = problems.as_slice() else {
        panic!("not one: {problems:?}");
    };
    assert!(problem.file.ends_with("botbox.toml"));
    format!(": {}: {}", problem.key, problem.what)
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let found = problems(
        r#"
[server]
listne = "127.0.0.1:0"
listen = 8080
[runtime]
slots = 0
[[channels]]
id = "a"
provider = "p"
secret = { env = "BOTBOX_TEST_NOT_SET" }
access_token = "hunter2"
grants = ["reply", "pray"]
[channels.limits]
cpu_ms = "much"
memory_mib = 4096
[[channels]]
id = "a"
plugin = "x"
secert = { env = "X" }
weight = -1
"#,
    );
    let mut told: Vec<_> = found
        .iter()
        .map(|it| {
            let Place::Line(line) = it.place else {
                panic!("{it:?}");
            };
            (line, it.key.as_str(), it.what.as_str(), it.example)
        })
        .collect();
    told.sort_unstable();
    let expected: [(usize, &str, &str, Option<&str>); 15] = [
        (
            3,
            "server.listne",
            "unknown key; did you mean `listen`?",
            None,
        ),
        (4, "server.listen", "", Some(r#"listen = "127.0.0.1:8080""#)),
        (
            6,
            "runtime.slots",
            "give a number from 1 to 10000",
            Some("slots = 1000"),
        ),
        (
            7,
            "channels[0].plugin",
            "it is missing",
            Some(r#"plugin = "./echo.wasm""#),
        ),
        (
            10,
            "channels[0].secret",
            "the environment variable BOTBOX_TEST_NOT_SET is not set; set it to the secret",
            None,
        ),
        (
            11,
            "channels[0].access_token",
            "a secret is given by reference, as `{ env = \"NAME\" }` or `{ file = \"PATH\" }`",
            Some(r#"access_token = { env = "COFFEE_TOKEN" }"#),
        ),
        (
            12,
            "channels[0].grants[1]",
            "",
            Some(r#"grants = ["reply", "profile", "content"]"#),
        ),
        (
            14,
            "channels[0].limits.cpu_ms",
            "give a whole number from 0; it is a text",
            Some("cpu_ms = 500"),
        ),
        (
            15,
            "channels[0].limits.memory_mib",
            "give a number from 1 to 512",
            Some("memory_mib = 64"),
        ),
        (
            16,
            "channels[1].access_token",
            "it is missing",
            Some(r#"access_token = { env = "COFFEE_TOKEN" }"#),
        ),
        (
            16,
            "channels[1].provider",
            "it is missing",
            Some(r#"provider = "acme""#),
        ),
        (
            16,
            "channels[1].secret",
            "it is missing",
            Some(r#"secret = { env = "COFFEE_SECRET" }"#),
        ),
        (17, "channels[1].id", "", Some(r#"id = "coffee-shop""#)),
        (
            19,
            "channels[1].secert",
            "unknown key; did you mean `secret`?",
            None,
        ),
        (
            20,
            "channels[1].weight",
            "give a whole number from 0; it is below it, or too large",
            Some("weight = 1"),
        ),
    ];
    let keys: Vec<_> = told.iter().map(|it| it.1).collect();
    let wanted: Vec<_> = expected.iter().map(|it| it.1).collect();
    assert_eq!(keys, wanted);
    for (told, expected) in told.iter().zip(expected) {
        assert_eq!((told.0, told.3), (expected.0, expected.3), "{}", told.1);
        assert!(
            expected.2.is_empty() || told.2 == expected.2,
            "{}: {}",
            told.1,
            told.2
        );
        assert!(!told.2.contains("hunter2"));
    }
    assert!(
        found
            .iter()
            .all(|it| it.key.starts_with("channels[") == it.channel.is_some())
    );
}

/// What a channel's keys refer to is that channel's matter.
#[test]
fn a_channel_whose_secret_is_not_there_does_not_stop_the_others() {
    let channel = |id: &str, secret: &str| {
        format!(
            "[[channels]]\nid = \"{id}\"\nprovider = \"p\"\nplugin = \"x\"\n\
             secret = {{ file = \"{secret}\" }}\naccess_token = {{ file = \"{secret}\" }}\n"
        )
    };
    let config = load(&(channel("good", "secret") + &channel("bad", "nowhere"))).unwrap();
    let [good] = config.channels.as_slice() else {
        panic!("{config:?}");
    };
    let [bad] = config.failed.as_slice() else {
        panic!("{config:?}");
    };
    assert_eq!((good.id.as_str(), bad.id.as_str()), ("good", "bad"));
    let keys: Vec<_> = bad.problems.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(keys, ["channels[1].secret", "channels[1].access_token"]);
    let said = bad.problems[0].to_string();
    assert!(
        said.contains("botbox.toml:11: channels[1].secret (channel \"bad\"): cannot read"),
        "{said}"
    );
}

#[test]
fn a_channel_is_all_that_is_needed() {
    let config = load("").unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    let channel = &config.channels[0];
    assert!(channel.plugin.ends_with("echo.wasm") && channel.plugin.is_absolute());
    assert!(
        channel.deployment.grants.allow(Capability::Reply)
            && !channel.deployment.grants.allow(Capability::Push)
    );
    assert!(!format!("{config:?}").contains("s3cret"));
}

#[test]
fn providers_have_weights() {
    let config = load("[providers.acme]\nweight = 3\n").unwrap();
    assert_eq!(
        config.provider_weights,
        HashMap::from([(String::from("acme"), 3)])
    );
}

#[test]
fn problems_name_the_key_and_the_remedy() {
    let channel = |line: &str| {
        problem(&format!(
            "[[channels]]\nid = \"a\"\nprovider = \"p\"\naccess_token = {{ file = \"secret\" }}\n\
             plugin = \"x\"\n{line}"
        ))
    };
    let grants = |grants: &str| {
        channel(&format!(
            "secret = {{ file = \"secret\" }}\ngrants = [{grants}]"
        ))
    };
    for (said, expected) in [
        (
            problem("[providers.acme]\nweight = 0\n"),
            ": providers.acme.weight: give a number from 1 to 1000",
        ),
        (
            problem("[providers.amce]\nweight = 2\n"),
            ": providers.amce: no channel has this `provider`",
        ),
        (
            problem("[runtime]\nmemory_mib = 1\n"),
            ": runtime.memory_mib: give a number from 16",
        ),
        (
            problem("[runtime]\ncompute_threads = 0\n"),
            ": runtime.compute_threads: give a number from 1 to 1024",
        ),
        (
            problem("[sever]\n"),
            ": sever: unknown key; did you mean `server`?",
        ),
        (
            problem("[server]\nlisen = \"x\""),
            ": server.lisen: unknown key; did you mean `listen`?",
        ),
        (
            problem("[line]\ncolour = 1"),
            ": line.colour: unknown key; the known ones are `api_base`, `data_api_base`, `manager_base`, `access_base`, `timeout_ms`, `module_bot_header`",
        ),
        (
            problem("[server]\nlisten = \"x\""),
            ": server.listen: give an address and a port",
        ),
        (
            problem("[line]\ntimeout_ms = 0"),
            ": line.timeout_ms: give a number",
        ),
        (
            problem("[line]\nmodule_bot_header = \"bot id\""),
            ": line.module_bot_header: it is no name of a header",
        ),
        (
            problem("[store]\nurl = \"nats:x\""),
            ": store.url: `nats:x` is not supported",
        ),
        (
            problem("[journal]\nkeep_dead_days = 0"),
            ": journal.keep_dead_days: give a number from 1",
        ),
        (
            problem("[journal]\nkeep_handled_hours = 1000000"),
            ": journal.keep_handled_hours: that is more than 10 years",
        ),
        (
            channel("secret = { file = \"secret\" }\nweight = 0"),
            ": channels[0].weight: give a number from 1 to 1000",
        ),
        (
            channel("secret = { file = \"secret\" }\nretries = { attempts = 0 }"),
            ": channels[0].retries.attempts: give a number from 1",
        ),
        (
            channel("secret = { file = \"secret\" }\nretries = { trap_attempts = 0 }"),
            ": channels[0].retries.trap_attempts: give a number from 1",
        ),
        (
            channel("secret = { file = \"secret\" }\nlimits = { backlog_age_ms = 0 }"),
            ": channels[0].limits.backlog_age_ms: give a number",
        ),
        (channel(""), ": channels[0].secret: it is missing"),
        (
            channel("secret = \"hunter2\""),
            ": channels[0].secret: a secret is given by reference",
        ),
        (
            channel("secret = { env = \"BOTBOX_TEST_NOT_SET\" }"),
            ": channels[0].secret: the environment variable BOTBOX_TEST_NOT_SET is not set",
        ),
        (
            channel("secret = { file = \"nowhere\" }"),
            ": channels[0].secret: cannot read",
        ),
        (
            channel("secret = { file = \"secret\" }\ngrants = [\"pray\"]"),
            ": channels[0].grants[0]: there is no grant `pray`; the grants are account-link",
        ),
        (
            grants("\"line-api\""),
            ": channels[0].grants[0]: `line-api` is granted with a list",
        ),
        (
            grants("\"http\""),
            ": channels[0].grants[0]: `http` is granted with a list",
        ),
        (
            grants("{ http = [\"https://example.com/v1\"] }"),
            ": channels[0].grants[0]: `https://example.com/v1` is no origin: give a host,",
        ),
        (
            grants("{ reply = [\"x\"] }"),
            ": channels[0].grants[0]: `reply` has no options: write \"reply\"",
        ),
        (
            grants("{ line-api = [], reply = [] }"),
            ": channels[0].grants[0]: write one grant in each table",
        ),
        (
            grants("{ line-apo = [] }"),
            ": channels[0].grants[0]: there is no grant `line-apo`; did you mean `line-api`?",
        ),
        (
            grants("\"reply\", { line-api = [\"GET /v2/bot/../info\"] }"),
            ": channels[0].grants[1]: `GET /v2/bot/../info` is no rule: the path ",
        ),
        (
            grants("{ line-api = [\"FETCH /v2/bot/info\"] }"),
            ": channels[0].grants[0]: `FETCH /v2/bot/info` is no rule: give GET,",
        ),
        (
            channel("secret = { file = \"secret\" }\nbudget = {}"),
            ": channels[0].budget: give `per_hour`, `per_month` or both",
        ),
        (
            channel("secret = { file = \"secret\" }\nbudget = { per_hour = 0 }"),
            ": channels[0].budget: give numbers from 1",
        ),
        (
            channel("secret = { file = \"secret\" }\nlimits = { memory_mib = 4096 }"),
            ": channels[0].limits.memory_mib: give a number from 1 to 512",
        ),
        (
            channel(
                "secret = { file = \"secret\" }\nbeacons = [{ hwid = \"32AF\", name = \"a\" }]",
            ),
            ": channels[0].beacons[0].hwid: a hardware id has 10 hexadecimal digits",
        ),
        (
            channel(
                "secret = { file = \"secret\" }\nbeacons = [{ hwid = \"32AF519E88\", name = \"a\" }, \
                 { hwid = \"32af519e88\", name = \"b\" }]",
            ),
            ": channels[0].beacons[1].hwid: another beacon has the hardware id 32af519e88",
        ),
        (
            channel("secret = { file = \"secret\" }\nbeacon_visits = { gap_s = 0 }"),
            ": channels[0].beacon_visits.gap_s: give a number of seconds from 1",
        ),
        (
            channel("secret = { file = \"secret\" }\nconfig = { tables = 3 }"),
            ": channels[0].config.tables: give a text in quotes; it is a whole number",
        ),
    ] {
        assert!(
            said.starts_with(expected),
            "{said:?}, expected {expected:?}"
        );
        assert!(!said.contains("hunter2"));
    }
    let token = |line: &str| {
        problem(&format!(
            "[[channels]]\nid = \"a\"\nprovider = \"p\"\nplugin = \"x\"\n\
             secret = [{{ file = \"secret\" }}, {{ file = \"secret\" }}]\n{line}"
        ))
    };
    let no_key = "channel_id = \"1\"\naccess_token = { issue = \"v2.1\"";
    for (said, expected) in [
        (
            token("access_token = { issue = \"eternal\" }"),
            ": channels[0].access_token: unknown variant `eternal`, expected one of `short-lived`",
        ),
        (
            token("channel_id = \"1\"\naccess_token = { issue = \"stateless\", kye_id = \"k\" }"),
            ": channels[0].access_token.kye_id: unknown key; did you mean `key_id`?",
        ),
        (
            token("access_token = { issue = \"stateless\" }"),
            ": channels[0].channel_id: tokens are issued to a channel id",
        ),
        (
            token("channel_id = \"@bot\"\naccess_token = { issue = \"stateless\" }"),
            ": channels[0].channel_id: give the digits",
        ),
        (
            token(&format!("{no_key} }}")),
            ": channels[0].access_token.key: v2.1 tokens are issued by a key",
        ),
        (
            token(&format!("{no_key}, key_id = \"k\" }}")),
            ": channels[0].access_token.key: give the private key, too",
        ),
        (
            token(&format!("{no_key}, key = {{ file = \"secret\" }} }}")),
            ": channels[0].access_token.key_id: give the id",
        ),
        (
            token(&format!(
                "{no_key}, key_id = \"k\", key = {{ file = \"secret\" }} }}"
            )),
            ": channels[0].access_token.key: it is no private key",
        ),
        (
            token("access_token = \"hunter2\""),
            ": channels[0].access_token: a secret is given by reference",
        ),
        (
            channel("secret = []"),
            ": channels[0].secret: it lists 0 secrets; give 1 to 3",
        ),
        (
            channel("secret = [\"hunter2\"]"),
            ": channels[0].secret: a secret is given by reference",
        ),
    ] {
        assert!(
            said.starts_with(expected),
            "{said:?}, expected {expected:?}"
        );
        assert!(!said.contains("hunter2"));
    }
    let link = |server: &str, link: &str| {
        problem(&format!(
            "[server]\n{server}\n[[channels]]\nid = \"a\"\nprovider = \"p\"\nplugin = \"x\"\n\
             secret = {{ file = \"secret\" }}\naccess_token = {{ file = \"secret\" }}\n\
             [channels.account_link]\nservice = \"Cafe\"\nsecret = {{ file = \"secret\" }}\n{link}"
        ))
    };
    let login = "login_url = \"https://cafe.example/login\"";
    let public = "public_url = \"https://bots.example\"";
    for (said, expected) in [
        (
            link("", login),
            ": server.public_url: users link their accounts on a page of this host",
        ),
        (
            link("public_url = \"http://bots.example\"", login),
            ": server.public_url: secrets would travel in the clear",
        ),
        (
            link(public, "login_url = \"http://cafe.example/login\""),
            ": channels[0].account_link.login_url: give the https URL",
        ),
        (
            link(public, login),
            ": channels[0].account_link.secret: it has 6 characters; give at least 32",
        ),
    ] {
        assert!(
            said.starts_with(expected),
            "{said:?}, expected {expected:?}"
        );
    }
    let broken = problems("[server]\nsecret = \"hunter2");
    let said = broken[0].to_string();
    assert!(
        said.contains("botbox.toml:2: it is not valid TOML: "),
        "{said}"
    );
    assert!(!said.contains("hunter2"));
}
