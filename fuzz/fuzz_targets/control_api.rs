//! The simulator's control API: whatever comes, it answers, and never with a failure of its own.

#![no_main]

use std::sync::LazyLock;

use botbox_simulator::{Settings, Simulator};
use libfuzzer_sys::fuzz_target;
use reqwest::{Client, Method};
use tokio::runtime::Runtime;

/// Where the body goes. `BOT` stands for a bot that is there.
const ROUTES: [(&str, &str); 12] = [
    ("POST", "/bots"),
    ("POST", "/users"),
    ("POST", "/groups"),
    ("POST", "/faults"),
    ("POST", "/contents"),
    ("POST", "/bots/BOT/events"),
    ("POST", "/bots/BOT/keys"),
    ("PUT", "/bots/BOT/settings"),
    ("PUT", "/bots/BOT/webhook"),
    ("PUT", "/bots/BOT/memberships"),
    ("GET", "/bots/BOT/calls"),
    ("DELETE", "/faults"),
];

struct Stage {
    runtime: Runtime,
    simulator: Simulator,
    client: Client,
    bot: String,
}

static STAGE: LazyLock<Stage> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("a runtime starts");
    let simulator = runtime
        .block_on(Simulator::start(Settings::default()))
        .expect("the simulator starts");
    let client = Client::new();
    let made = runtime.block_on(async {
        let url = format!("{}/simulator/bots", simulator.url());
        let bot = client.post(url).body(r#"{"displayName":"fuzz"}"#);
        let bot = bot.header("content-type", "application/json");
        let answer = bot.send().await.expect("it answers");
        answer.json::<serde_json::Value>().await.expect("with JSON")
    });
    let bot = made["botId"].as_str().expect("with an id").to_owned();
    Stage {
        runtime,
        simulator,
        client,
        bot,
    }
});

fuzz_target!(|input: (u8, &[u8])| {
    let (route, body) = input;
    let stage = &*STAGE;
    let (method, path) = ROUTES[usize::from(route) % ROUTES.len()];
    let method: Method = method.parse().expect("it is a method");
    let path = path.replace("BOT", &stage.bot);
    let url = format!("{}/simulator{path}", stage.simulator.url());
    let status = stage.runtime.block_on(async {
        let request = stage.client.request(method, url).body(body.to_vec());
        let request = request.header("content-type", "application/json");
        request.send().await.map(|answer| answer.status())
    });
    let status = status.expect("it answers");
    assert!(!status.is_server_error(), "{status}");
});
