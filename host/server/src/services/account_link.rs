//! Linking LINE accounts with accounts of the provider's own service (LINE documentation, "User
//! account linking").
//!
//! 1. The bot asks for a link: a URL with a ticket, for one user.
//! 2. On the page behind it the user agrees, which uses the ticket up and begins a session
//!    of this browser (`exchange`). The browser goes to the service's login with the session's state.
//! 3. The service logs the user in and sends the browser back with the state and the account, signed.
//! 4. The host gets a link token from LINE, makes a nonce that stands for user and account, and
//!    sends the browser to LINE with both. LINE lets nobody pass but the link token's user.
//! 5. LINE's event brings the nonce back (`completion`), and the host keeps the link.
//!
//! The store has only digests of tickets, states and nonces, so whoever reads it can use none.

pub(crate) mod completion;
pub(crate) mod exchange;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use botbox_clock::Clock;
use botbox_line::Client;
use botbox_runtime::ServiceError;
use botbox_store::{KeyValue, Space};

use super::expiry::expires_in;
use super::failure::unavailable;
use crate::config::AccountLink;
use crate::random::{digest, random};

/// How long a ticket is good: 10 minutes, as LINE has it for link tokens.
const TICKET_TIME: Duration = Duration::from_secs(600);

/// How many links a channel's bot may ask for in [`TICKET_TIME`]: 10,000, which is a link for each
/// of 16 users in every second. Each is a row in the store.
const TICKETS: i64 = 10_000;

/// Links accounts of one channel's users with accounts of one service.
pub(crate) struct AccountLinks {
    service: AccountLink,
    /// Where the pages are, without a slash at the end.
    pages_url: String,
    /// LINE's dialog.
    dialog_url: String,
    client: Client,
    store: Arc<dyn KeyValue>,
    clock: Clock,
    /// How many tickets were made in which ten minutes.
    counts: Space,
    /// The users of tickets.
    tickets: Space,
    /// The users of sessions, by state.
    sessions: Space,
    /// What nonces stand for.
    nonces: Space,
    /// The accounts of users.
    accounts: Space,
}

impl AccountLinks {
    pub(crate) fn new(
        channel: &str,
        service: AccountLink,
        pages_url: String,
        access_base: &str,
        client: Client,
        store: Arc<dyn KeyValue>,
        clock: Clock,
    ) -> Self {
        let space = |bucket: &str| Space::channel(channel, &format!("account-link/{bucket}"));
        Self {
            service,
            pages_url,
            dialog_url: format!("{access_base}/dialog/bot/accountLink"),
            client,
            store,
            clock,
            counts: space("counts"),
            tickets: space("tickets"),
            sessions: space("sessions"),
            nonces: space("nonces"),
            accounts: accounts(channel),
        }
    }

    /// A URL for one user, with a new ticket.
    pub(crate) async fn create(&self, user_id: &str) -> Result<String, ServiceError> {
        check_user_id(user_id)?;
        self.count_ticket().await?;
        let ticket = random().map_err(unavailable)?;
        let (key, expires) = (digest(&ticket), self.expires_in(TICKET_TIME));
        self.store
            .set(&self.tickets, &key, user_id.into(), Some(expires))
            .await
            .map_err(unavailable)?;
        Ok(format!("{}/{ticket}", self.pages_url))
    }

    /// What users know the service as.
    pub(crate) fn service(&self) -> &str {
        &self.service.service
    }

    /// Whether browsers reach the pages by HTTPS.
    pub(crate) fn is_https(&self) -> bool {
        self.pages_url.starts_with("https:")
    }

    /// The account that is linked with a user.
    pub(crate) async fn account(&self, user_id: &str) -> Result<Option<String>, ServiceError> {
        check_user_id(user_id)?;
        let account = self.store.get(&self.accounts, user_id).await;
        let account = account.map_err(unavailable)?.map(String::from_utf8);
        account.transpose().map_err(unavailable)
    }

    /// Forgets a user's link.
    pub(crate) async fn unlink(&self, user_id: &str) -> Result<bool, ServiceError> {
        check_user_id(user_id)?;
        let account = self.store.take(&self.accounts, user_id).await;
        Ok(account.map_err(unavailable)?.is_some())
    }

    async fn count_ticket(&self) -> Result<(), ServiceError> {
        let window = self.window();
        let expires = Some(self.expires_in(TICKET_TIME));
        let count = self
            .store
            .increment(&self.counts, &window, 1, expires)
            .await;
        if count.map_err(unavailable)? > TICKETS {
            let minutes = TICKET_TIME.as_secs() / 60;
            return Err(ServiceError::LimitReached(format!(
                "the channel made {TICKETS} links in {minutes} minutes, the limit; try again later"
            )));
        }
        Ok(())
    }

    /// The ten minutes in which tickets are counted.
    fn window(&self) -> String {
        (self.clock.now().as_second() / TICKET_TIME.as_secs().cast_signed()).to_string()
    }

    /// When what lasts for some time from now on expires.
    fn expires_in(&self, time: Duration) -> SystemTime {
        expires_in(&self.clock, time)
    }
}

/// Where the accounts of a channel's users are, by user.
pub(crate) fn accounts(channel: &str) -> Space {
    Space::channel(channel, "account-link/accounts")
}

/// Refuses what is no user's id (LINE reference, "Common properties" of webhook events).
fn check_user_id(id: &str) -> Result<(), ServiceError> {
    let is_hex = |hex: &str| {
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        hex.len() == 32 && hex.bytes().all(is_digit)
    };
    if id.strip_prefix('U').is_some_and(is_hex) {
        return Ok(());
    }
    let why = "user-id is not valid: give `U` and 32 hexadecimal digits";
    Err(ServiceError::Invalid(String::from(why)))
}

#[cfg(test)]
mod tests {
    use botbox_clock::Clock;
    use botbox_line::token::TokenSource;
    use botbox_line::{Platform, Settings};
    use botbox_store::Sqlite;
    use tempfile::TempDir;

    use super::*;

    fn links(folder: &TempDir, clock: &Clock) -> AccountLinks {
        let platform = Platform::new(Settings::default(), clock.clone()).unwrap();
        let token = TokenSource::LongLived(String::from("token").into());
        let service = AccountLink {
            service: String::from("Cafe"),
            login_url: String::from("https://cafe.example/login"),
            secret: "0123456789".repeat(4).into(),
        };
        AccountLinks::new(
            "bot",
            service,
            String::from("https://bots.example/link/bot"),
            "https://access.line.me",
            Client::new(platform, token),
            Arc::new(Sqlite::open(folder.path(), clock.clone()).unwrap()),
            clock.clone(),
        )
    }

    fn user() -> String {
        format!("U{}", "0".repeat(32))
    }

    #[tokio::test]
    async fn a_ticket_is_good_for_ten_minutes_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::movable();
        let links = links(&folder, &clock);
        let ticket = async || {
            let url = links.create(&user()).await.unwrap();
            let ticket = url.strip_prefix("https://bots.example/link/bot/");
            ticket.unwrap().to_owned()
        };
        let stale = ticket().await;
        clock.advance(TICKET_TIME);
        assert!(!links.has_ticket(&stale).await.unwrap());
        assert!(links.begin(&stale).await.is_err());
        let fresh = ticket().await;
        for _ in 0..2 {
            assert!(links.has_ticket(&fresh).await.unwrap());
        }
        assert!(links.begin(&fresh).await.is_ok());
        assert!(links.begin(&fresh).await.is_err());
    }

    /// The vector of docs/account-linking.md.
    #[tokio::test]
    async fn the_published_signature_is_taken_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let mut links = links(&folder, &Clock::system());
        links.service.secret = String::from("a secret of 32 characters or more").into();
        let check = |state: &str, account: &str, signature: &str| {
            let answer = exchange::LoggedIn {
                state: state.to_owned(),
                account: account.to_owned(),
                signature: signature.to_owned(),
            };
            links.check_signature(&answer).is_ok()
        };
        let state = "Wm3dU5pYh0s6tQf1kZ8vL2nB7xJ4cR9eAaGgHhIiKkM";
        let signature = "zaVnuleN9Lko7p4RWO3sR7SZh25EJmAuTnT8dRwelB8";
        assert!(check(state, "ann", signature));
        assert!(!check(state, "bob", signature));
        assert!(!check(&state.replace('W', "V"), "ann", signature));
        assert!(!check(state, "ann", &signature.replace('z', "y")));
        assert!(!check(state, "ann", ""));
        assert!(!check(state, "ann", "no base64!"));
    }

    #[tokio::test]
    async fn links_are_for_users_and_not_without_number() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::movable();
        let links = links(&folder, &clock);
        for id in [
            "",
            "U1",
            "C0",
            &user().to_lowercase(),
            "U../../../../../../../../../../..",
        ] {
            let refused = links.create(id).await;
            assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{id}");
        }
        let window = links.window();
        let count = links
            .store
            .increment(&links.counts, &window, TICKETS - 1, None);
        count.await.unwrap();
        assert!(links.create(&user()).await.is_ok());
        let refused = links.create(&user()).await;
        assert!(matches!(refused, Err(ServiceError::LimitReached(_))));
        clock.advance(TICKET_TIME);
        assert!(links.create(&user()).await.is_ok());
    }
}
