//! Requests to the LINE Platform: each is put together, made at LINE's rate, made again where that is
//! safe, and its response is read.
//!
//! Nothing here knows where access tokens come from: what a request carries is its [`Authorization`]. So
//! the requests by which tokens are issued go the same way.

mod authorization;
mod connection;
mod exchange;
mod multipart;
mod platform;
mod rate_limits;
mod request;
mod response;
mod room;
mod trace;

pub(crate) use authorization::{Authorization, NoAuthorization};
pub(crate) use connection::Connection;
pub(crate) use multipart::Multipart;
pub use platform::{Platform, Settings};
pub(crate) use request::Request;
pub use response::RawResponse;
pub(crate) use response::no_response;
pub(crate) use room::Room;
