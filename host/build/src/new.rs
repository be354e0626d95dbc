//! Makes the folder of a new bot.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::language::{Language, Sdk};
use crate::template::Template;

/// Why no folder was made.
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    /// Not every language can have a package of such a name.
    #[error(
        "{0:?} can't be the name of a bot: it begins with a small letter, and has only small letters, \
         digits and `-`"
    )]
    Name(String),
    /// Something else may be in it.
    #[error("{} is there already; name another folder", .0.display())]
    Exists(PathBuf),
    /// There is none of this name.
    #[error("there is no template {name:?} in {language}; there are {templates}")]
    Template {
        /// The name.
        name: String,
        /// The language.
        language: &'static str,
        /// Those that there are.
        templates: String,
    },
    /// There is no SDK in the folder that was named.
    #[error("there is no SDK for {language} in {}", .folder.display())]
    NoSdk {
        /// The language.
        language: &'static str,
        /// The folder.
        folder: PathBuf,
    },
    /// The disk.
    #[error("cannot write {}: {source}", .path.display())]
    Disk {
        /// What was to be written.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// Makes a folder with a bot. The bot's name is the folder's.
///
/// # Errors
///
/// When the folder is there already, or its name is none for a bot; then nothing is made.
pub fn new(
    folder: &Path,
    language: &dyn Language,
    template: &Template,
    sdk: &Sdk,
) -> Result<(), NewError> {
    let name = folder.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default();
    if !is_name(name) {
        return Err(NewError::Name(name.to_owned()));
    }
    if folder.exists() {
        return Err(NewError::Exists(folder.to_owned()));
    }
    let project = language.project(name, template, sdk);
    let project = project.iter().map(|(path, text)| (*path, text.as_str()));
    for (path, text) in project.chain(template.files.iter().copied()) {
        let path = folder.join(path);
        let written = match path.parent() {
            Some(folder) => fs::create_dir_all(folder),
            None => Ok(()),
        };
        written
            .and_then(|()| fs::write(&path, text))
            .map_err(|source| NewError::Disk { path, source })?;
    }
    Ok(())
}

/// The template of a name.
///
/// # Errors
///
/// When the language has none of it.
pub fn template(language: &dyn Language, name: &str) -> Result<&'static Template, NewError> {
    let templates = language.templates();
    let found = templates.iter().find(|template| template.name == name);
    found.ok_or_else(|| {
        let names: Vec<_> = templates.iter().map(|template| template.name).collect();
        NewError::Template {
            name: name.to_owned(),
            language: language.name(),
            templates: names.join(", "),
        }
    })
}

/// Where a new bot gets its SDK from: the folder that was named; the checkout that this program was built
/// in, if it is still there; or else the language's registry.
///
/// # Errors
///
/// When there is no SDK in the folder that was named.
pub fn sdk(language: &dyn Language, named: Option<&Path>) -> Result<Sdk, NewError> {
    if let Some(folder) = named {
        let found = fs::canonicalize(folder).ok();
        let found = found.filter(|folder| language.owns(folder));
        return found.map(Sdk::Folder).ok_or_else(|| NewError::NoSdk {
            language: language.name(),
            folder: folder.to_owned(),
        });
    }
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let checkout = fs::canonicalize(checkout.join(language.sdk_folder())).ok();
    let checkout = checkout.filter(|folder| language.owns(folder));
    Ok(checkout.map_or(Sdk::Published, Sdk::Folder))
}

fn is_name(name: &str) -> bool {
    let fits = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-');
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bot::LANGUAGES;
    use crate::rust::Rust;

    #[test]
    fn a_folder_is_made_of_each_template() {
        let root = tempfile::tempdir().unwrap();
        for template in Rust.templates() {
            let folder = root.path().join(template.name);
            new(&folder, &Rust, template, &Sdk::Published).unwrap();
            assert!(Rust.owns(&folder));
            let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
            let manifest: toml::Table = manifest.parse().unwrap();
            assert_eq!(manifest["package"]["name"].as_str(), Some(template.name));
            assert!(folder.join("src/lib.rs").is_file());
            assert!(folder.join("channel.toml").is_file());
        }
    }

    /// Each project has what its language knows it by, the template's sources, and no other language's.
    #[test]
    fn every_language_knows_its_projects() {
        let root = tempfile::tempdir().unwrap();
        for language in LANGUAGES {
            for template in language.templates() {
                let folder = root
                    .path()
                    .join(format!("{}-{}", language.name(), template.name));
                new(&folder, *language, template, &Sdk::Published).unwrap();
                let owners = LANGUAGES.iter().filter(|other| other.owns(&folder));
                assert_eq!(owners.count(), 1, "{}", folder.display());
                for (path, text) in template.files {
                    assert_eq!(fs::read_to_string(folder.join(path)).unwrap(), *text);
                }
                let channel = fs::read_to_string(folder.join("channel.toml")).unwrap();
                let channel: toml::Table = channel.parse().unwrap();
                assert!(channel.contains_key("grants"));
            }
        }
    }

    #[test]
    fn nothing_is_written_over() {
        let root = tempfile::tempdir().unwrap();
        let [echo, ..] = Rust.templates() else {
            panic!("there is no template");
        };
        let make = |name: &str| new(&root.path().join(name), &Rust, echo, &Sdk::Published);
        make("hello").unwrap();
        assert!(matches!(make("hello"), Err(NewError::Exists(_))));
        for name in ["Hello", "1st", "a b", "-x"] {
            assert!(matches!(make(name), Err(NewError::Name(_))), "{name}");
        }
        let error = template(&Rust, "tea").unwrap_err().to_string();
        assert!(
            error.contains("there are echo, greeter, shop, llm"),
            "{error}"
        );
    }

    #[test]
    fn the_sdk_is_where_it_was_said_to_be() {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sdk-guest/rust");
        let checkout = Sdk::Folder(fs::canonicalize(checkout).unwrap());
        assert_eq!(sdk(&Rust, None).unwrap(), checkout);
        let nowhere = tempfile::tempdir().unwrap();
        assert!(matches!(
            sdk(&Rust, Some(nowhere.path())),
            Err(NewError::NoSdk { .. })
        ));
    }
}
