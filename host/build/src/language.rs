//! What every language does.

use std::io;
use std::path::{Path, PathBuf};

use crate::command::CommandError;
use crate::component::ComponentError;
use crate::progress::Progress;
use crate::template::Template;

/// A language that bots are written in.
pub trait Language: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Whether a folder holds a bot in it: by the file that every project of the language has.
    fn owns(&self, folder: &Path) -> bool;

    /// Makes a component of the bot in a folder. What the language's own tools say of the sources goes to
    /// stderr.
    ///
    /// # Errors
    ///
    /// What is wrong with the sources, or what is missing on the machine.
    fn build(
        &self,
        folder: &Path,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Output, BuildError>;

    /// The files and folders whose changes make another build worthwhile.
    ///
    /// # Errors
    ///
    /// When the language's tools can't tell.
    fn sources(&self, folder: &Path) -> Result<Vec<PathBuf>, BuildError>;

    /// Bots to begin with.
    fn templates(&self) -> &'static [Template];

    /// The files of a new bot, beside those of its template: what makes the folder a project. Each has a path
    /// and a text.
    fn project(&self, name: &str, template: &Template, sdk: &Sdk) -> Vec<(&'static str, String)>;

    /// What to do first in a new folder, besides `botbox dev`: run its tests.
    fn test_command(&self) -> &'static str;

    /// Where the sources of the SDK are in a checkout of botbox, from its root.
    fn sdk_folder(&self) -> &'static str;
}

/// How a bot is built.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Soon rather than small: for a bot that is being worked on.
    pub is_quick: bool,
    /// With the very dependencies that the lock file names, or not at all.
    pub is_locked: bool,
}

/// What a build has made.
#[derive(Debug)]
pub struct Output {
    /// The bot's name, as its project says.
    pub name: String,
    /// Where the component belongs.
    pub file: PathBuf,
    /// The component.
    pub component: Vec<u8>,
}

/// Where a new bot gets its SDK from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sdk {
    /// The language's registry, at this version of botbox.
    Published,
    /// A folder of this machine.
    Folder(PathBuf),
}

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A tool that is missing, or failed.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The compiler's words stand above.
    #[error("the bot does not compile")]
    Sources {
        /// They, up to 64 KiB.
        said: String,
    },
    /// The project is not one of a bot.
    #[error("{}: {problem}", .file.display())]
    Project {
        /// The file that says so.
        file: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// What the compiler made is no component.
    #[error(transparent)]
    Component(#[from] ComponentError),
    /// Something on the machine is missing.
    #[error("{0}")]
    Missing(String),
    /// The disk.
    #[error("cannot {action} {}: {source}", .path.display())]
    Disk {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl BuildError {
    /// For `map_err`: the disk failed while something was done with a path.
    pub fn disk(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Disk {
            action,
            path,
            source,
        }
    }
}
