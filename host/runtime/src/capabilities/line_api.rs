//! `botbox:line/line-api`: any operation, by its method and path.

use botbox_line::Operation;
use botbox_line::api::ApiRequest;

use super::errors::call_error;
use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::bindings::botbox::line::line_api::{Host, Request, Response};
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn call(&mut self, request: Request) -> Result<Response, CallError> {
        self.check_call(Capability::LineApi)?;
        let Request {
            method,
            path,
            content_type,
            body,
        } = request;
        let request = ApiRequest::new(&method, path, content_type.as_deref(), body)?;
        self.check_request(&request)?;
        let response = self.client().call(request).await?;
        Ok(Response {
            status: response.status,
            content_type: response.content_type,
            body: response.body,
            request_id: response.request_id,
        })
    }
}

impl Sandbox {
    /// Checks that a request is granted, and does not bypass another interface.
    fn check_request(&self, request: &ApiRequest) -> Result<(), CallError> {
        let (method, path) = (request.method(), request.path());
        let denied = |why| Err(call_error(ErrorKind::Denied, why));
        if !self.environment.grants.allow_line_api(method, path) {
            return denied(format!(
                "`{method} {path}` is not in the list of the `line-api` grant"
            ));
        }
        if is_about_tokens(path) {
            return denied(format!(
                "`{path}` is about access tokens, which are the host's"
            ));
        }
        match request.operation().and_then(own_interface) {
            Some(name) => denied(format!("`{path}` is called by the interface `{name}` only")),
            None => Ok(()),
        }
    }
}

/// Whether an operation issues or revokes access tokens, also one that the host does not know: a token is a
/// credential, and those in use are the host's.
fn is_about_tokens(path: &str) -> bool {
    let mut segments = path.split('/').skip(1).take(2);
    segments.any(|segment| segment.to_ascii_lowercase().starts_with("oauth"))
}

/// The interface of an operation for which the host does more than make a request: it shows nothing in a chat
/// in standby, sends nothing twice, and keeps tokens and secrets.
fn own_interface(operation: Operation) -> Option<&'static str> {
    Some(match operation {
        Operation::ReplyMessage => "reply",
        Operation::PushMessage
        | Operation::Multicast
        | Operation::Narrowcast
        | Operation::Broadcast => "push",
        Operation::PushMessagesByPhone | Operation::PushTemplatedMessagesByPhone => "notification",
        Operation::ShowLoadingAnimation => "loading",
        Operation::AttachModule => "module",
        _ => return None,
    })
}
