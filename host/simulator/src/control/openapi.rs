//! The control API's description (OpenAPI 3.1), made of the list of its routes.

use std::sync::LazyLock;

use axum::Json;
use serde_json::{Map, Value, json};

use super::list;
use super::route::{Answer, Body, Field, Route};

/// It does not change while the simulator runs.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document(&list::routes()));

pub(super) async fn show() -> Json<&'static Value> {
    Json(&DOCUMENT)
}

fn document(routes: &[Route]) -> Value {
    let mut paths = Map::new();
    for route in routes {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "The control API of the botbox simulator",
            "description": "Makes bots, users and groups, acts as users, shows what bots did, and makes \
                            LINE fail. LINE's own API is beside it, under LINE's paths.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "servers": [{ "url": "/simulator" }],
        "paths": paths,
        "components": { "schemas": { "Refusal": {
            "type": "object",
            "required": ["message"],
            "properties": { "message": { "type": "string", "description": "Why, for people." } },
        } } },
    })
}

fn operation(route: &Route) -> Value {
    let ids = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = ids.map(
        |id| json!({ "name": id, "in": "path", "required": true, "schema": { "type": "string" } }),
    );
    let in_query = route.query.iter().map(|field| {
        json!({
            "name": field.name,
            "in": "query",
            "required": field.is_required,
            "description": field.about,
            "schema": { "type": field.kind },
        })
    });
    let (status, content) = match route.answer {
        Answer::Json => ("200", json!({ "application/json": {} })),
        Answer::Made => ("201", json!({ "application/json": {} })),
        Answer::Events => ("200", json!({ "text/event-stream": {} })),
        Answer::Bytes => ("200", json!({ "*/*": {} })),
        Answer::Yaml => ("200", json!({ "application/yaml": {} })),
    };
    let refusal = json!({ "$ref": "#/components/schemas/Refusal" });
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.about,
        "parameters": in_path.chain(in_query).collect::<Vec<_>>(),
        "responses": {
            status: { "description": "Done.", "content": content },
            "default": {
                "description": "Refused.",
                "content": { "application/json": { "schema": refusal } },
            },
        },
    });
    match &route.body {
        Body::None => {}
        Body::Json(fields) => {
            let content = json!({ "application/json": { "schema": schema(fields) } });
            operation["requestBody"] = json!({ "required": true, "content": content });
        }
        Body::Bytes => {
            operation["requestBody"] = json!({ "required": true, "content": { "*/*": {} } });
        }
    }
    operation
}

fn schema(fields: &[Field]) -> Value {
    let properties = fields.iter().map(|field| {
        let property = json!({ "type": field.kind, "description": field.about });
        (field.name.to_owned(), property)
    });
    let required = fields
        .iter()
        .filter(|field| field.is_required)
        .map(|field| field.name);
    json!({
        "type": "object",
        "properties": properties.collect::<Map<_, _>>(),
        "required": required.collect::<Vec<_>>(),
    })
}

/// The method and the words of the path: `putBotsBotIdWebhook`.
fn operation_id(route: &Route) -> String {
    let mut id = route.method.to_owned();
    for part in route.path.split(['/', '{', '}', '.']) {
        let mut letters = part.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        id.push_str(letters.as_str());
    }
    id
}
