//! Plugins are loaded while the host takes webhooks already. One that can't be used costs its own
//! channel only, whose events wait until its file is mended.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use botbox_tests::{Bot, Channel, Host, HostBuilder, Line, plugin};
use serde_json::json;

/// Takes long to compile: so many functions, each of so many loops in one another's way.
pub(crate) fn bomb(functions: usize, loops: usize) -> Vec<u8> {
    let mut text = String::from("(component (core module");
    for _ in 0..functions {
        text.push_str("(func (param i32) (result i32) (local i32)");
        for _ in 0..loops {
            text.push_str(
                "(loop (local.set 1 (i32.add (local.get 1) (local.get 0))) \
                 (br_if 0 (i32.lt_u (local.get 1) (local.get 0))))",
            );
        }
        text.push_str("(local.get 1))");
    }
    text.push_str("))");
    wat::parse_str(text).unwrap()
}

/// A module inside of a component that exports the handler's name only.
fn component(module: &str) -> Vec<u8> {
    let text = format!("(component (core module $m {module}) (core instance (instantiate $m)))");
    wat::parse_str(text).unwrap()
}

fn channel(id: &str, bot: &Bot, file: &Path) -> Channel {
    Channel::new(id, bot, "echo").plugin(file)
}

/// The usual host, with little patience for compiling.
fn host(line: &Line, cpu_s: u64) -> HostBuilder {
    Host::beside(line).tables(&format!(
        "[runtime]\nslots = 8\ncompile_cpu_s = {cpu_s}\ncompile_memory_mib = 512\n"
    ))
}

#[tokio::test]
async fn a_plugin_that_cannot_be_used_costs_its_own_channel_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("bomb.wasm"), bomb(200, 1_000)).unwrap();
    fs::write(path("garbage.wasm"), b"print('hello')").unwrap();
    let line = Line::start().await;
    let mut builder = host(&line, 1);
    let mut bots = Vec::new();
    for name in ["bomb", "garbage", "missing"] {
        let bot = line.bot(name).await;
        let file = path(&format!("{name}.wasm"));
        builder = builder.channel(channel(name, &bot, &file));
        bots.push((name, bot));
    }
    let good = line.bot("Good").await;
    let setup = builder
        .channel(Channel::new("good", &good, "echo"))
        .set_up();
    let host = setup.spawn().ready().await;
    setup.point(&line, &host).await;
    let user = line.user("Aiko").await;

    // The bad ones take their webhooks, and the good one answers.
    for (name, bot) in &bots {
        let delivery = line.say(bot, &user, name).await;
        assert_eq!(delivery.status, Some(200), "{name}");
    }
    assert_eq!(line.ask(&good, &user, "hello").await, "hello");
    for (name, why) in [
        (
            "bomb",
            "more than 1 s of processor time, the limit: make it simpler, or raise runtime.compile_cpu_s",
        ),
        ("garbage", "not WebAssembly"),
        ("missing", "build the plugin, or correct the path"),
    ] {
        let status = host.channel(name, "failed").await;
        let said = status["why"].as_str().unwrap();
        assert!(said.contains(why) && said.contains(name), "{said}");
    }
    let stats = host.admin("/v1/journal/stats").await;
    assert_eq!(stats["channels"][0]["waiting"], 1, "{stats}");

    // Mended, each runs what has waited.
    for (name, bot) in &bots {
        fs::copy(plugin("echo"), path(&format!("{name}.wasm"))).unwrap();
        let sent = line.next(bot, &user.id, 1).await;
        assert_eq!(sent.text(), *name);
        host.channel(name, "ready").await;
    }
}

#[tokio::test]
async fn webhooks_are_taken_while_a_plugin_is_compiled() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("slow.wasm");
    fs::write(&file, bomb(2_000, 1_000)).unwrap();
    let line = Line::start().await;
    let bot = line.bot("Slow").await;
    let setup = host(&line, 600)
        .channel(channel("slow", &bot, &file))
        .set_up();
    let mut host = setup.spawn().ready().await;
    setup.point(&line, &host).await;
    host.log.expect("compiling the plugin").await;
    let user = line.user("Aiko").await;
    assert_eq!(line.say(&bot, &user, "hello").await.status, Some(200));
    assert_eq!(host.status().await["channels"][0]["state"], "loading");
    // Nor does it hold up a stop.
    host.signal("TERM");
    assert!(host.ended().await.success());
}

/// The bounds of compiling are those of each component: a bomb has them in another process.
#[tokio::test]
async fn compiling_is_bounded_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.wasm");
    let mut module = String::from("(module (func");
    for _ in 0..400_000 {
        module.push_str("(block)");
    }
    module.push_str("))");
    let locals = format!("(component (core {}", &module[1..]);
    let mut text = locals;
    write!(text, ")").unwrap();
    fs::write(&file, wat::parse_str(text).unwrap()).unwrap();
    let line = Line::start().await;
    let bot = line.bot("Large").await;
    let host = Host::beside(&line)
        .tables("[runtime]\nslots = 8\ncompile_memory_mib = 128\n")
        .channel(channel("large", &bot, &file))
        .start(&line)
        .await;
    let status = host.channel("large", "failed").await;
    let why = status["why"].as_str().unwrap();
    assert!(
        why.contains("more than 128 MiB of memory, the limit")
            && why.contains("compile_memory_mib"),
        "{why}"
    );
}

#[tokio::test]
async fn what_is_known_of_a_component_is_told_when_it_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let other_export = r#"(component
        (component $inner)
        (instance $it (instantiate $inner))
        (export "acme:other/thing" (instance $it)))"#;
    let foreign_import = r#"(component
        (import "acme:secret/door" (instance (export "open" (func))))
        (component $inner)
        (instance $it (instantiate $inner))
        (export "botbox:line/handler@0.1.0" (instance $it)))"#;
    let empty_handler = r#"(component
        (component $inner)
        (instance $it (instantiate $inner))
        (export "botbox:line/handler@0.1.0" (instance $it)))"#;
    let compiled = |text| wat::parse_str(text).unwrap();
    let cases = [
        ("empty", Vec::new(), "not WebAssembly"),
        (
            "module",
            compiled("(module)"),
            "a core WebAssembly module, not a component",
        ),
        (
            "cut",
            fs::read(plugin("echo")).unwrap()[..1_000].to_vec(),
            "not a valid component",
        ),
        (
            "nothing",
            compiled("(component)"),
            "does not export botbox:line/handler@0.1.0; it exports nothing",
        ),
        (
            "other",
            compiled(other_export),
            "it exports acme:other/thing",
        ),
        ("foreign", compiled(foreign_import), "acme:secret/door"),
        (
            "handler",
            compiled(empty_handler),
            "botbox:line/handler@0.1.0 is not the one of this host",
        ),
        (
            "memories",
            component("(memory 1) (memory 1) (memory 1)"),
            "3 memories; the limit is 2: link it to one module",
        ),
        (
            "memory",
            component("(memory 8193)"),
            "536936448 bytes of memory to begin with; the limit is 536870912",
        ),
        (
            "tables",
            component(&"(table 1 funcref)".repeat(33)),
            "33 tables; the limit is 32",
        ),
        (
            "elements",
            component("(table 100001 funcref)"),
            "100001 table elements to begin with; the limit is 100000",
        ),
        (
            "threads",
            component("(memory 1 1 shared)"),
            "a feature of WebAssembly that this host does not have: threads",
        ),
        (
            "exceptions",
            component("(tag)"),
            "a feature of WebAssembly that this host does not have: exceptions",
        ),
        (
            "gc",
            component("(table 1 externref)"),
            "a feature of WebAssembly that this host does not have: gc types",
        ),
    ];
    let line = Line::start().await;
    let mut builder = Host::beside(&line);
    for (name, bytes, _) in &cases {
        let file = folder.path().join(format!("{name}.wasm"));
        fs::write(&file, bytes).unwrap();
        let bot = line.bot(name).await;
        builder = builder.channel(channel(name, &bot, &file));
    }
    let bot = line.bot("Tables").await;
    let two_tables = folder.path().join("two-tables.wasm");
    let text = component("(table 1 funcref) (table 1 funcref)");
    fs::write(&two_tables, text).unwrap();
    let builder = builder.channel(channel("two-tables", &bot, &two_tables));
    let bot = line.bot("Greedy").await;
    let greedy = Channel::new("greedy", &bot, "probe")
        .with("grants = [\"reply\"]\nlimits = { memory_mib = 1 }");
    let bot = line.bot("Ungranted").await;
    let ungranted = Channel::new("ungranted", &bot, "probe").with("grants = [\"reply\"]");
    let host = builder
        .channel(greedy)
        .channel(ungranted)
        .start(&line)
        .await;
    let why = async |name: &str| {
        let status = host.channel(name, "failed").await;
        status["why"].as_str().unwrap().to_owned()
    };
    for (name, _, expected) in &cases {
        let said = why(name).await;
        assert!(
            said.contains(expected) && said.contains(&format!("{name}.wasm")),
            "{said}\nexpected {expected}"
        );
    }
    // As many as are documented: nothing but the handler is missing.
    let said = why("two-tables").await;
    assert!(said.contains("it exports nothing"), "{said}");
    let said = why("greedy").await;
    assert!(
        said.contains("the channel's limit is 1 MiB: raise limits.memory_mib"),
        "{said}"
    );
    host.channel("ungranted", "ready").await;
    let warned = host
        .log
        .expect("imports what the channel does not grant")
        .await;
    let imports = warned["imports"].as_str().unwrap();
    assert!(
        imports.contains("push") && !imports.contains("reply"),
        "{imports}"
    );
    assert_eq!(json!("ungranted"), warned["channel"]);
}
