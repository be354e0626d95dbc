//! The browser chat: who opens the simulator's address talks to a bot as on a phone.
//!
//! The page is a folder of files (`web/`) that the binary holds: modules that browsers load as they
//! are, with nothing to build and nothing from elsewhere. Its policy allows scripts and styles from
//! here alone, and pictures, videos and sounds from anywhere, since bots name them.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, SHA256, digest};

use crate::origin;
use crate::world::Shared;

/// The files with these paths in `web/`.
macro_rules! files {
    ($($path:literal)*) => {
        &[$(($path, include_bytes!(concat!("../web/", $path)))),*]
    };
}

/// All files of the page but its start.
const FILES: &[(&str, &[u8])] = files!(
    "api.js"
    "dialogs.js"
    "effects.js"
    "exchanges.js"
    "flex/components.js"
    "flex/container.js"
    "flex/measures.js"
    "flex/style.js"
    "html.js"
    "i18n.js"
    "icon.svg"
    "main.js"
    "messages/audio.js"
    "messages/carousel.js"
    "messages/coupon.js"
    "messages/file.js"
    "messages/flex.js"
    "messages/image.js"
    "messages/imagemap.js"
    "messages/location.js"
    "messages/media.js"
    "messages/message.js"
    "messages/picture.js"
    "messages/sticker.js"
    "messages/template-buttons.js"
    "messages/template-card.js"
    "messages/template-carousel.js"
    "messages/template-confirm.js"
    "messages/template-image-carousel.js"
    "messages/template.js"
    "messages/text-v2.js"
    "messages/text.js"
    "messages/unknown.js"
    "messages/video.js"
    "messages/words.js"
    "notices.js"
    "stickers.js"
    "store.js"
    "styles/base.css"
    "styles/chat.css"
    "styles/flex.css"
    "styles/inspector.css"
    "styles/layout.css"
    "styles/messages.css"
    "tap.js"
    "ui.js"
    "urls.js"
    "vendor/htm.js"
    "vendor/preact-hooks.js"
    "vendor/preact.js"
    "vendor/signals-core.js"
    "vendor/signals.js"
    "views/announcer.js"
    "views/app.js"
    "views/avatar.js"
    "views/chat.js"
    "views/composer.js"
    "views/dialogs.js"
    "views/happen.js"
    "views/icons.js"
    "views/inspector.js"
    "views/json.js"
    "views/log.js"
    "views/making.js"
    "views/quick-replies.js"
    "views/rich-menu.js"
    "views/row.js"
    "views/sidebar.js"
    "views/sticker-picker.js"
    "views/toast.js"
    "views/welcome.js"
);

const INDEX: &str = include_str!("../web/index.html");

/// The import map is the one script that stands in the page itself; it is allowed by its digest.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let (_, rest) = INDEX.split_once(r#"<script type="importmap">"#)?;
    let (import_map, _) = rest.split_once("</script>")?;
    let digest = STANDARD.encode(digest(&SHA256, import_map.as_bytes()));
    let policy = format!(
        "default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; \
         connect-src 'self'; img-src 'self' data: blob: http: https:; \
         media-src 'self' blob: http: https:; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).ok()
});

/// Changes with any file, so that a browser asks each time and mostly hears that nothing is new.
static VERSION: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let mut digest = Context::new(&SHA256);
    digest.update(INDEX.as_bytes());
    for (_, bytes) in FILES {
        digest.update(bytes);
    }
    let version = hex::encode(&digest.finish().as_ref()[..8]);
    HeaderValue::try_from(format!("\"{version}\"")).ok()
});

/// The page at `/`, its files below `/assets`.
pub(crate) fn routes(shared: &Shared) -> Router<Shared> {
    Router::new()
        .route("/", get(index))
        .route("/assets/{*path}", get(asset))
        .layer(from_fn_with_state(shared.clone(), origin::own_names_only))
}

async fn index(headers: HeaderMap) -> Response {
    let page = answer(&headers, "text/html; charset=utf-8", INDEX.as_bytes());
    let policy = POLICY
        .clone()
        .map(|policy| (CONTENT_SECURITY_POLICY, policy));
    with(page, policy)
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    match FILES.iter().find(|(known, _)| *known == path) {
        Some((_, bytes)) => answer(&headers, media_type(&path), bytes),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(headers: &HeaderMap, media_type: &'static str, bytes: &'static [u8]) -> Response {
    let version = VERSION.clone();
    let known = headers.get(IF_NONE_MATCH);
    let response = if known.is_some() && known == version.as_ref() {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(bytes))
    };
    let fixed = [
        (CONTENT_TYPE, media_type),
        (CACHE_CONTROL, "no-cache"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    let fixed = fixed.map(|(name, value)| (name, HeaderValue::from_static(value)));
    let version = version.map(|version| (ETAG, version));
    with(response, fixed.into_iter().chain(version))
}

fn with(
    mut response: Response,
    headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
) -> Response {
    response.headers_mut().extend(headers);
    response
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn every_file_of_the_page_is_served() {
        let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        let mut found = BTreeSet::new();
        let mut folders = vec![web.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path: PathBuf = entry.unwrap().path();
                let served = path
                    .extension()
                    .is_some_and(|ending| ending == "js" || ending == "css" || ending == "svg");
                if path.is_dir() && !path.ends_with("test") {
                    folders.push(path);
                } else if served {
                    let name = path.strip_prefix(&web).unwrap();
                    found.insert(name.to_str().unwrap().to_owned());
                }
            }
        }
        let listed = FILES.iter().map(|(path, _)| (*path).to_owned());
        assert_eq!(listed.collect::<BTreeSet<_>>(), found);
    }

    #[test]
    fn vendored_files_are_as_they_came() {
        let sums = include_str!("../web/vendor/SHA256SUMS").lines();
        let sums: BTreeSet<_> = sums.map(str::to_owned).collect();
        let vendored = FILES.iter().filter_map(|(path, bytes)| {
            let name = path.strip_prefix("vendor/")?;
            Some(format!("{}  {name}", hex::encode(digest(&SHA256, bytes))))
        });
        assert_eq!(vendored.collect::<BTreeSet<_>>(), sums);
    }

    #[test]
    fn the_import_map_is_allowed() {
        let policy = POLICY.clone().unwrap();
        assert!(policy.to_str().unwrap().contains("'sha256-"));
    }
}
