//! An ordinary program for `wasm32-wasip2`: shows what it finds in its WASI.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "ordinary programs print"
)]

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::net::{TcpStream, UdpSocket};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fs, process, thread};

use botbox_sdk::prelude::*;

bot!(show);

fn show(event: Event) -> Result {
    let shown = match event.text() {
        Some("time") => SystemTime::now()
            .duration_since(UNIX_EPOCH)?
            .as_secs()
            .to_string(),
        Some("random") => HashMap::<(), ()>::new().hasher().hash_one(0).to_string(),
        Some("print") => {
            println!("on stdout");
            eprintln!("on stderr");
            String::from("printed")
        }
        Some("environment") => format!(
            "{} variables, {} arguments",
            env::vars().count(),
            env::args().count()
        ),
        Some("read") => outcome(fs::read("/etc/passwd")),
        Some("write") => outcome(fs::write("/tmp/botbox-was-here", "")),
        Some("list") => outcome(fs::read_dir("/")),
        Some("tcp") => outcome(TcpStream::connect("127.0.0.1:80")),
        Some("udp") => outcome(UdpSocket::bind("127.0.0.1:0")),
        Some("sleep") => {
            thread::sleep(Duration::from_secs(3_600));
            String::from("slept")
        }
        Some("exit") => process::exit(7),
        other => format!("{other:?}"),
    };
    reply(shown)?;
    Ok(())
}

fn outcome<T>(result: std::io::Result<T>) -> String {
    match result {
        Ok(_) => String::from("allowed"),
        Err(error) => format!("refused: {error}"),
    }
}
