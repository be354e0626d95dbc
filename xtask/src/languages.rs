//! Bots in other languages than Rust: their SDKs' own tests, and the components of examples and tests.
//!
//! A language is built where its tools are. Where they are not, a file beside the plugins says why, so that
//! the tests that need its plugins can tell a machine that has no tools from a build that was forgotten.

mod c;
mod go;
mod language;
mod python;
mod typescript;

use self::language::Language;
use crate::workspace::Workspace;

const LANGUAGES: [Language; 4] = [
    typescript::LANGUAGE,
    python::LANGUAGE,
    go::LANGUAGE,
    c::LANGUAGE,
];

/// Builds the plugins of all languages that this machine has the tools for, and runs their unit tests.
pub(crate) fn build_all(workspace: &Workspace) -> anyhow::Result<()> {
    for language in &LANGUAGES {
        language.build(workspace)?;
    }
    Ok(())
}
