//! How LINE says what is wrong. Its parts have validators of their own, with their own words and
//! ways of naming a property; bots see all of them.

/// A part of LINE with words of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Most request bodies: `messages[0].text`, "May not be empty" (LINE reference, "Error
    /// responses").
    Body,
    /// Rich menus: `areas[0].action.uri`, "must be specified" (LINE reference, "Create rich menu").
    RichMenu,
    /// Coupons: "Size must be between 1 and 60" (LINE reference, "Create a coupon").
    Coupon,
    /// The inside of a template or of a text with placeholders: `template/columns/5/title`, "must
    /// not be longer than 40 characters" (as LINE answered).
    Message,
    /// The inside of a Flex message: `/hero/url`, "invalid property" (as LINE answered). Only here
    /// properties are refused that LINE does not know.
    Flex,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// It is required, and not there.
    Missing,
    /// A text without characters.
    Empty,
    /// A text of more characters than this.
    TooLong(usize),
    /// None of these.
    NotOneOf(Vec<&'static str>),
    /// A whole number below this.
    Below(i64),
    /// Not a URI of an allowed scheme, which are these.
    Uri(&'static str),
    /// A property that the object does not have.
    Unknown,
    /// LINE is known to say this.
    Said(&'static str),
    /// Anything else; Flex has one text for all of it.
    Other(String),
}

impl From<&str> for Problem {
    fn from(words: &str) -> Self {
        Self::Other(words.to_owned())
    }
}

impl From<String> for Problem {
    fn from(words: String) -> Self {
        Self::Other(words)
    }
}

impl Dialect {
    /// The path of the property `name` of the object at `path`.
    pub(super) fn property(self, path: &str, name: &str) -> String {
        match self {
            Self::Flex => format!("{path}/{name}"),
            _ if path.is_empty() => name.to_owned(),
            Self::Message => format!("{path}/{name}"),
            Self::Body | Self::RichMenu | Self::Coupon => format!("{path}.{name}"),
        }
    }

    /// The path of an item of the list at `path`.
    pub(super) fn item(self, path: &str, index: usize) -> String {
        match self {
            Self::Flex | Self::Message => format!("{path}/{index}"),
            Self::Body | Self::RichMenu | Self::Coupon => format!("{path}[{index}]"),
        }
    }

    pub(super) fn words(self, problem: Problem) -> String {
        match (self, problem) {
            (Self::Body | Self::Coupon, Problem::Missing | Problem::Empty) => {
                "May not be empty".to_owned()
            }
            (Self::RichMenu, Problem::Missing | Problem::Empty) | (_, Problem::Missing) => {
                "must be specified".to_owned()
            }
            (Self::Message | Self::Flex, Problem::Empty) => "must be non-empty text".to_owned(),
            (_, Problem::Unknown) => "unknown field".to_owned(),
            (_, Problem::Said(words)) => words.to_owned(),
            (Self::Flex, Problem::Below(min)) => {
                format!("must be greater than or equal to {min}")
            }
            (Self::Message | Self::Flex, Problem::Uri(_)) => "invalid uri scheme".to_owned(),
            (Self::RichMenu, Problem::Uri(_)) => "invalid uri".to_owned(),
            (Self::Flex, _) => "invalid property".to_owned(),
            (Self::Coupon, Problem::TooLong(max)) => format!("Size must be between 1 and {max}"),
            (Self::Message, Problem::TooLong(max)) => {
                format!("must not be longer than {max} characters")
            }
            (_, Problem::TooLong(max)) => format!("Length must be between 0 and {max}"),
            (Self::Coupon, Problem::NotOneOf(values)) => one_of(&values.join(",")),
            (_, Problem::NotOneOf(values)) => one_of(&values.join(", ")),
            (_, Problem::Below(min)) => format!("Must be a whole number of at least {min}"),
            (_, Problem::Uri(allowed)) => format!("Must be a valid {allowed}"),
            (_, Problem::Other(words)) => words,
        }
    }
}

fn one_of(values: &str) -> String {
    format!("Must be one of the following values: [{values}]")
}
