//! A message that a user sent.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::lenient::{lenient, readable};

/// A message that a user sent.
#[derive(Debug)]
pub struct Message {
    /// Identifies the message, and its content at LINE.
    pub id: String,
    /// The token to quote the message with.
    pub quote_token: Option<String>,
    /// The message that this one quotes.
    pub quoted_message_id: Option<String>,
    /// The token to mark the chat as read with, up to this message.
    pub mark_as_read_token: Option<String>,
    /// What was sent.
    pub content: MessageContent,
}

/// What was sent.
#[derive(Debug)]
pub enum MessageContent {
    /// A text.
    Text {
        /// At most 5,000 UTF-16 code units.
        text: String,
        /// LINE's own emoji in it.
        emojis: Vec<Emoji>,
        /// Who is mentioned in it.
        mentionees: Vec<Mentionee>,
    },
    /// An image.
    Image {
        /// Where its bytes are.
        provider: ContentProvider,
        /// Its place among images that were sent together.
        image_set: Option<ImageSet>,
    },
    /// A video.
    Video {
        /// Where its bytes are.
        provider: ContentProvider,
        /// In milliseconds.
        duration: Option<u32>,
    },
    /// A sound.
    Audio {
        /// Where its bytes are.
        provider: ContentProvider,
        /// In milliseconds.
        duration: Option<u32>,
    },
    /// A file.
    File {
        /// As the user named it.
        name: String,
        /// In bytes.
        size: u64,
    },
    /// A place.
    Location {
        /// Its name.
        title: Option<String>,
        /// Its address.
        address: Option<String>,
        /// In degrees.
        latitude: f64,
        /// In degrees.
        longitude: f64,
    },
    /// A sticker.
    Sticker {
        /// Its package.
        package_id: String,
        /// The sticker in the package.
        sticker_id: String,
        /// `STATIC`, `ANIMATION` and others; an open set.
        resource_type: String,
        /// Up to 15 words that describe it.
        keywords: Vec<String>,
        /// What the user wrote on it.
        text: Option<String>,
    },
    /// Another kind of message: its JSON.
    Unknown(String),
}

/// A LINE emoji in a text.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Emoji {
    /// In UTF-16 code units.
    pub index: u32,
    /// In UTF-16 code units.
    pub length: u32,
    /// Its product.
    pub product_id: String,
    /// The emoji in the product.
    pub emoji_id: String,
}

/// A mention in a text.
#[derive(Debug)]
pub struct Mentionee {
    /// In UTF-16 code units.
    pub index: u32,
    /// In UTF-16 code units.
    pub length: u32,
    /// Who is mentioned.
    pub target: MentionTarget,
}

/// Who is mentioned.
#[derive(Debug)]
pub enum MentionTarget {
    /// A user, where LINE tells who: only with the user's consent.
    User(Option<String>),
    /// This bot.
    Bot,
    /// Everybody.
    All,
    /// Another kind of mention: its JSON.
    Unknown(String),
}

/// A place among images that were sent together.
#[derive(Debug, Deserialize)]
pub struct ImageSet {
    /// The same for all of them.
    pub id: String,
    /// From 1.
    #[serde(default, deserialize_with = "lenient")]
    pub index: Option<u32>,
    /// How many there are.
    #[serde(default, deserialize_with = "lenient")]
    pub total: Option<u32>,
}

/// Where the bytes of a content are.
#[derive(Debug)]
pub enum ContentProvider {
    /// LINE.
    Line,
    /// Another server.
    External {
        /// The content.
        original_content_url: String,
        /// A smaller image of it.
        preview_image_url: Option<String>,
    },
    /// Another provider: its JSON.
    Unknown(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    id: String,
    #[serde(rename = "type")]
    message_type: String,
    #[serde(default, deserialize_with = "lenient")]
    quote_token: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    quoted_message_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    mark_as_read_token: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    text: Option<String>,
    #[serde(default, deserialize_with = "readable")]
    emojis: Vec<Emoji>,
    #[serde(default, borrow)]
    mention: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "lenient")]
    image_set: Option<ImageSet>,
    #[serde(default, borrow)]
    content_provider: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "lenient")]
    duration: Option<u32>,
    #[serde(default, deserialize_with = "lenient")]
    file_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    file_size: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    title: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    address: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    latitude: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    longitude: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    package_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    sticker_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    sticker_resource_type: Option<String>,
    #[serde(default, deserialize_with = "readable")]
    keywords: Vec<String>,
}

impl Message {
    /// Reads a message; nothing when it has no id or no type.
    pub(super) fn parse(raw: &RawValue) -> Option<Self> {
        let mut wire: Wire<'_> = serde_json::from_str(raw.get()).ok()?;
        Some(Self {
            content: wire
                .take_content()
                .unwrap_or_else(|| MessageContent::Unknown(raw.get().to_owned())),
            id: wire.id,
            quote_token: wire.quote_token,
            quoted_message_id: wire.quoted_message_id,
            mark_as_read_token: wire.mark_as_read_token,
        })
    }
}

impl Wire<'_> {
    /// What was sent, or nothing when a part is missing without which it makes no sense.
    fn take_content(&mut self) -> Option<MessageContent> {
        Some(match self.message_type.as_str() {
            "text" => MessageContent::Text {
                text: self.text.take()?,
                emojis: std::mem::take(&mut self.emojis),
                mentionees: self.mentionees(),
            },
            "image" => MessageContent::Image {
                provider: self.provider(),
                image_set: self.image_set.take(),
            },
            "video" => MessageContent::Video {
                provider: self.provider(),
                duration: self.duration,
            },
            "audio" => MessageContent::Audio {
                provider: self.provider(),
                duration: self.duration,
            },
            "file" => MessageContent::File {
                name: self.file_name.take()?,
                size: self.file_size?,
            },
            "location" => MessageContent::Location {
                title: self.title.take(),
                address: self.address.take(),
                latitude: self.latitude?,
                longitude: self.longitude?,
            },
            "sticker" => MessageContent::Sticker {
                package_id: self.package_id.take()?,
                sticker_id: self.sticker_id.take()?,
                resource_type: self.sticker_resource_type.take().unwrap_or_default(),
                keywords: std::mem::take(&mut self.keywords),
                text: self.text.take(),
            },
            _ => return None,
        })
    }

    /// The mentions whose place in the text LINE tells.
    fn mentionees(&self) -> Vec<Mentionee> {
        #[derive(Deserialize)]
        struct Mention<'a> {
            #[serde(borrow)]
            mentionees: Vec<&'a RawValue>,
        }
        let mention = self.mention.map(|raw| serde_json::from_str(raw.get()));
        let Some(Ok(Mention { mentionees })) = mention else {
            return Vec::new();
        };
        mentionees
            .into_iter()
            .filter_map(Mentionee::parse)
            .collect()
    }

    /// LINE itself, unless the message names another provider.
    fn provider(&self) -> ContentProvider {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Provider {
            #[serde(rename = "type")]
            provider_type: String,
            #[serde(default, deserialize_with = "lenient")]
            original_content_url: Option<String>,
            #[serde(default, deserialize_with = "lenient")]
            preview_image_url: Option<String>,
        }
        let Some(raw) = self.content_provider else {
            return ContentProvider::Line;
        };
        let unknown = || ContentProvider::Unknown(raw.get().to_owned());
        let Ok(provider) = serde_json::from_str::<Provider>(raw.get()) else {
            return unknown();
        };
        match (
            provider.provider_type.as_str(),
            provider.original_content_url,
        ) {
            ("line", _) => ContentProvider::Line,
            ("external", Some(original_content_url)) => ContentProvider::External {
                original_content_url,
                preview_image_url: provider.preview_image_url,
            },
            _ => unknown(),
        }
    }
}

impl Mentionee {
    fn parse(raw: &RawValue) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            index: u32,
            length: u32,
            #[serde(rename = "type", default, deserialize_with = "lenient")]
            mention_type: Option<String>,
            #[serde(default, deserialize_with = "lenient")]
            user_id: Option<String>,
            #[serde(default, deserialize_with = "lenient")]
            is_self: Option<bool>,
        }
        let wire: Wire = serde_json::from_str(raw.get()).ok()?;
        Some(Self {
            index: wire.index,
            length: wire.length,
            target: match wire.mention_type.as_deref() {
                Some("user") if wire.is_self == Some(true) => MentionTarget::Bot,
                Some("user") => MentionTarget::User(wire.user_id),
                Some("all") => MentionTarget::All,
                _ => MentionTarget::Unknown(raw.get().to_owned()),
            },
        })
    }
}
