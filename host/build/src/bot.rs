//! A bot's folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::c::C;
use crate::component::Needs;
use crate::go::Go;
use crate::language::{BuildError, Language, Options};
use crate::progress::Progress;
use crate::python::Python;
use crate::rust::Rust;
use crate::typescript::TypeScript;

/// All languages. Who adds one adds a line here.
pub const LANGUAGES: &[&dyn Language] = &[&Rust, &TypeScript, &Python, &Go, &C];

/// What a channel grants when nothing is said, as in the host's configuration.
const DEFAULT_GRANTS: [&str; 3] = ["reply", "profile", "content"];

/// The file in which a bot's folder says what its channel needs: grants, limits and configuration.
const CHANNEL: &str = "channel.toml";

/// A folder with a bot's sources.
pub struct Bot {
    folder: PathBuf,
    language: &'static dyn Language,
}

/// A component that was made of a bot.
#[derive(Debug)]
pub struct Built {
    /// The bot's name.
    pub name: String,
    /// The component.
    pub file: PathBuf,
    /// Its size in bytes.
    pub size: usize,
    /// What it asks of its host.
    pub needs: Needs,
    /// Those of its grants that the folder's `channel.toml` does not give, if there is one.
    pub missing: BTreeSet<String>,
}

/// Why a folder is no bot's.
#[derive(Debug, thiserror::Error)]
pub enum BotError {
    /// No language knows it.
    #[error(
        "{} is no folder of a bot: it has none of the files that a bot in {languages} has; make one \
         by `botbox new NAME`", .folder.display()
    )]
    Unknown {
        /// The folder.
        folder: PathBuf,
        /// All languages.
        languages: String,
    },
}

impl Bot {
    /// The bot in a folder.
    ///
    /// # Errors
    ///
    /// When no language knows the folder.
    pub fn open(folder: &Path) -> Result<Self, BotError> {
        let mut languages = LANGUAGES.iter();
        let language = languages.find(|language| language.owns(folder));
        let language = language.ok_or_else(|| BotError::Unknown {
            folder: folder.to_owned(),
            languages: names(),
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            language: *language,
        })
    }

    /// Makes its component. A component that did not change is not written again.
    ///
    /// # Errors
    ///
    /// What is wrong with the sources, or what is missing on the machine.
    pub fn build(&self, options: &Options, progress: Progress<'_>) -> Result<Built, BuildError> {
        let output = self.language.build(&self.folder, options, progress)?;
        let needs = Needs::of(&output.component)?;
        write_if_changed(&output.file, &output.component)?;
        Ok(Built {
            name: output.name,
            file: output.file,
            size: output.component.len(),
            missing: self.missing(&needs)?,
            needs,
        })
    }

    /// What to watch for changes; see [`Language::sources`].
    ///
    /// # Errors
    ///
    /// When the language's tools can't tell.
    pub fn sources(&self) -> Result<Vec<PathBuf>, BuildError> {
        let mut sources = self.language.sources(&self.folder)?;
        sources.extend(self.channel_file());
        Ok(sources)
    }

    /// What its channel needs, as TOML; nothing when the folder does not say.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub fn channel(&self) -> Result<String, BuildError> {
        match self.channel_file() {
            Some(file) => fs::read_to_string(&file).map_err(BuildError::disk("read", &file)),
            None => Ok(String::new()),
        }
    }

    fn channel_file(&self) -> Option<PathBuf> {
        let file = self.folder.join(CHANNEL);
        file.is_file().then_some(file)
    }

    fn missing(&self, needs: &Needs) -> Result<BTreeSet<String>, BuildError> {
        let Some(file) = self.channel_file() else {
            return Ok(BTreeSet::new());
        };
        let channel: toml::Table =
            self.channel()?
                .parse()
                .map_err(|error: toml::de::Error| BuildError::Project {
                    file,
                    problem: error.to_string(),
                })?;
        let granted = match channel.get("grants").and_then(toml::Value::as_array) {
            Some(grants) => grants.iter().flat_map(grant_names).collect(),
            None => BTreeSet::from(DEFAULT_GRANTS.map(String::from)),
        };
        Ok(needs.grants.difference(&granted).cloned().collect())
    }
}

/// The names of all languages.
#[must_use]
pub fn names() -> String {
    let names: Vec<_> = LANGUAGES.iter().map(|language| language.name()).collect();
    names.join(", ")
}

/// A grant is a name, or a table of names with options.
fn grant_names(grant: &toml::Value) -> Vec<String> {
    match grant {
        toml::Value::String(name) => vec![name.clone()],
        toml::Value::Table(options) => options.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// Leaves an equal file alone, so that nobody who watches it reloads for nothing, and replaces
/// another as a whole, so that nobody reads half of it.
///
/// # Errors
///
/// When the disk fails.
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<bool, BuildError> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(BuildError::disk("create", folder))?;
    }
    let partial = path.with_extension("partial");
    fs::write(&partial, bytes)
        .and_then(|()| fs::rename(&partial, path))
        .map_err(BuildError::disk("write", path))?;
    Ok(true)
}
