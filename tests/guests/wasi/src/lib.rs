//! An ordinary program for `wasm32-wasip2`: shows what it finds in its WASI.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "ordinary programs print"
)]

use std::collections::HashMap;
use std::fmt::Display;
use std::hash::BuildHasher;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fs, process, thread};

use botbox_sdk::prelude::*;
// Not by way of std::net: the C library of Debian's toolchain has no sockets.
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::ip_name_lookup::resolve_addresses;
use wasip2::sockets::network::IpAddressFamily;
use wasip2::sockets::tcp_create_socket::create_tcp_socket;
use wasip2::sockets::udp_create_socket::create_udp_socket;

bot!(show);

/// How many events the instance has had that began a line.
static EVENTS: AtomicU32 = AtomicU32::new(0);

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
        // Without the end of a line.
        Some("begin") => {
            print!("begun by {:?}", event.user_id());
            io::stdout().flush()?;
            format!("{} events", EVENTS.fetch_add(1, Ordering::Relaxed) + 1)
        }
        Some("environment") => format!(
            "{} variables, {} arguments",
            env::vars().count(),
            env::args().count()
        ),
        Some("read") => outcome(fs::read("/etc/passwd")),
        Some("write") => outcome(fs::write("/tmp/botbox-was-here", "")),
        Some("list") => outcome(fs::read_dir("/")),
        Some("tcp") => outcome(create_tcp_socket(IpAddressFamily::Ipv4)),
        Some("udp") => outcome(create_udp_socket(IpAddressFamily::Ipv4)),
        Some("lookup") => look_up("localhost"),
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

/// The answer to a look-up comes later, and so does its refusal.
fn look_up(name: &str) -> String {
    outcome(
        resolve_addresses(&instance_network(), name).and_then(|addresses| {
            addresses.subscribe().block();
            addresses.resolve_next_address()
        }),
    )
}

fn outcome<T, E: Display>(result: Result<T, E>) -> String {
    match result {
        Ok(_) => String::from("allowed"),
        Err(error) => format!("refused: {error}"),
    }
}
