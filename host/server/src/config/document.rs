//! Documents that are not of the configuration file, but of the admin API or the store: a channel's
//! settings, and deployments. They are checked as the file's are.

use std::collections::HashMap;

use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::checked::{ChannelSettings, DeploymentSettings};
use super::checker::{Checker, Reported};
use super::file::deployment::DeploymentTable;
use super::file::settings::{SECRETS, SettingsTable};
use super::problem::{DocumentProblem, Problem};
use super::source::Source;
use super::strict::Strict;

/// What a plugin runs with, as it is written.
pub(crate) use super::file::deployment::DeploymentTable as DeploymentDocument;
/// What a channel is given, as it is written.
pub(crate) use super::file::settings::SettingsTable as ChannelDocument;

/// The names that a channel's secrets can have.
pub(crate) fn secret_names() -> [&'static str; 6] {
    SECRETS
}

/// A deployment's document with all that it leaves out, which is how it is kept.
pub(crate) fn complete_deployment(document: &Value) -> Result<String, Vec<DocumentProblem>> {
    let table: DeploymentTable = parsed(document)?;
    Ok(written(&table))
}

/// A channel's settings as they are kept.
pub(crate) fn complete_settings(settings: &Value) -> Result<String, Vec<DocumentProblem>> {
    let table: SettingsTable = parsed(settings)?;
    Ok(written(&table))
}

/// What a deployment's document says.
pub(crate) fn check_deployment(document: &str) -> Result<DeploymentSettings, Vec<DocumentProblem>> {
    let table: DeploymentTable = parsed(&value(document))?;
    checked(|checker| checker.check_deployment_document(table))
}

/// What a channel's settings say, with its secrets by name.
pub(crate) fn check_settings(
    channel: &str,
    provider: &str,
    settings: &str,
    secrets: &HashMap<String, SecretString>,
    public_url: Option<&str>,
) -> Result<ChannelSettings, Vec<DocumentProblem>> {
    let table: SettingsTable = parsed(&value(settings))?;
    let table = table.into_channel(channel.to_owned(), provider.to_owned(), secrets);
    checked(|checker| checker.check_settings_document(table, public_url))
}

/// Fails if a channel's settings are not right, whatever its secrets are: those may follow.
pub(crate) fn check_settings_alone(
    channel: &str,
    settings: &str,
    public_url: Option<&str>,
) -> Result<(), Vec<DocumentProblem>> {
    let table: SettingsTable = parsed(&value(settings))?;
    let table = table.into_channel(channel.to_owned(), String::new(), &HashMap::new());
    let checker = Checker::new(Source::default(), Vec::new());
    // It fails for want of the secrets.
    drop(checker.check_settings_document(table, public_url));
    let (mut problems, _) = checker.finish();
    problems.retain(|it| !it.is_reference);
    if problems.is_empty() {
        return Ok(());
    }
    Err(of_document(problems))
}

/// A text that is no JSON becomes `null`, which is refused as a value of the wrong type.
fn value(document: &str) -> Value {
    serde_json::from_str(document).unwrap_or_default()
}

/// A document as it is kept.
pub(crate) fn written(table: &impl serde::Serialize) -> String {
    // No table has keys that are no texts, or numbers that JSON does not have.
    serde_json::to_string(table).unwrap_or_default()
}

/// What a document says, or which key is not right.
pub(crate) fn parsed<T: DeserializeOwned>(document: &Value) -> Result<T, Vec<DocumentProblem>> {
    serde_path_to_error::deserialize(Strict(document)).map_err(|error| {
        let key = match error.path().to_string() {
            path if path == "." => String::new(),
            path => path,
        };
        let what = error.into_inner().to_string();
        vec![DocumentProblem { key, what }]
    })
}

fn checked<T>(
    check: impl FnOnce(&Checker) -> Result<T, Reported>,
) -> Result<T, Vec<DocumentProblem>> {
    let checker = Checker::new(Source::default(), Vec::new());
    let result = check(&checker);
    let (problems, _) = checker.finish();
    match result {
        Ok(checked) if problems.is_empty() => Ok(checked),
        _ => Err(of_document(problems)),
    }
}

fn of_document(problems: Vec<Problem>) -> Vec<DocumentProblem> {
    let problems = problems.into_iter().map(|problem| DocumentProblem {
        key: Checker::document_key(&problem.key).to_owned(),
        what: problem.what,
    });
    problems.collect()
}
