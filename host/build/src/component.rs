//! Components: made of what compilers give, and looked into for what they import.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER as ADAPTER;
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::WorldItem;
use wit_parser::decoding::{DecodedWasm, decode};

use crate::contract;

/// Why a file is no component of a bot.
#[derive(Debug, thiserror::Error)]
pub enum ComponentError {
    /// A module without the types that the SDK's bindings leave in it.
    #[error("what the compiler made can't become a component: {0}")]
    Encode(String),
    /// Something else.
    #[error("it is no component: {0}")]
    Decode(String),
    /// A component of some other kind.
    #[error(
        "the component is no bot: it does not export `botbox:line/handler`; does it call `bot!`?"
    )]
    NoHandler,
}

/// Makes a component of a core module that has the types of its imports with it.
///
/// # Errors
///
/// When it has not.
pub fn encode(module: &[u8]) -> Result<Vec<u8>, ComponentError> {
    ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| ComponentError::Encode(format!("{error:#}")))
}

/// Makes a component of a core module that has no types with it, only functions by the names that the
/// contract gives them. What it asks of WASI's first version, as the C libraries do, becomes calls of the second.
///
/// # Errors
///
/// When it imports something else, or does not export what a bot does.
pub fn encode_bare(module: &[u8]) -> Result<Vec<u8>, ComponentError> {
    let (resolve, world) = contract::world().map_err(ComponentError::Encode)?;
    let mut module = without_debug_information(module)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .and_then(|()| ComponentEncoder::default().validate(true).module(&module))
        .and_then(|encoder| encoder.adapter("wasi_snapshot_preview1", ADAPTER))
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| ComponentError::Encode(format!("{error:#}")))
}

/// A module without its custom sections `.debug_…`, which are many times the rest. The names of its functions stay, so
/// that a host can tell where a bot ended.
fn without_debug_information(module: &[u8]) -> Result<Vec<u8>, ComponentError> {
    let mut kept = Vec::with_capacity(module.len());
    // Up to where the module is looked at, in it.
    let mut end = 0;
    for part in Parser::new(0).parse_all(module) {
        let part = part.map_err(|error| ComponentError::Encode(error.to_string()))?;
        let is_dropped = match &part {
            Payload::CustomSection(section) => section.name().starts_with(".debug_"),
            _ => false,
        };
        let range = match &part {
            Payload::Version { range, .. } => range.clone(),
            other => match other.as_section() {
                Some((_, range)) => range,
                None => continue,
            },
        };
        // A section's range does not have its head.
        if !is_dropped {
            kept.extend_from_slice(&module[end..range.end]);
        }
        end = range.end;
    }
    Ok(kept)
}

/// What a bot asks of its host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The interfaces that it imports, such as `botbox:line/reply@0.1.0`.
    pub imports: Vec<String>,
    /// The grants for them, by their names in the configuration.
    pub grants: BTreeSet<String>,
}

/// The interfaces of WASI that need a grant, by the beginning of their names.
const WASI_GRANTS: [(&str, &str); 2] = [
    ("wasi:keyvalue/", "keyvalue"),
    ("wasi:http/outgoing-handler", "http"),
];

/// The interfaces of `botbox:line` that need none: types, and the event's own JSON.
const FREE: [&str; 5] = ["errors", "events", "messages", "users", "current-event"];

impl Needs {
    /// What the component of a bot needs.
    ///
    /// # Errors
    ///
    /// When it is no component, or exports no handler.
    pub fn of(component: &[u8]) -> Result<Self, ComponentError> {
        let refused = |why: String| ComponentError::Decode(why);
        let decoded = decode(component).map_err(|error| refused(format!("{error:#}")))?;
        let DecodedWasm::Component(resolve, world) = decoded else {
            return Err(refused(String::from("it is a WIT package")));
        };
        let world = &resolve.worlds[world];
        let names = |items: &wit_parser::IndexMap<wit_parser::WorldKey, WorldItem>| {
            let keys = items.keys();
            keys.map(|key| resolve.name_world_key(key))
                .collect::<Vec<_>>()
        };
        let mut exports = names(&world.exports).into_iter();
        if !exports.any(|name| name.starts_with("botbox:line/handler@")) {
            return Err(ComponentError::NoHandler);
        }
        let functions: BTreeMap<String, Vec<&str>> = world
            .imports
            .iter()
            .filter_map(|(key, item)| match item {
                WorldItem::Interface { id, .. } => {
                    let functions = resolve.interfaces[*id].functions.keys();
                    let functions = functions.map(String::as_str).collect();
                    Some((resolve.name_world_key(key), functions))
                }
                _ => None,
            })
            .collect();
        let mut grants: BTreeSet<String> =
            functions.keys().filter_map(|name| grant(name)).collect();
        // A late answer is pushed.
        if functions
            .values()
            .flatten()
            .any(|name| *name == "reply-or-push")
        {
            grants.insert(String::from("push"));
        }
        Ok(Self {
            imports: functions.into_keys().collect(),
            grants,
        })
    }

    /// Without the grants that list what may be asked for, such as origins of requests.
    #[must_use]
    pub fn without_lists(mut self) -> Self {
        self.grants
            .retain(|grant| !matches!(grant.as_str(), "http" | "line-api"));
        self
    }

    /// The grants as a line of the configuration. What only the operator knows, such as the origins of
    /// requests, stands there as an example.
    #[must_use]
    pub fn grants_toml(&self) -> String {
        let mut list = String::new();
        for grant in &self.grants {
            let separator = if list.is_empty() { "" } else { ", " };
            // Writing to a string does not fail.
            let _ = match grant.as_str() {
                "http" => write!(
                    list,
                    "{separator}{{ http = [\"https://api.example.com\"] }}"
                ),
                "line-api" => write!(list, "{separator}{{ line-api = [\"GET /v2/bot/info\"] }}"),
                name => write!(list, "{separator}\"{name}\""),
            };
        }
        format!("grants = [{list}]")
    }
}

/// The grant that an interface needs.
fn grant(interface: &str) -> Option<String> {
    let of_wasi = WASI_GRANTS
        .iter()
        .find(|(begin, _)| interface.starts_with(begin));
    if let Some((_, grant)) = of_wasi {
        return Some((*grant).to_owned());
    }
    let name = interface.strip_prefix("botbox:line/")?;
    let name = name.split('@').next().unwrap_or(name);
    (!FREE.contains(&name)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_information_is_left_out_and_names_are_not() {
        let text = r#"(module
            (@custom ".debug_info" "long")
            (func $looped)
            (@custom ".debug_line" "longer")
            (@custom "producers" "\00"))"#;
        let module = wat::parse_str(text).unwrap();
        let kept = without_debug_information(&module).unwrap();
        let has = |name: &[u8]| kept.windows(name.len()).any(|bytes| bytes == name);
        assert!(!has(b".debug_"));
        assert!(has(b"looped") && has(b"producers"));
        assert!(Parser::new(0).parse_all(&kept).all(|part| part.is_ok()));
        assert_eq!(without_debug_information(&kept).unwrap(), kept);
    }

    const BOT: &str = r#"(component
        (import "botbox:line/errors@0.1.0" (instance))
        (import "botbox:line/profile@0.1.0" (instance))
        (import "botbox:line/reply@0.1.0" (instance
            (export "reply-or-push" (func))))
        (import "wasi:keyvalue/store@0.2.0-draft2" (instance))
        (import "wasi:http/outgoing-handler@0.2.0" (instance))
        (import "wasi:clocks/wall-clock@0.2.0" (instance))
        (instance $handler)
        (export "botbox:line/handler@0.1.0" (instance $handler))
    )"#;

    #[test]
    fn imports_tell_the_grants() {
        let needs = Needs::of(&wat::parse_str(BOT).unwrap()).unwrap();
        assert_eq!(
            needs.grants_toml(),
            "grants = [{ http = [\"https://api.example.com\"] }, \"keyvalue\", \"profile\", \
             \"push\", \"reply\"]"
        );
        assert_eq!(needs.imports.len(), 6);
    }

    #[test]
    fn what_is_no_bot_is_told() {
        for wat in ["(component)", "(module)"] {
            let error = Needs::of(&wat::parse_str(wat).unwrap()).unwrap_err();
            assert!(
                error.to_string().contains("does it call `bot!`?"),
                "{error}"
            );
        }
        let error = Needs::of(b"no wasm").unwrap_err();
        assert!(error.to_string().contains("it is no component"), "{error}");
        let error = encode(b"no wasm").unwrap_err();
        assert!(
            error.to_string().contains("can't become a component"),
            "{error}"
        );
    }
}
