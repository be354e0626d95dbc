//! The access token that a request carries.

use std::sync::Arc;

use secrecy::SecretString;

use crate::error::Error;

/// Where the token of a request comes from, for each attempt anew.
pub(crate) trait Authorization: Sync {
    /// The token to carry, if the operation takes one.
    fn token(&self) -> impl Future<Output = Result<Option<Arc<SecretString>>, Error>> + Send;

    /// Whether there will be another token than this, which LINE refused.
    fn replaces(&self, refused: &Arc<SecretString>) -> bool;
}

/// Of operations that take no access token.
pub(crate) struct NoAuthorization;

impl Authorization for NoAuthorization {
    async fn token(&self) -> Result<Option<Arc<SecretString>>, Error> {
        Ok(None)
    }

    fn replaces(&self, _: &Arc<SecretString>) -> bool {
        false
    }
}
