//! Names of rich menus, which rich menu switch actions use (LINE reference, "Rich menu alias").

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::Error;
use crate::lenient::elements;
use crate::operation::Operation;
use crate::rich_menu::RichMenuAlias;

impl Client {
    /// Names a rich menu.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn create_rich_menu_alias(&self, alias: &RichMenuAlias) -> Result<(), Error> {
        let request = self.request(Operation::CreateRichMenuAlias);
        request.json(alias)?.send().await
    }

    /// Points an alias to another rich menu.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn update_rich_menu_alias(&self, alias: &RichMenuAlias) -> Result<(), Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Target<'a> {
            rich_menu_id: &'a str,
        }
        let target = Target {
            rich_menu_id: &alias.rich_menu_id,
        };
        let request = self.request(Operation::UpdateRichMenuAlias);
        let request = request.id("rich-menu-alias-id", &alias.rich_menu_alias_id)?;
        request.json(&target)?.send().await
    }

    /// The rich menu that an alias points to.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn rich_menu_alias(&self, alias_id: &str) -> Result<RichMenuAlias, Error> {
        let request = self.request(Operation::GetRichMenuAlias);
        request.id("rich-menu-alias-id", alias_id)?.receive().await
    }

    /// All aliases.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn rich_menu_alias_list(&self) -> Result<Vec<RichMenuAlias>, Error> {
        #[derive(Deserialize)]
        struct List {
            #[serde(deserialize_with = "elements")]
            aliases: Vec<RichMenuAlias>,
        }
        let request = self.request(Operation::GetRichMenuAliasList);
        Ok(request.receive::<List>().await?.aliases)
    }

    /// Deletes an alias, not its rich menu.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn delete_rich_menu_alias(&self, alias_id: &str) -> Result<(), Error> {
        let request = self.request(Operation::DeleteRichMenuAlias);
        request.id("rich-menu-alias-id", alias_id)?.send().await
    }
}
