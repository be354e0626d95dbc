//! Rich menus, their images and the default one (LINE reference, "Rich menu").

use bytes::Bytes;
use reqwest::header::HeaderValue;
use serde::Deserialize;

use super::content::UNKNOWN_TYPE;
use crate::arguments::bad_argument;
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::lenient::elements;
use crate::operation::Operation;
use crate::rich_menu::{ExistingRichMenu, RichMenu};

/// The most bytes of an image: 1 MB (LINE reference, "Upload rich menu image"). LINE does not say
/// of which kind; this is the larger one.
pub const RICH_MENU_IMAGE_LIMIT: usize = 1 << 20;

/// An answer that is only an id.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Id {
    pub(super) rich_menu_id: String,
}

impl Client {
    /// Makes a rich menu. Returns its id.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn create_rich_menu(&self, menu: &RichMenu) -> Result<String, Error> {
        let request = self.request(Operation::CreateRichMenu).json(menu)?;
        Ok(request.receive::<Id>().await?.rich_menu_id)
    }

    /// Has LINE validate a rich menu, and does not make it.
    ///
    /// # Errors
    ///
    /// [`Error::Response`] with details when it is not, and as every call.
    pub async fn validate_rich_menu_object(&self, menu: &RichMenu) -> Result<(), Error> {
        let request = self.request(Operation::ValidateRichMenuObject);
        request.json(menu)?.send().await
    }

    /// A rich menu by its id.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn rich_menu(&self, id: &str) -> Result<ExistingRichMenu, Error> {
        let request = self.request(Operation::GetRichMenu);
        request.id("rich-menu-id", id)?.receive().await
    }

    /// All rich menus that were made through the API.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn rich_menu_list(&self) -> Result<Vec<ExistingRichMenu>, Error> {
        #[derive(Deserialize)]
        struct List {
            #[serde(deserialize_with = "elements")]
            richmenus: Vec<ExistingRichMenu>,
        }
        let request = self.request(Operation::GetRichMenuList);
        Ok(request.receive::<List>().await?.richmenus)
    }

    /// Deletes a rich menu.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn delete_rich_menu(&self, id: &str) -> Result<(), Error> {
        let request = self.request(Operation::DeleteRichMenu);
        request.id("rich-menu-id", id)?.send().await
    }

    /// Sets the image of a rich menu, once: `image/jpeg` or `image/png`.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn set_rich_menu_image(
        &self,
        id: &str,
        content_type: &str,
        image: Bytes,
    ) -> Result<(), Error> {
        let content_type = HeaderValue::try_from(content_type)
            .map_err(|error| bad_argument("content-type", error))?;
        let request = self.request(Operation::SetRichMenuImage);
        let request = request.id("rich-menu-id", id)?.body(content_type, image);
        request.send().await
    }

    /// The image of a rich menu: its media type and bytes.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn rich_menu_image(&self, id: &str) -> Result<(String, Vec<u8>), Error> {
        let request = self.request(Operation::GetRichMenuImage);
        let request = request.id("rich-menu-id", id)?;
        let image = request.receive_raw(RICH_MENU_IMAGE_LIMIT).await?;
        let content_type = image
            .content_type
            .unwrap_or_else(|| UNKNOWN_TYPE.to_owned());
        Ok((content_type, image.body))
    }

    /// Shows a rich menu to all users who have none of their own.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn set_default_rich_menu(&self, id: &str) -> Result<(), Error> {
        let request = self.request(Operation::SetDefaultRichMenu);
        request.id("rich-menu-id", id)?.send().await
    }

    /// The id of the default rich menu, if there is one.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn default_rich_menu_id(&self) -> Result<Option<String>, Error> {
        let request = self.request(Operation::GetDefaultRichMenuId);
        let id = if_any(request.receive::<Id>().await)?;
        Ok(id.map(|id| id.rich_menu_id))
    }

    /// Removes the default rich menu.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn cancel_default_rich_menu(&self) -> Result<(), Error> {
        self.request(Operation::CancelDefaultRichMenu).send().await
    }
}

/// What was asked for, or nothing when LINE answers that it does not exist.
pub(super) fn if_any<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}
