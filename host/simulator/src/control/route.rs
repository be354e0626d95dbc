//! What the control API has: each operation with its handler and its description, so that none is there that
//! is not described.

use axum::Router;
use axum::routing::MethodRouter;

use crate::world::Shared;

/// An operation of the control API.
pub(super) struct Route {
    /// In lower case, as OpenAPI names it.
    pub(super) method: &'static str,
    /// Below `/simulator`; what stands in braces is an id.
    pub(super) path: &'static str,
    /// What it does, in a sentence.
    pub(super) about: &'static str,
    pub(super) query: Vec<Field>,
    pub(super) body: Body,
    pub(super) answer: Answer,
    pub(super) handler: MethodRouter<Shared>,
}

/// A property of a body, or a parameter of a query.
pub(super) struct Field {
    pub(super) name: &'static str,
    /// OpenAPI's type.
    pub(super) kind: &'static str,
    pub(super) about: &'static str,
    pub(super) is_required: bool,
}

/// What a request has as its body.
pub(super) enum Body {
    None,
    /// JSON with these properties.
    Json(Vec<Field>),
    /// Bytes of any type.
    Bytes,
}

/// What an operation answers.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    /// JSON.
    Json,
    /// JSON, of something that was made: 201.
    Made,
    /// Server-sent events.
    Events,
    /// Bytes of any type.
    Bytes,
    /// A file in YAML.
    Yaml,
}

impl Route {
    pub(super) fn new(
        method: &'static str,
        path: &'static str,
        handler: MethodRouter<Shared>,
        about: &'static str,
    ) -> Self {
        Self {
            method,
            path,
            about,
            query: Vec::new(),
            body: Body::None,
            answer: Answer::Json,
            handler,
        }
    }

    pub(super) fn query<const N: usize>(self, query: [Field; N]) -> Self {
        let query = Vec::from(query);
        Self { query, ..self }
    }

    pub(super) fn json<const N: usize>(self, fields: [Field; N]) -> Self {
        let body = Body::Json(Vec::from(fields));
        Self { body, ..self }
    }

    pub(super) fn bytes(self) -> Self {
        let body = Body::Bytes;
        Self { body, ..self }
    }

    pub(super) fn answers(self, answer: Answer) -> Self {
        Self { answer, ..self }
    }
}

/// A property that has to be there.
pub(super) const fn needed(name: &'static str, kind: &'static str, about: &'static str) -> Field {
    Field {
        name,
        kind,
        about,
        is_required: true,
    }
}

/// A property that may be there.
pub(super) const fn field(name: &'static str, kind: &'static str, about: &'static str) -> Field {
    Field {
        name,
        kind,
        about,
        is_required: false,
    }
}

pub(super) fn router(routes: Vec<Route>) -> Router<Shared> {
    let add = |router: Router<Shared>, route: Route| router.route(route.path, route.handler);
    routes.into_iter().fold(Router::new(), add)
}
