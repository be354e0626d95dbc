//! Requests to the web, which the test's server answers.

use crate::http::error::Error;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::http::url::Url;

use super::world::with;

pub(crate) fn send(request: &Request) -> Result<Response, Error> {
    let url = Url::parse(request.url())?;
    let denied = || Error::Denied {
        origin: url.origin(),
    };
    if with(|world| world.denied.contains("http")) {
        return Err(denied());
    }
    // Taken out meanwhile: it may look at the bot, too.
    let mut server = with(|world| world.server.take()).ok_or_else(denied)?;
    let response = server(request);
    with(|world| world.server = Some(server));
    response.map(|response| response.of(request.url()))
}
