//! What buttons do (LINE reference, "Action objects").

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// What a button does.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Action {
    /// One that this version knows.
    Typed(TypedAction),
    /// A whole action object, whatever LINE accepts.
    Raw(Box<RawValue>),
}

/// An action that this version does not know is kept as its JSON.
impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Value::deserialize(deserializer)?;
        match TypedAction::deserialize(&json) {
            Ok(action) => Ok(Self::Typed(action)),
            Err(_) => to_raw_value(&json).map(Self::Raw).map_err(D::Error::custom),
        }
    }
}

/// An action that this version knows.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum TypedAction {
    /// Sends the bot a postback event.
    Postback {
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// Comes back in the event.
        data: String,
        /// Appears in the chat as a message of the user.
        #[serde(skip_serializing_if = "Option::is_none")]
        display_text: Option<String>,
        /// What a tap opens or closes, such as `openKeyboard` or `closeRichMenu`.
        #[serde(skip_serializing_if = "Option::is_none")]
        input_option: Option<String>,
        /// The text that the input field has when the keyboard opens.
        #[serde(skip_serializing_if = "Option::is_none")]
        fill_in_text: Option<String>,
    },
    /// Makes the user send a text.
    Message {
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// The text.
        text: String,
    },
    /// Opens a URI.
    Uri {
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// `http`, `https`, `line` or `tel`.
        uri: String,
        /// The URI to open on other devices.
        #[serde(skip_serializing_if = "Option::is_none")]
        alt_uri: Option<AltUri>,
    },
    /// Lets the user pick a date or time.
    #[serde(rename = "datetimepicker")]
    DatetimePicker {
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// Comes back in the event.
        data: String,
        /// `date`, `time` or `datetime`.
        mode: String,
        /// The initial value.
        #[serde(skip_serializing_if = "Option::is_none")]
        initial: Option<String>,
        /// The latest value.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<String>,
        /// The earliest value.
        #[serde(skip_serializing_if = "Option::is_none")]
        min: Option<String>,
    },
    /// Copies a text.
    Clipboard {
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// The text.
        clipboard_text: String,
    },
    /// Shows another rich menu.
    #[serde(rename = "richmenuswitch")]
    RichMenuSwitch {
        /// What the button says.
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        /// The alias of the menu.
        rich_menu_alias_id: String,
        /// Comes back in a postback event.
        data: String,
    },
    /// Opens the camera.
    Camera {
        /// What the button says.
        label: String,
    },
    /// Opens the photos.
    CameraRoll {
        /// What the button says.
        label: String,
    },
    /// Lets the user send a place.
    Location {
        /// What the button says.
        label: String,
    },
}

/// A URI for other devices.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AltUri {
    /// The URI to open on a desktop.
    pub desktop: String,
}
