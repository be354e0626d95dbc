//! What is opened and never closed.

use botbox_sdk::content::get_message_content;
use botbox_sdk::keyvalue::atomics::Cas;
use botbox_sdk::keyvalue::store::open;
use botbox_sdk::media::start_upload;
use botbox_sdk::rich_menu::set_rich_menu_image;
use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::http::types::Fields;

use crate::got::{Got, beginning, until_refused};

pub(crate) fn run(words: &[&str]) -> Option<Got> {
    Some(match *words {
        ["hoard", "contents"] => until_refused(|| get_message_content("1")),
        ["hoard", "images"] => until_refused(|| set_rich_menu_image("richmenu-1", "image/png")),
        ["hoard", "uploads"] => until_refused(|| start_upload("image/png", None)),
        ["hoard", "values"] => {
            let bucket = open("").expect("a bucket");
            until_refused(|| Cas::new(&bucket, "x"))
        }
        ["hoard", "buckets"] => until_refused(|| open("")),
        ["hoard", "pollables"] => hold(|| subscribe_duration(u64::MAX)),
        ["hoard", "fields"] => hold(Fields::new),
        ["fill-an-upload"] => fill_upload(),
        ["fill-an-image"] => {
            let image = set_rich_menu_image("richmenu-1", "image/png").expect("an image");
            until_refused(|| image.write(&[b'x'; 100_000]))
        }
        _ => return None,
    })
}

/// Holds what never runs out.
fn hold<T>(make: impl Fn() -> T) -> ! {
    let mut held = Vec::new();
    loop {
        held.push(make());
    }
}

/// A picture that does not end.
fn fill_upload() -> Got {
    let upload = start_upload("image/png", None).expect("an upload");
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.resize(1 << 20, 0);
    let mut written = 0;
    loop {
        match upload.write(&bytes) {
            Ok(()) => written += 1,
            Err(error) => return format!("{written} MiB, then {}", beginning(&error)),
        }
    }
}
