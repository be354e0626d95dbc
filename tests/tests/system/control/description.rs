//! The description of the admin API, as tests use it: which operations there are, and whether an answer is one
//! that it describes.

use std::collections::BTreeSet;

use botbox_tests::Host;
use reqwest::Method;
use serde_json::{Map, Value};

/// What `/v1/openapi.json` says.
pub(super) struct Description(Value);

/// An operation that is described.
pub(super) struct Operation<'a> {
    pub(super) method: Method,
    /// With parameters in braces.
    pub(super) path: &'a str,
    pub(super) described: &'a Value,
}

impl Description {
    pub(super) async fn of(host: &Host) -> Self {
        let url = format!("{}/v1/openapi.json", host.admin_url);
        let answer = reqwest::get(url).await.unwrap();
        Self(answer.json().await.unwrap())
    }

    pub(super) fn operations(&self) -> Vec<Operation<'_>> {
        let mut all = Vec::new();
        for (path, item) in self.0["paths"].as_object().unwrap() {
            for (method, described) in item.as_object().unwrap() {
                all.push(Operation {
                    method: method.to_uppercase().parse().unwrap(),
                    path,
                    described,
                });
            }
        }
        all
    }

    /// Fails unless an answer is described.
    #[track_caller]
    pub(super) fn check(&self, method: &Method, path: &str, answer: &Answer<'_>) {
        if let Err(why) = self.checked(method, path, answer) {
            let Answer { status, body, .. } = answer;
            panic!("{method} {path} answered {status}, which is not as described: {why}\n{body}");
        }
    }

    fn checked(&self, method: &Method, path: &str, answer: &Answer<'_>) -> Result<(), String> {
        let path = path.split('?').next().unwrap_or_default();
        let paths = self.0["paths"].as_object().unwrap();
        let Some((_, item)) = paths.iter().find(|(template, _)| fits(template, path)) else {
            return match answer.status {
                404 => Ok(()),
                _ => Err(String::from("there is no such path")),
            };
        };
        let described = &item[method.as_str().to_lowercase()];
        if described.is_null() {
            return match answer.status {
                405 => Ok(()),
                _ => Err(String::from("there is no such method")),
            };
        }
        let response = &described["responses"][answer.status.to_string()];
        if response.is_null() {
            return Err(String::from("the status is not described"));
        }
        let Some(content) = response["content"].as_object() else {
            return match answer.body {
                Value::Null => Ok(()),
                _ => Err(String::from("there is to be no body")),
            };
        };
        let media_type = answer.media_type.split(';').next().unwrap_or_default();
        let Some(content) = content.get(media_type) else {
            return Err(format!("its media type is {media_type}"));
        };
        if media_type.ends_with("json") {
            return self.conforms(&content["schema"], answer.body, "");
        }
        Ok(())
    }

    /// Fails unless a value is as a schema says, with no field that the schema does not have.
    pub(super) fn conforms(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        self.is_like(schema, value, at)?;
        let schema = self.resolved(schema);
        let Some(fields) = value.as_object() else {
            return Ok(());
        };
        let known = self.properties(schema);
        let is_open = schema["additionalProperties"].is_object() || known.is_empty();
        match fields.keys().find(|it| !is_open && !known.contains(*it)) {
            Some(unknown) => Err(format!("{at}: there is no {unknown:?} in {schema}")),
            None => Ok(()),
        }
    }

    fn is_like(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let schema = self.resolved(schema);
        let wrong = || Err(format!("{at}: {value} is not {schema}"));
        if !has_type(&schema["type"], value) {
            return wrong();
        }
        let allowed = schema["enum"].as_array();
        if allowed.is_some_and(|it| !it.contains(value)) {
            return wrong();
        }
        if schema.get("const").is_some_and(|it| it != value) {
            return wrong();
        }
        for choices in ["oneOf", "anyOf"] {
            let Some(choices) = schema[choices].as_array() else {
                continue;
            };
            let fit = |choice: &&Value| self.is_like(choice, value, at).is_ok();
            if !choices.iter().any(|it| fit(&it)) {
                return wrong();
            }
        }
        if let Some(fields) = value.as_object() {
            let required = schema["required"].as_array().into_iter().flatten();
            if let Some(missing) = required
                .filter_map(Value::as_str)
                .find(|it| !fields.contains_key(*it))
            {
                return Err(format!("{at}: {missing:?} is missing"));
            }
            let none = Map::new();
            let properties = schema["properties"].as_object().unwrap_or(&none);
            for (name, field) in fields {
                let Some(schema) = properties.get(name) else {
                    continue;
                };
                self.conforms(schema, field, &format!("{at}.{name}"))?;
            }
        }
        let items = value.as_array().into_iter().flatten();
        for (number, item) in items.enumerate().filter(|_| schema["items"].is_object()) {
            self.conforms(&schema["items"], item, &format!("{at}[{number}]"))?;
        }
        Ok(())
    }

    /// The names of all fields that an object may have.
    fn properties(&self, schema: &Value) -> BTreeSet<String> {
        let schema = self.resolved(schema);
        let own = schema["properties"].as_object().into_iter().flatten();
        let mut names: BTreeSet<_> = own.map(|(name, _)| name.clone()).collect();
        for choices in ["oneOf", "anyOf", "allOf"] {
            let choices = schema[choices].as_array().into_iter().flatten();
            names.extend(choices.flat_map(|it| self.properties(it)));
        }
        names
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let Some(reference) = schema["$ref"].as_str() else {
            return schema;
        };
        let path = reference.strip_prefix('#').unwrap();
        self.0
            .pointer(path)
            .unwrap_or_else(|| panic!("there is no {reference}"))
    }
}

/// An answer that was given.
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) media_type: &'a str,
    pub(super) body: &'a Value,
}

impl Operation<'_> {
    /// The path, with something for each of its parameters.
    pub(super) fn path_with(&self, value: impl Fn(&str, &str) -> String) -> String {
        let mut path = self.path.to_owned();
        for parameter in self.parameters("path") {
            let name = parameter["name"].as_str().unwrap();
            let example = parameter["example"].as_str().unwrap();
            assert!(!example.is_empty(), "{}: what is {name}?", self.path);
            path = path.replace(&format!("{{{name}}}"), &value(name, example));
        }
        path
    }

    /// The parameters that are in the path, the query or a header.
    pub(super) fn parameters(&self, place: &str) -> Vec<&Value> {
        let all = self.described["parameters"]
            .as_array()
            .into_iter()
            .flatten();
        all.filter(|it| it["in"] == place).collect()
    }

    /// The example of its body, if it takes JSON.
    pub(super) fn example(&self, description: &Description) -> Option<Value> {
        let content = &self.described["requestBody"]["content"]["application/json"];
        let schema = description.resolved(content.get("schema")?);
        let example = schema["examples"][0].clone();
        assert!(example.is_object(), "{} has no example", self.path);
        Some(example)
    }

    /// Whether its answer goes on and on.
    pub(super) fn is_stream(&self) -> bool {
        let content = self.described["responses"]["200"]["content"].as_object();
        let mut types = content.into_iter().flatten().map(|(name, _)| name.as_str());
        types.any(|it| matches!(it, "application/x-ndjson" | "text/event-stream"))
    }

    pub(super) fn role(&self) -> &str {
        self.described["x-botbox-role"].as_str().unwrap()
    }

    pub(super) fn is_hosts(&self) -> bool {
        self.described["x-botbox-scope"] == "host"
    }
}

fn fits(template: &str, path: &str) -> bool {
    let parts = |it: &'_ str| {
        it.trim_matches('/')
            .split('/')
            .map(String::from)
            .collect::<Vec<_>>()
    };
    let (template, path) = (parts(template), parts(path));
    let is_same = |(one, other): (&String, &String)| one.starts_with('{') || one == other;
    template.len() == path.len() && template.iter().zip(&path).all(is_same)
}

fn has_type(wanted: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => false,
    };
    match wanted {
        Value::Null => true,
        Value::Array(names) => names.iter().any(is),
        name => is(name),
    }
}
