//! The plugin that is worked on: made of a folder, or a file that somebody else makes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use botbox_build::component::Needs;
use botbox_build::{Bot, Options, Progress};

use crate::build::missing;
use crate::output::remark;

/// Where the plugin comes from.
#[derive(Clone)]
pub(crate) enum Source {
    Folder(PathBuf),
    Component(PathBuf),
}

/// A plugin, and what its channel needs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plugin {
    pub(crate) file: PathBuf,
    /// The keys of `[[channels]]` that the bot brings along, as TOML.
    pub(crate) channel: String,
}

impl Source {
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let absolute = fs::canonicalize(path);
        let path = absolute.with_context(|| format!("cannot find {}", path.display()))?;
        if path.is_file() {
            return Ok(Self::Component(path));
        }
        // Told at once when it is no bot's.
        Bot::open(&path)?;
        Ok(Self::Folder(path))
    }

    /// What the bot is called.
    pub(crate) fn name(&self) -> String {
        let name = match self {
            Self::Folder(folder) => folder.file_name(),
            Self::Component(file) => file.file_stem(),
        };
        let name = name.and_then(|name| name.to_str());
        name.unwrap_or("bot").to_owned()
    }

    /// Whose changes make another plugin.
    pub(crate) fn watched(&self) -> anyhow::Result<Vec<PathBuf>> {
        Ok(match self {
            Self::Folder(folder) => Bot::open(folder)?.sources()?,
            Self::Component(file) => vec![file.clone()],
        })
    }

    /// Makes the plugin anew.
    pub(crate) fn build(&self) -> anyhow::Result<Plugin> {
        let (file, needs, channel) = match self {
            Self::Folder(folder) => {
                let bot = Bot::open(folder)?;
                let options = Options {
                    is_quick: true,
                    ..Options::default()
                };
                let built = bot.build(&options, Progress::new(&remark))?;
                if let Some(missing) = missing(&built) {
                    remark(missing.trim_start_matches("# "));
                }
                (built.file, built.needs, bot.channel()?)
            }
            Self::Component(file) => {
                let component = fs::read(file);
                let component =
                    component.with_context(|| format!("cannot read {}", file.display()))?;
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
