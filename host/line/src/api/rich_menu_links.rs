//! Rich menus of single users: linking, unlinking, and batches of both (LINE reference, "Per-user
//! rich menu").

use serde::Serialize;

use super::rich_menus::{Id, if_any};
use crate::arguments::not_empty_ids;
use crate::client::Client;
use crate::error::Error;
use crate::operation::Operation;
use crate::rich_menu::{BatchProgress, RichMenuBatch};

/// Some users, and the rich menu that they are to have.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Link<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    rich_menu_id: Option<&'a str>,
    user_ids: &'a [String],
}

impl Client {
    /// Shows a rich menu to a user.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn link_rich_menu_id_to_user(&self, user_id: &str, id: &str) -> Result<(), Error> {
        let request = self.request(Operation::LinkRichMenuIdToUser);
        let request = request.id("user-id", user_id)?.id("rich-menu-id", id)?;
        request.send().await
    }

    /// The id of the user's own rich menu, if there is one.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn rich_menu_id_of_user(&self, user_id: &str) -> Result<Option<String>, Error> {
        let request = self.request(Operation::GetRichMenuIdOfUser);
        let id = if_any(request.id("user-id", user_id)?.receive::<Id>().await)?;
        Ok(id.map(|id| id.rich_menu_id))
    }

    /// Unlinks the user's own rich menu.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn unlink_rich_menu_id_from_user(&self, user_id: &str) -> Result<(), Error> {
        let request = self.request(Operation::UnlinkRichMenuIdFromUser);
        request.id("user-id", user_id)?.send().await
    }

    /// Shows a rich menu to 1 to 500 users, in the background.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn link_rich_menu_id_to_users(
        &self,
        id: &str,
        user_ids: &[String],
    ) -> Result<(), Error> {
        let rich_menu_id = Some(id);
        let user_ids = not_empty_ids("user-ids", user_ids)?;
        let link = Link {
            rich_menu_id,
            user_ids,
        };
        let request = self.request(Operation::LinkRichMenuIdToUsers);
        request.json(&link)?.send().await
    }

    /// Unlinks the rich menus of 1 to 500 users, in the background.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn unlink_rich_menu_id_from_users(&self, user_ids: &[String]) -> Result<(), Error> {
        let rich_menu_id = None;
        let user_ids = not_empty_ids("user-ids", user_ids)?;
        let link = Link {
            rich_menu_id,
            user_ids,
        };
        let request = self.request(Operation::UnlinkRichMenuIdFromUsers);
        request.json(&link)?.send().await
    }

    /// Makes changes in the background. Returns LINE's id of the request.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn rich_menu_batch(&self, batch: &RichMenuBatch) -> Result<String, Error> {
        let request = self.request(Operation::RichMenuBatch);
        request.json(batch)?.receive_id().await
    }

    /// Has LINE validate a batch, and does not run it.
    ///
    /// # Errors
    ///
    /// [`Error::Response`] with details when it is not, and as every call.
    pub async fn validate_rich_menu_batch_request(
        &self,
        batch: &RichMenuBatch,
    ) -> Result<(), Error> {
        let request = self.request(Operation::ValidateRichMenuBatchRequest);
        request.json(batch)?.send().await
    }

    /// The progress of a batch of the last 14 days.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn rich_menu_batch_progress(&self, request_id: &str) -> Result<BatchProgress, Error> {
        let request = self.request(Operation::GetRichMenuBatchProgress);
        request.query("requestId", Some(request_id)).receive().await
    }
}
