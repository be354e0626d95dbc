//! From an empty folder to the first answer.

use std::path::Path;
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

    let line = Line::start().await;
    let bot = line.bot("Hello").await;
    let plugin = hello.join("build/hello.wasm");
    // The name is of a plugin that is there; its file is another one.
    let channel = Channel::new("hello", &bot, "echo").plugin(&plugin);
    let host = Host::beside(&line).channel(channel.with(grants));
    let _host = host.start(&line).await;
    let user = line.user("Aiko").await;
    assert_eq!(line.ask(&bot, &user, "the first").await, "the first");
    println!("in TypeScript: {:.1} s", begin.elapsed().as_secs_f64());
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
    println!("in Python: {:.1} s", begin.elapsed().as_secs_f64());
}
