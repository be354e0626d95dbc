//! What the documents give operators to copy is taken by the programs that it is for, where this machine has them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The first block of a language in `docs/operations/running.md` that contains some words.
fn block(language: &str, words: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations/running.md");
    let page = fs::read_to_string(page).unwrap();
    let mut blocks = page.split("```").skip(1).step_by(2);
    let block = blocks.find_map(|it| {
        let text = it.strip_prefix(language)?.strip_prefix('\n')?;
        text.contains(words).then(|| text.to_owned())
    });
    block.unwrap_or_else(|| panic!("no block of {language} has {words:?}"))
}

/// A program, if this machine has it.
fn program(name: &str) -> Option<PathBuf> {
    let folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin"];
    let mut all = folders.iter().map(|folder| Path::new(folder).join(name));
    all.find(|it| it.exists())
}

#[track_caller]
fn accepts(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

#[test]
fn systemd_takes_the_unit() {
    let unit = block("ini", "ExecStart");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("botbox.service");
    // Where the binary is on this machine does not matter.
    let unit = unit.replace("/usr/local/bin/botbox", "/bin/true");
    fs::write(&file, unit).unwrap();
    if let Some(analyze) = program("systemd-analyze") {
        accepts(Command::new(analyze).arg("verify").arg(file));
    }
}

#[test]
fn caddy_takes_its_file() {
    let text = block("text", "reverse_proxy");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Caddyfile");
    fs::write(&file, text).unwrap();
    if let Some(caddy) = program("caddy") {
        let arguments = ["validate", "--adapter", "caddyfile", "--config"];
        accepts(Command::new(caddy).args(arguments).arg(file));
    }
}

#[test]
fn nginx_takes_its_server() {
    let text = block("text", "proxy_pass");
    let Some(nginx) = program("nginx") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let key = rcgen::generate_simple_self_signed(vec![String::from("bots.example.com")]).unwrap();
    fs::write(path("fullchain.pem"), key.cert.pem()).unwrap();
    fs::write(path("privkey.pem"), key.signing_key.serialize_pem()).unwrap();
    let there = folder.path().display().to_string();
    let text = text.replace("/etc/letsencrypt/live/bots.example.com", &there);
    fs::write(path("server.conf"), text).unwrap();
    let main = format!(
        "pid {there}/pid;\nerror_log {there}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n\
         include {there}/server.conf;\n}}\n"
    );
    fs::write(path("nginx.conf"), main).unwrap();
    accepts(
        Command::new(nginx)
            .arg("-t")
            .arg("-c")
            .arg(path("nginx.conf")),
    );
}
