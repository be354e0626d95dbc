//! What an operation needs of its caller. It stands in the operation's signature, so that none can forget to
//! look, and the description tells it.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::description::{Input, Operation};
use super::refusal::Refusal;
use crate::control::caller::{Caller, Role};

/// A caller who may do what `A` says.
pub(super) struct May<A>(pub(super) Caller, pub(super) PhantomData<A>);

/// What a caller must have.
pub(super) trait Access {
    const ROLE: Role;
    /// Whether no provider's token has it.
    const IS_HOSTS: bool = false;
}

/// To look.
pub(super) enum Read {}

/// To upload, deploy and switch; to replay and discard.
pub(super) enum Deploy {}

/// To change what a provider has.
pub(super) enum Operate {}

/// To change what the host has.
pub(super) enum OperateHost {}

impl Access for Read {
    const ROLE: Role = Role::Read;
}

impl Access for Deploy {
    const ROLE: Role = Role::Deploy;
}

impl Access for Operate {
    const ROLE: Role = Role::Operate;
}

impl Access for OperateHost {
    const ROLE: Role = Role::Operate;
    const IS_HOSTS: bool = true;
}

impl<S: Send + Sync, A: Access> FromRequestParts<S> for May<A> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        // Whoever comes here was let in.
        let caller: Option<Caller> = parts.extensions.get().cloned();
        let caller = caller.ok_or(Refusal::NoToken)?;
        caller.may(A::ROLE)?;
        if A::IS_HOSTS {
            caller.is_host()?;
        }
        Ok(Self(caller, PhantomData))
    }
}

impl<A: Access> Input for May<A> {
    fn describe(operation: &mut Operation<'_>) {
        let scope = if A::IS_HOSTS { "host" } else { "provider" };
        operation.needs(A::ROLE.name(), scope);
        let unknown = "The token is missing, unknown, expired or revoked.";
        operation.refuses(StatusCode::UNAUTHORIZED, unknown);
        let often = "Too many requests came without a token.";
        operation.refuses(StatusCode::TOO_MANY_REQUESTS, often);
        if A::ROLE > Role::Read || A::IS_HOSTS {
            let other =
                "The token has a lesser role, or is for one provider where the host's is needed.";
            operation.refuses(StatusCode::FORBIDDEN, other);
        }
    }
}

impl Caller {
    /// Fails if the caller may not do what a role may.
    fn may(&self, needs: Role) -> Result<(), Refusal> {
        if self.role >= needs {
            return Ok(());
        }
        Err(Refusal::Forbidden {
            name: self.name.clone(),
            has: self.role,
            needs,
        })
    }

    /// Fails if the caller is not the host's.
    pub(super) fn is_host(&self) -> Result<(), Refusal> {
        match self.provider {
            None => Ok(()),
            Some(_) => Err(Refusal::HostOnly(self.name.clone())),
        }
    }
}
