//! The plugin of a bot: made of its folder, or a component that somebody else makes.

use std::fs;
use std::path::{Path, PathBuf};

use botbox_build::bot::BotError;
use botbox_build::component::{ComponentError, Needs};
use botbox_build::{Bot, BuildError, Options, Progress};

/// A plugin, and what its channel needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Plugin {
    /// The component.
    pub file: PathBuf,
    /// The keys of `[[channels]]` that the bot brings along, as TOML.
    pub channel: String,
}

/// Where a plugin comes from.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Source {
    /// A bot's folder.
    Folder(PathBuf),
    /// A component.
    Component(PathBuf),
}

/// Why there is no plugin.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no such file or folder.
    #[error("cannot find {}", .path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The folder is no bot's.
    #[error(transparent)]
    Bot(#[from] BotError),
    /// The bot can't be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The file is no bot's component.
    #[error(transparent)]
    Component(#[from] ComponentError),
}

impl Source {
    /// The bot's folder, or the component, at a path.
    ///
    /// # Errors
    ///
    /// When nothing is there, or a folder that is no bot's.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let path = fs::canonicalize(path).map_err(|source| SourceError::Missing {
            path: path.to_owned(),
            source,
        })?;
        if path.is_file() {
            return Ok(Self::Component(path));
        }
        // Told at once when it is no bot's.
        Bot::open(&path)?;
        Ok(Self::Folder(path))
    }

    /// What the bot is called.
    #[must_use]
    pub fn name(&self) -> String {
        let name = match self {
            Self::Folder(folder) => folder.file_name(),
            Self::Component(file) => file.file_stem(),
        };
        let name = name.and_then(|name| name.to_str());
        name.unwrap_or("bot").to_owned()
    }

    /// Whose changes make another plugin.
    ///
    /// # Errors
    ///
    /// When the tools of the bot's language can't tell.
    pub fn watched(&self) -> Result<Vec<PathBuf>, SourceError> {
        Ok(match self {
            Self::Folder(folder) => Bot::open(folder)?.sources()?,
            Self::Component(file) => vec![file.clone()],
        })
    }

    /// Makes the plugin anew. `tell` gets a line about each thing that takes time, and about what the bot
    /// lacks.
    ///
    /// # Errors
    ///
    /// What is wrong with the bot, or what is missing on the machine.
    pub fn build(&self, tell: &(dyn Fn(&str) + Sync)) -> Result<Plugin, SourceError> {
        let (file, needs, channel) = match self {
            Self::Folder(folder) => {
                let bot = Bot::open(folder)?;
                let options = Options {
                    is_quick: true,
                    ..Options::default()
                };
                let built = bot.build(&options, Progress::new(tell))?;
                if !built.missing.is_empty() {
                    let missing: Vec<_> = built.missing.iter().map(String::as_str).collect();
                    tell(&format!(
                        "channel.toml does not grant {}",
                        missing.join(", ")
                    ));
                }
                (built.file, built.needs, bot.channel()?)
            }
            Self::Component(file) => {
                let component = fs::read(file).map_err(|source| SourceError::Missing {
                    path: file.clone(),
                    source,
                })?;
                (file.clone(), Needs::of(&component)?, String::new())
            }
        };
        let channel = match channel.trim().is_empty() {
            // Who says nothing gets all that needs no list.
            true => needs.without_lists().grants_toml(),
            false => channel,
        };
        Ok(Plugin { file, channel })
    }
}
