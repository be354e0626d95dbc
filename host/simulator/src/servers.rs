//! Which of LINE's servers answers a request.
//!
//! LINE has its operations on several servers, and none knows another's. The simulator stands for all of
//! them at one address. Who gives the data server an address of its own, or has LINE's names lead here, is
//! held to LINE's division: a bot that asks the wrong server for a content fails here as at LINE.

use axum::http::HeaderMap;
use axum::http::header::HOST;
use botbox_line::operation::Server;

/// Which servers a listener stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Servers {
    All,
    Data,
    AllButData,
}

/// LINE's names.
const NAMES: [(&str, Server); 3] = [
    ("api.line.me", Server::Api),
    ("api-data.line.me", Server::DataApi),
    ("manager.line.biz", Server::Manager),
];

impl Servers {
    /// Whether a request with these headers is for a server.
    pub(crate) fn have(self, server: Server, headers: &HeaderMap) -> bool {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let name = host.map(|host| host.split(':').next().unwrap_or(host));
        let named = NAMES
            .iter()
            .find(|(known, _)| name.is_some_and(|name| name.eq_ignore_ascii_case(known)));
        if let Some((_, named)) = named {
            return *named == server;
        }
        match self {
            Self::All => true,
            Self::Data => server == Server::DataApi,
            Self::AllButData => server != Server::DataApi,
        }
    }
}
