//! One operation of a description, and what describes itself in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::path_parameters::PATH_PARAMETERS;
use crate::admin::problem::Problem;

/// What a handler takes.
pub(crate) trait Input {
    fn describe(operation: &mut Operation<'_>);
}

/// What a handler returns.
pub(crate) trait Answer {
    fn describe(operation: &mut Operation<'_>);
}

/// An operation that is being described.
pub(crate) struct Operation<'a> {
    schemas: &'a mut SchemaGenerator,
    parameters: Vec<Value>,
    body: Option<Value>,
    responses: BTreeMap<u16, Value>,
    needs: Option<(&'static str, &'static str)>,
}

impl<'a> Operation<'a> {
    pub(super) fn new(schemas: &'a mut SchemaGenerator) -> Self {
        Self {
            schemas,
            parameters: Vec::new(),
            body: None,
            responses: BTreeMap::new(),
            needs: None,
        }
    }

    /// It needs a token with a role, and of a scope: `host` or `provider`.
    pub(crate) fn needs(&mut self, role: &'static str, scope: &'static str) {
        self.needs = Some((role, scope));
    }

    /// Something stands in its path.
    pub(super) fn path_parameter(&mut self, name: &str) {
        // A route whose parameter is none of them is found by a test.
        let Some(known) = PATH_PARAMETERS.iter().find(|it| it.name == name) else {
            return;
        };
        self.parameters.push(json!({
            "name": name,
            "in": "path",
            "required": true,
            "description": known.about,
            "schema": {"type": "string", "pattern": known.pattern},
            "example": known.example,
        }));
    }

    /// It takes the fields of `T` in the query of its URL.
    pub(crate) fn query<T: JsonSchema>(&mut self) {
        let mut schema = T::json_schema(self.schemas).to_value();
        let required = schema["required"].take();
        let is_required = |name: &str| {
            let mut names = required.as_array().into_iter().flatten();
            names.any(|it| it == name)
        };
        let Value::Object(properties) = schema["properties"].take() else {
            return;
        };
        for (name, mut schema) in properties {
            let about = schema
                .as_object_mut()
                .and_then(|it| it.remove("description"));
            self.parameters.push(json!({
                "name": name,
                "in": "query",
                "required": is_required(&name),
                "description": about.unwrap_or_default(),
                "schema": schema,
            }));
        }
    }

    /// It takes a header that need not be there.
    pub(crate) fn header(&mut self, name: &str, about: &str, pattern: &str) {
        self.parameters.push(json!({
            "name": name,
            "in": "header",
            "required": false,
            "description": about,
            "schema": {"type": "string", "pattern": pattern},
        }));
    }

    /// It takes JSON.
    pub(crate) fn json_body<T: JsonSchema>(&mut self) {
        let schema = self.schemas.subschema_for::<T>();
        self.body = Some(json!({
            "required": true,
            "content": {"application/json": {"schema": schema}},
        }));
    }

    /// It takes bytes.
    pub(crate) fn bytes_body(&mut self, about: &str) {
        self.body = Some(json!({
            "required": true,
            "description": about,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }));
    }

    /// It answers JSON.
    pub(crate) fn answers_json<T: JsonSchema>(&mut self) {
        let schema = self.schemas.subschema_for::<T>();
        let content = json!({"application/json": {"schema": schema}});
        self.answers(StatusCode::OK, "It is done.", Some(content));
    }

    /// It answers something else than JSON.
    pub(crate) fn answers_text(&mut self, media_type: &str, about: &str) {
        let content = json!({media_type: {"schema": {"type": "string"}}});
        self.answers(StatusCode::OK, about, Some(content));
    }

    /// It answers.
    pub(crate) fn answers(&mut self, status: StatusCode, about: &str, content: Option<Value>) {
        let mut response = json!({"description": about});
        if let Some(content) = content {
            response["content"] = content;
        }
        self.responses.insert(status.as_u16(), response);
    }

    /// What it answers when it is done has this status.
    pub(crate) fn done_is(&mut self, status: StatusCode) {
        if let Some(done) = self.responses.remove(&StatusCode::OK.as_u16()) {
            self.responses.insert(status.as_u16(), done);
        }
    }

    /// What it answers when it is done has an `ETag`.
    pub(crate) fn done_has_tag(&mut self) {
        if let Some(done) = self.responses.get_mut(&StatusCode::OK.as_u16()) {
            done["headers"] = json!({"ETag": {
                "description": "The revision, for `If-Match`.",
                "schema": {"type": "string"},
            }});
        }
    }

    /// It refuses with a problem.
    pub(crate) fn refuses(&mut self, status: StatusCode, when: &str) {
        let schema = self.schemas.subschema_for::<Problem>();
        let content = json!({"application/problem+json": {"schema": schema}});
        let about = match self.responses.get(&status.as_u16()) {
            Some(known) => format!(
                "{} {when}",
                known["description"].as_str().unwrap_or_default()
            ),
            None => when.to_owned(),
        };
        self.answers(status, &about, Some(content));
    }

    pub(super) fn finish(self, id: &str, tag: Option<Value>, summary: &str) -> Value {
        let mut described = Map::new();
        described.insert("operationId".into(), id.into());
        described.insert("summary".into(), summary.into());
        described.insert("tags".into(), tag.into_iter().collect());
        match self.needs {
            Some((role, scope)) => {
                let whose = match scope {
                    "host" => ", and is for the host's tokens",
                    _ => "; a provider's token finds what is the provider's",
                };
                let text = format!("Needs the role `{role}`{whose}.");
                described.insert("description".into(), text.into());
                described.insert("x-botbox-role".into(), role.into());
                described.insert("x-botbox-scope".into(), scope.into());
            }
            None => {
                described.insert("description".into(), "Needs no token.".into());
                described.insert("security".into(), json!([]));
            }
        }
        if !self.parameters.is_empty() {
            described.insert("parameters".into(), self.parameters.into());
        }
        if let Some(body) = self.body {
            described.insert("requestBody".into(), body);
        }
        let responses = self.responses.into_iter();
        let responses = responses.map(|(status, response)| (status.to_string(), response));
        described.insert("responses".into(), responses.collect());
        described.into()
    }
}

impl<T> Input for State<Arc<T>> {
    fn describe(_: &mut Operation<'_>) {}
}

impl<T: JsonSchema> Answer for Json<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_json::<T>();
    }
}
