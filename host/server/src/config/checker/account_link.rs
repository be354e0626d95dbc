//! Checks the provider's service that users link their accounts with.

use axum::http::Uri;
use secrecy::ExposeSecret;

use super::{ChannelKeys, Checker, Reported, is_private};
use crate::config::checked::AccountLink;
use crate::config::file::channel::AccountLinkTable;

/// The shortest secret shared with the service: 32 characters, since who guesses it links any
/// account of the service with their own LINE account.
const SECRET_LENGTH: usize = 32;

/// The longest name of a service that goes onto the page: more is no name.
const SERVICE_LENGTH: usize = 100;

impl Checker {
    /// Reads the secret. The service sends users back to the host's `public_url`.
    pub(super) fn check_account_link(
        &self,
        keys: ChannelKeys,
        table: AccountLinkTable,
        public_url: Option<&str>,
    ) -> Result<AccountLink, Reported> {
        if public_url.is_none() {
            let problem = "users link their accounts on a page of this host: give the address \
                           that they reach it by, like https://bots.example.com";
            return Err(self.error("server.public_url", problem));
        }
        let length = table.service.chars().count();
        if !(1..=SERVICE_LENGTH).contains(&length) {
            let problem = format!("it has {length} characters; give 1 to {SERVICE_LENGTH}");
            return Err(self.error(keys.of("account_link.service"), problem));
        }
        let url = &table.login_url;
        let is_plain = url.is_ascii() && !url.contains('#');
        if !url.parse().is_ok_and(|uri: Uri| is_private(&uri)) || !is_plain {
            let problem = "give the https URL of the service's login page, without a fragment, and \
                           with other characters than ASCII in percents";
            return Err(self.error(keys.of("account_link.login_url"), problem));
        }
        let secret = self.secret(keys.of("account_link.secret"), &table.secret)?;
        let length = secret.expose_secret().len();
        if length < SECRET_LENGTH {
            let problem =
                format!("it has {length} characters; give at least {SECRET_LENGTH}, at random");
            return Err(self.bad_reference(keys.of("account_link.secret"), problem));
        }
        Ok(AccountLink {
            service: table.service,
            login_url: table.login_url,
            secret,
        })
    }
}
