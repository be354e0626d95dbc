//! The routes with their description: one list makes both.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::routing::{MethodFilter, on};
use serde_json::Value;

use super::description::{Described, Description};
use super::operator::Operator;

/// Routes that grow by one at a time.
pub(super) struct Api {
    router: Router<Arc<Operator>>,
    description: Description,
}

/// When a route refuses, beside what its handler's signature says.
type Refusals<'a> = &'a [(StatusCode, &'a str)];

impl Api {
    pub(super) fn new() -> Self {
        Self {
            router: Router::new(),
            description: Description::new(),
        }
    }

    /// Begins a group of routes.
    pub(super) fn group(mut self, name: &str, about: &str) -> Self {
        self.description.group(name, about);
        self
    }

    pub(super) fn get<H, T>(
        self,
        path: &str,
        summary: &str,
        handler: H,
        refusals: Refusals<'_>,
    ) -> Self
    where
        H: Handler<T, Arc<Operator>> + Described<T>,
        T: 'static,
    {
        self.route(
            Method::GET,
            MethodFilter::GET,
            path,
            summary,
            handler,
            refusals,
        )
    }

    pub(super) fn post<H, T>(
        self,
        path: &str,
        summary: &str,
        handler: H,
        refusals: Refusals<'_>,
    ) -> Self
    where
        H: Handler<T, Arc<Operator>> + Described<T>,
        T: 'static,
    {
        self.route(
            Method::POST,
            MethodFilter::POST,
            path,
            summary,
            handler,
            refusals,
        )
    }

    pub(super) fn put<H, T>(
        self,
        path: &str,
        summary: &str,
        handler: H,
        refusals: Refusals<'_>,
    ) -> Self
    where
        H: Handler<T, Arc<Operator>> + Described<T>,
        T: 'static,
    {
        self.route(
            Method::PUT,
            MethodFilter::PUT,
            path,
            summary,
            handler,
            refusals,
        )
    }

    pub(super) fn delete<H, T>(
        self,
        path: &str,
        summary: &str,
        handler: H,
        refusals: Refusals<'_>,
    ) -> Self
    where
        H: Handler<T, Arc<Operator>> + Described<T>,
        T: 'static,
    {
        self.route(
            Method::DELETE,
            MethodFilter::DELETE,
            path,
            summary,
            handler,
            refusals,
        )
    }

    fn route<H, T>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &str,
        summary: &str,
        handler: H,
        refusals: Refusals<'_>,
    ) -> Self
    where
        H: Handler<T, Arc<Operator>> + Described<T>,
        T: 'static,
    {
        self.description
            .add::<H, T>(&method, path, summary, refusals);
        self.router = self.router.route(path, on(filter, handler));
        self
    }

    /// The routes, and their description.
    pub(super) fn finish(self) -> (Router<Arc<Operator>>, Value) {
        (self.router, self.description.finish())
    }
}
