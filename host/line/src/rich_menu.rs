//! Rich menus: images with areas to tap, below a chat (LINE reference, "Rich menu structures").
//!
//! Their limits are LINE's to check, and its answer says what is wrong.

use serde::{Deserialize, Serialize};

use crate::message::{Action, Area, Size};

/// A rich menu.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RichMenu {
    /// The size of the image.
    pub size: Size,
    /// Whether it is open at first.
    #[serde(default)]
    pub selected: bool,
    /// For the account's own use; at most 300 characters.
    #[serde(default)]
    pub name: String,
    /// Shown in the chat's bar; at most 14 characters.
    #[serde(default)]
    pub chat_bar_text: String,
    /// At most 20.
    #[serde(default)]
    pub areas: Vec<RichMenuArea>,
}

/// An area to tap.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RichMenuArea {
    /// Where it is.
    pub bounds: Area,
    /// What a tap does.
    pub action: Action,
}

/// A rich menu that LINE has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExistingRichMenu {
    /// Its id.
    pub rich_menu_id: String,
    /// What it is.
    #[serde(flatten)]
    pub menu: RichMenu,
}

/// A name for a rich menu, which rich menu switch actions use.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RichMenuAlias {
    /// 1 to 32 lower-case letters, digits, `-` and `_`.
    pub rich_menu_alias_id: String,
    /// The rich menu.
    pub rich_menu_id: String,
}

/// Changes for all users who have a rich menu of their own (LINE reference, "Replace or unlink the
/// linked rich menus in batches").
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RichMenuBatch {
    /// At most 1,000.
    pub operations: Vec<BatchOperation>,
    /// LINE knows the batch by it when it is sent again after a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume_request_key: Option<String>,
}

/// A change for all users who have a rich menu of their own.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum BatchOperation {
    /// Users who have the rich menu `from` get `to`.
    Link {
        /// The menu that is replaced.
        from: String,
        /// The menu that replaces it.
        to: String,
    },
    /// Users who have the rich menu `from` lose it.
    Unlink {
        /// The menu that is removed.
        from: String,
    },
    /// All users lose theirs.
    UnlinkAll,
}

/// The progress of a batch.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchProgress {
    /// `ongoing`, `succeeded` or `failed`.
    pub phase: String,
    /// When LINE accepted it: ISO 8601.
    pub accepted_time: String,
    /// When it ended: ISO 8601.
    pub completed_time: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::message::TypedAction;

    #[test]
    fn what_line_answers_is_read() {
        let bounds = json!({"x": 0, "y": 1, "width": 2, "height": 3});
        let later = json!({"type": "teleport", "to": "the moon"});
        let camera = json!({"type": "camera"});
        let area = |action| json!({"bounds": bounds, "action": action});
        let read: ExistingRichMenu = serde_json::from_value(json!({
            "richMenuId": "richmenu-1",
            "size": {"width": 2500, "height": 843},
            "name": "Menu",
            "areas": [
                area(json!({"type": "postback", "data": "d", "novel": 1})),
                area(json!({"type": "richmenuswitch", "richMenuAliasId": "a", "data": "d"})),
                area(later.clone()),
                area(camera.clone()),
            ],
        }))
        .unwrap();
        assert_eq!(read.rich_menu_id, "richmenu-1");
        let RichMenu {
            size,
            selected,
            name,
            chat_bar_text,
            areas,
        } = read.menu;
        assert_eq!((size.width, size.height, selected), (2500, 843, false));
        assert_eq!((name.as_str(), chat_bar_text.as_str()), ("Menu", ""));
        assert_eq!((areas[0].bounds.y, areas[0].bounds.height), (1, 3));
        assert!(matches!(
            areas[0].action,
            Action::Typed(TypedAction::Postback { label: None, .. })
        ));
        assert!(matches!(
            areas[1].action,
            Action::Typed(TypedAction::RichMenuSwitch { .. })
        ));
        // Unknown, or without what is required elsewhere: as it is.
        for (area, json) in areas[2..].iter().zip([later, camera]) {
            assert!(matches!(area.action, Action::Raw(_)));
            assert_eq!(serde_json::to_value(&area.action).unwrap(), json);
        }
    }

    #[test]
    fn batches_are_written_as_line_reads_them() {
        let batch = RichMenuBatch {
            operations: vec![
                BatchOperation::Link {
                    from: "a".into(),
                    to: "b".into(),
                },
                BatchOperation::Unlink { from: "c".into() },
                BatchOperation::UnlinkAll,
            ],
            resume_request_key: None,
        };
        assert_eq!(
            serde_json::to_value(batch).unwrap(),
            json!({"operations": [
                {"type": "link", "from": "a", "to": "b"},
                {"type": "unlink", "from": "c"},
                {"type": "unlinkAll"},
            ]})
        );
    }
}
