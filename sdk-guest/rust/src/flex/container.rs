//! What a Flex Message is made of (LINE reference, "Container").

use super::bubble::Bubble;
use super::properties::object;
use crate::json::{Json, Object};

/// A bubble or a carousel, or either as JSON in a string.
#[derive(Clone, Debug)]
pub struct Container(String);

object! {
    /// Bubbles to swipe through.
    Carousel
}

/// At most 12 bubbles of one size to swipe through, without videos; at most 50 KB of JSON.
pub fn carousel(bubbles: impl IntoIterator<Item = Bubble>) -> Carousel {
    let contents: Vec<_> = bubbles.into_iter().collect();
    Carousel(Object::typed("carousel").with("contents", contents))
}

impl From<Container> for String {
    fn from(container: Container) -> Self {
        container.0
    }
}

impl From<Bubble> for Container {
    fn from(bubble: Bubble) -> Self {
        Self(bubble.json().0)
    }
}

impl From<Carousel> for Container {
    fn from(carousel: Carousel) -> Self {
        Self(carousel.json().0)
    }
}

impl From<String> for Container {
    fn from(json: String) -> Self {
        Self(json)
    }
}

impl From<&str> for Container {
    fn from(json: &str) -> Self {
        Self(json.to_owned())
    }
}
