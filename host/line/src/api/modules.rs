//! Module channels: add-ons to accounts of others (LINE reference for corporate customers, "Module
//! channel").

use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use crate::arguments::{bad_argument, path_segment};
use crate::client::{Client, Request};
use crate::credentials::Credentials;
use crate::error::Error;
use crate::lenient::elements;
use crate::operation::Operation;

/// An account that the module is attached to.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModuleBot {
    /// Its bot.
    pub user_id: String,
    /// Begins with `@`.
    pub basic_id: String,
    /// An id that the account bought, beginning with `@`.
    pub premium_id: Option<String>,
    /// What it is called.
    pub display_name: String,
    /// The URL of its picture.
    pub picture_url: Option<String>,
}

/// A page of accounts.
#[derive(Debug, Deserialize)]
pub struct ModuleBots {
    /// The accounts.
    #[serde(deserialize_with = "elements")]
    pub bots: Vec<ModuleBot>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// The consent of an account's owner. It repeats the parameters of the consent's URL.
#[derive(Debug)]
pub struct Attachment {
    /// The authorization code that LINE redirected with.
    pub code: String,
    /// Where it redirected to.
    pub redirect_uri: String,
    /// The PKCE verifier.
    pub code_verifier: Option<String>,
    /// As in the consent's URL.
    pub region: Option<String>,
    /// As in the consent's URL.
    pub basic_search_id: Option<String>,
    /// As in the consent's URL.
    pub scope: Option<String>,
    /// As in the consent's URL.
    pub brand_type: Option<String>,
}

/// An attached account.
#[derive(Debug, Deserialize)]
pub struct Attached {
    /// Its bot.
    pub bot_id: String,
    /// What the module may do.
    #[serde(default, deserialize_with = "elements")]
    pub scopes: Vec<String>,
}

impl Client {
    /// A page of at most `limit` accounts: by default 100, and never more.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn modules(
        &self,
        limit: Option<u32>,
        start: Option<String>,
    ) -> Result<ModuleBots, Error> {
        let request = self.request(Operation::GetModules);
        let request = request.query("limit", limit).query("start", start);
        request.receive().await
    }

    /// Takes control of a chat, for the bot `bot_id` if it is given. `expired` says whether the control ends
    /// after `ttl` seconds: by default 3,600, a year at most.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] when there is a bot and the header for it is not known, and as every
    /// call.
    pub async fn acquire_chat_control(
        &self,
        bot_id: Option<&str>,
        chat_id: &str,
        expired: bool,
        ttl: Option<u32>,
    ) -> Result<(), Error> {
        let mut control = json!({ "expired": expired });
        if let Some(ttl) = ttl {
            control["ttl"] = ttl.into();
        }
        let request = self.request(Operation::AcquireChatControl);
        let request = self.as_module_of(bot_id, request)?;
        request.id("chat-id", chat_id)?.json(&control)?.send().await
    }

    /// Gives the control of a chat back.
    ///
    /// # Errors
    ///
    /// As [`Client::acquire_chat_control`].
    pub async fn release_chat_control(
        &self,
        bot_id: Option<&str>,
        chat_id: &str,
    ) -> Result<(), Error> {
        let request = self.request(Operation::ReleaseChatControl);
        let request = self.as_module_of(bot_id, request)?;
        request.id("chat-id", chat_id)?.send().await
    }

    /// Detaches the module from an account.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn detach_module(&self, bot_id: &str) -> Result<(), Error> {
        let request = self.request(Operation::DetachModule);
        request.json(&json!({ "botId": bot_id }))?.send().await
    }

    /// Attaches the module to an account, by the channel's id and secret.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] when the client has no credentials, and as every call.
    pub async fn attach_module(&self, attachment: &Attachment) -> Result<Attached, Error> {
        let credentials = self.credentials().ok_or_else(|| Error::Argument {
            argument: "channel",
            reason: String::from("the operator has not configured its `channel_id`"),
        })?;
        let attach = |secret| self.attach(attachment, credentials, secret);
        credentials.with_a_secret(attach).await
    }

    async fn attach(
        &self,
        attachment: &Attachment,
        credentials: &Credentials,
        secret: &SecretString,
    ) -> Result<Attached, Error> {
        let request = self.request_without_token(Operation::AttachModule);
        let mut request = request
            .header(AUTHORIZATION, credentials.basic(secret)?)
            .form("grant_type", "authorization_code")
            .form("code", attachment.code.as_str())
            .form("redirect_uri", attachment.redirect_uri.as_str());
        for (name, value) in [
            ("code_verifier", &attachment.code_verifier),
            ("region", &attachment.region),
            ("basic_search_id", &attachment.basic_search_id),
            ("scope", &attachment.scope),
            ("brand_type", &attachment.brand_type),
        ] {
            if let Some(value) = value {
                request = request.form(name, value.as_str());
            }
        }
        request.receive().await
    }

    /// Names the bot that a request is for.
    fn as_module_of<'a>(
        &self,
        bot_id: Option<&str>,
        request: Request<'a>,
    ) -> Result<Request<'a>, Error> {
        const ARGUMENT: &str = "bot-id";
        let Some(bot_id) = bot_id else {
            return Ok(request);
        };
        let header = &self.platform().settings.module_bot_header;
        let header = header.clone().ok_or_else(|| Error::Argument {
            argument: ARGUMENT,
            reason: String::from(
                "the operator has not configured `module_bot_header`, the header that it goes into",
            ),
        })?;
        let value = HeaderValue::try_from(path_segment(ARGUMENT, bot_id)?);
        let value = value.map_err(|error| bad_argument(ARGUMENT, error))?;
        Ok(request.header(header, value))
    }
}
