//! Linking accounts (LINE reference, "Issue link token").

use secrecy::SecretString;
use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::operation::Operation;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issued {
    link_token: SecretString,
}

impl Client {
    /// A link token for a user: valid for one link, within 10 minutes. It is a credential.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn issue_link_token(&self, user_id: &str) -> Result<SecretString, Error> {
        let request = self.request(Operation::IssueLinkToken);
        let issued: Issued = request.id("user-id", user_id)?.receive().await?;
        Ok(issued.link_token)
    }
}
