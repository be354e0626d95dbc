//! What is another's: ids, keys, files, and paths that lead elsewhere.

use botbox_sdk::prelude::*;
use botbox_sdk::{account_link, coupon, group, line_api, module, rich_menu, room, store};
use wasip2::cli::environment::{get_arguments, get_environment};
use wasip2::filesystem::preopens::get_directories;
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::ip_name_lookup::resolve_addresses;
use wasip2::sockets::network::IpAddressFamily;
use wasip2::sockets::tcp_create_socket::create_tcp_socket;
use wasip2::sockets::udp_create_socket::create_udp_socket;

use crate::got::{Got, beginning};

/// Ids that would lead to another operation if they got into a path as they are.
const IDS: [&str; 10] = [
    "..",
    "../../oauth2/v2.1/token",
    "U1/../../info",
    "U1?x=y",
    "U1#x",
    "U1%2f..%2f..",
    "U1\r\nauthorization: Bearer x",
    "U1 HTTP/1.1",
    "",
    "\u{202e}U1",
];

pub(crate) fn run(words: &[&str]) -> Option<Got> {
    Some(match *words {
        ["foreign-ids"] => foreign_ids(),
        ["foreign-paths"] => foreign_paths(),
        ["foreign-keys", bucket] => foreign_keys(bucket),
        ["keep", bucket, value] => {
            let bucket = store::open(bucket).expect("a bucket");
            format!("{:?}", bucket.set("secret", value))
        }
        ["machine"] => machine(),
        _ => return None,
    })
}

fn foreign_ids() -> Got {
    let mut got = Vec::new();
    for id in IDS {
        got.extend([
            profile(id).err().map(|it| beginning(&it)),
            content(id).err().map(|it| beginning(&it)),
            group::get_group_summary(id).err().map(|it| beginning(&it)),
            room::leave_room(id).err().map(|it| beginning(&it)),
            rich_menu::delete_rich_menu(id)
                .err()
                .map(|it| beginning(&it)),
            coupon::close_coupon(id).err().map(|it| beginning(&it)),
            module::release_chat_control(None, id)
                .err()
                .map(|it| beginning(&it)),
            account_link::create_link(id).err().map(|it| beginning(&it)),
        ]);
    }
    summary(got)
}

fn foreign_paths() -> Got {
    let paths = [
        "/v2/bot/info/../../../oauth2/v2.1/token",
        "/v2/bot/%2e%2e/info",
        "//169.254.169.254/latest",
        "@169.254.169.254/",
        "https://169.254.169.254/",
        "/v2/bot/info\r\nx-line-retry-key: 1",
        "/v2/bot/info HTTP/1.1\r\nhost: other",
        "/v2/bot/message/push",
        "/v2/oauth/accessToken",
        "/oauth2/v3/token",
    ];
    let call = |path: &str, content_type: Option<&str>| {
        let request = line_api::Request {
            method: String::from("POST"),
            path: path.to_owned(),
            content_type: content_type.map(str::to_owned),
            body: Vec::new(),
        };
        line_api::call(&request).err().map(|it| beginning(&it))
    };
    let mut got: Vec<_> = paths.into_iter().map(|path| call(path, None)).collect();
    got.push(call("/v2/bot/info", Some("a/b\r\nauthorization: Bearer x")));
    summary(got)
}

/// A bucket of the name that another channel has.
fn foreign_keys(bucket: &str) -> Got {
    let bucket = store::open(bucket).expect("a bucket");
    format!("{:?}, {:?}", bucket.get_text("secret"), bucket.keys())
}

fn machine() -> Got {
    let looked_up = resolve_addresses(&instance_network(), "localhost").and_then(|addresses| {
        addresses.subscribe().block();
        addresses.resolve_next_address()
    });
    format!(
        "{} variables, {} arguments, {} folders, TCP {}, UDP {}, look-up {}",
        get_environment().len(),
        get_arguments().len(),
        get_directories().len(),
        create_tcp_socket(IpAddressFamily::Ipv4).is_ok(),
        create_udp_socket(IpAddressFamily::Ipv4).is_ok(),
        looked_up.is_ok(),
    )
}

/// How many came to what.
fn summary(got: Vec<Option<String>>) -> Got {
    let mut counts = std::collections::BTreeMap::<String, u32>::new();
    for one in got {
        *counts
            .entry(one.unwrap_or_else(|| String::from("taken")))
            .or_default() += 1;
    }
    let counts = counts.iter().map(|(what, count)| format!("{count} {what}"));
    counts.collect::<Vec<_>>().join(", ")
}
