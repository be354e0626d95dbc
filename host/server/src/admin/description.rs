//! What the API does, for programs and for people: a description in OpenAPI 3.1.
//!
//! It is made of the handlers' own types: what a handler takes says which parameters, body and token it needs
//! and how it refuses, and what it returns says what it answers. So a route can't be there without its
//! description, and a description can't say what the handler does not do. utoipa repeats all of that in
//! attributes beside each handler; aide infers it, too, but keeps schemas of an older draft in a variable of the
//! thread. So the schemas are schemars', and the rest is here.

mod handler;
mod operation;
mod path_parameters;

use axum::http::{Method, StatusCode};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

pub(super) use self::handler::Described;
pub(super) use self::operation::{Answer, Input, Operation};

/// Where the description's schemas are.
const SCHEMAS: &str = "/components/schemas";

/// A description that grows by an operation at a time.
pub(super) struct Description {
    schemas: SchemaGenerator,
    paths: Map<String, Value>,
    tags: Vec<Value>,
}

impl Description {
    pub(super) fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = SCHEMAS.into();
            settings.meta_schema = None;
        });
        Self {
            schemas: settings.into_generator(),
            paths: Map::new(),
            tags: Vec::new(),
        }
    }

    /// Begins a group of operations.
    pub(super) fn group(&mut self, name: &str, about: &str) {
        self.tags.push(json!({"name": name, "description": about}));
    }

    /// Adds an operation of the last group.
    pub(super) fn add<H: Described<T>, T>(
        &mut self,
        method: &Method,
        path: &str,
        summary: &str,
        refusals: &[(StatusCode, &str)],
    ) {
        let mut operation = Operation::new(&mut self.schemas);
        for name in names(path) {
            operation.path_parameter(name);
        }
        H::describe(&mut operation);
        for (status, when) in refusals {
            operation.refuses(*status, when);
        }
        let tag = self.tags.last().map(|it| it["name"].clone());
        let id = operation_id(method, path);
        let described = operation.finish(&id, tag, summary);
        let item = self.paths.entry(path).or_insert_with(|| json!({}));
        item[method.as_str().to_ascii_lowercase()] = described;
    }

    /// The description as a document.
    pub(super) fn finish(mut self) -> Value {
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "botbox admin API",
                "version": env!("CARGO_PKG_VERSION"),
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
                "description": "Everything that operators of a host see and do. Times are in milliseconds since \
                    the Unix epoch. A list comes in pages: the `next` of a page is the cursor of the next \
                    one. What is refused is a problem of RFC 9457, whose `type` is for programs.",
            },
            "security": [{"token": []}],
            "tags": self.tags,
            "paths": self.paths,
            "components": {
                "securitySchemes": {"token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of the configuration, or one of `/v1/tokens`.",
                }},
                "schemas": self.schemas.take_definitions(true),
            },
        })
    }
}

/// The names of the parameters in a path.
fn names(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.split('/');
    parts.filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'))
}

/// What generated clients call an operation: `get_channels_channel_traffic`.
fn operation_id(method: &Method, path: &str) -> String {
    let path = path.strip_prefix("/v1").unwrap_or(path);
    let words = path.split(['/', '-', '{', '}']).filter(|it| !it.is_empty());
    let words: Vec<_> = words.collect();
    format!(
        "{}_{}",
        method.as_str().to_ascii_lowercase(),
        words.join("_")
    )
}
