//! Requests to the web (grant `{ http = ["https://api.example.com"] }`).
//!
//! ```
//! use botbox_sdk::http;
//! use botbox_sdk::prelude::*;
//!
//! #[derive(serde::Deserialize)]
//! struct Weather {
//!     temperature: f32,
//! }
//!
//! fn tell_weather(city: &str) -> Result {
//!     let weather: Weather = http::get("https://api.example.com/weather")
//!         .query("city", city)
//!         .send()?
//!         .success()?
//!         .json()?;
//!     reply(format!("It is {} °C.", weather.temperature))?;
//!     Ok(())
//! }
//! ```
//!
//! An [`Error`] that `?` passes on asks for another try when the server was busy or away. Redirects are not
//! followed. Whoever needs more, such as a body that comes piece by piece, uses the bindings to `wasi:http` of the
//! crate `wasip2`.

pub(crate) mod error;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod url;
#[cfg(target_arch = "wasm32")]
mod wasi;

use request::Send;

pub use error::Error;
pub use request::Request;
pub use response::Response;

/// A `GET` request.
pub fn get(url: impl Into<String>) -> Request {
    request("GET", url)
}

/// A `POST` request.
pub fn post(url: impl Into<String>) -> Request {
    request("POST", url)
}

/// A request by any other method.
pub fn request(method: impl Into<String>, url: impl Into<String>) -> Request {
    Request::new(method.into(), url.into(), SEND)
}

#[cfg(target_arch = "wasm32")]
const SEND: Send = wasi::send;
#[cfg(not(target_arch = "wasm32"))]
const SEND: Send = crate::fake_host::http::send;
