//! Flex Messages: messages with a free layout (LINE reference, "Flex Message").
//!
//! ```
//! use botbox_sdk::flex::{self, Size, Space, Weight, px};
//! use botbox_sdk::prelude::*;
//!
//! let cafe = flex::bubble()
//!     .hero(flex::image("https://example.com/cafe.jpg").size(flex::ImageSize::Full))
//!     .body(
//!         flex::vertical((
//!             flex::text("Brown Cafe").weight(Weight::Bold).size(Size::Xl),
//!             flex::baseline((
//!                 flex::icon("https://example.com/star.png").size(Size::Sm),
//!                 flex::text("4.0").color("#999999").margin(Space::Md),
//!             )),
//!         ))
//!         .spacing(px(12)),
//!     )
//!     .footer(flex::vertical([flex::button(action::uri(
//!         "Open",
//!         "https://example.com",
//!     ))]));
//! let message: Message = message::flex("Brown Cafe", cafe);
//! ```
//!
//! Functions make the objects, and methods named as LINE's properties set what is not required.
//! What LINE takes nowhere does not compile, such as an icon outside a [`baseline`] box:
//!
//! ```compile_fail
//! # use botbox_sdk::flex;
//! flex::vertical([flex::icon("https://example.com/star.png")]);
//! ```
//!
//! The rest, such as the lengths of texts, LINE checks, and answers what is wrong with them.

mod action;
mod bubble;
mod button;
mod container;
mod contents;
mod flex_box;
mod icon;
mod image;
mod properties;
mod separator;
mod text;
mod values;
mod video;

pub use bubble::{BlockStyle, Bubble, Hero, Styles, block_style, bubble, styles};
pub use button::{Button, button};
pub use container::{Carousel, Container, carousel};
pub use contents::IntoContents;
pub use flex_box::{
    BaselineComponent, Component, FlexBox, LinearGradient, baseline, horizontal, linear_gradient,
    vertical,
};
pub use icon::{Icon, icon};
pub use image::{Image, image};
pub use separator::{Filler, Separator, filler, separator};
pub use text::{Span, Text, span, spans, text};
pub use values::{
    AdjustMode, Align, AlignItems, AspectMode, AspectRatio, BorderWidth, BubbleSize, ButtonHeight,
    ButtonStyle, Decoration, Direction, Gravity, IconSize, ImageSize, Inset, JustifyContent,
    Length, Percent, Position, Px, Size, Space, Spacing, TextSize, TextStyle, Weight, percent, px,
};
pub use video::{AltContent, Video, video};

#[cfg(test)]
mod tests;
