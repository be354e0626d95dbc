//! Makes plugins of bots: a folder with an author's sources becomes a component.
//!
//! A [`Bot`] is such a folder. Each language is a module with a [`Language`], which knows its folders by the
//! files that people of that language have in them, and calls that language's own tools; nothing else
//! here knows any language. [`new`] makes a folder from a template.

pub mod bot;
pub mod c;
pub mod command;
pub mod component;
mod contract;
pub mod go;
pub mod language;
mod lock;
mod made;
pub mod new;
pub mod progress;
mod pypi;
pub mod python;
pub mod rust;
pub mod template;
pub mod typescript;

pub use bot::{Bot, BotError, Built};
pub use language::{BuildError, Language, Options};
pub use progress::Progress;
