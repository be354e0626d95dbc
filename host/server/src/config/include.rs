//! Files that the configuration file includes: `include = ["channels/*.toml"]`.
//!
//! They have channels and the weights of providers, which change with customers, and nothing of the host's
//! own. Included files include no others, so that one file tells all that there is.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};
use toml::{Table, Value};

use super::problem::Problem;
use super::source::Source;
use super::text::add_text;

/// The tables that an included file can have.
const INCLUDABLE: [&str; 2] = ["channels", "providers"];

/// An asterisk stands for no `/`, and for no hidden file: editors leave such files about.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// Adds what the files say that a table includes, in the order of the list, and of their names within a pattern.
/// Returns what is wrong with them.
pub(super) fn add_included(source: &mut Source, table: &mut Table) -> Vec<Problem> {
    let patterns = table.get("include").and_then(Value::as_array);
    // Whatever is no text is found when all is read.
    let patterns: Vec<_> = patterns
        .into_iter()
        .flatten()
        .map(|it| it.as_str().map(String::from))
        .collect();
    let mut problems = Vec::new();
    // By what they are: two patterns, or two links, may lead to one file, and one to the configuration file.
    let mut seen: HashSet<_> = source.file().canonicalize().into_iter().collect();
    for (index, pattern) in patterns.into_iter().enumerate() {
        let Some(pattern) = pattern else {
            continue;
        };
        let key = format!("include[{index}]");
        let files = match matching(source.file(), &pattern) {
            Ok(files) => files,
            Err(what) => {
                problems.push(fatal(source.problem(&key, what)));
                continue;
            }
        };
        for file in files {
            if file.canonicalize().is_ok_and(|it| !seen.insert(it)) {
                continue;
            }
            match fs::read_to_string(&file) {
                Ok(text) => problems.extend(add_file(source, table, &file, &text)),
                Err(error) => {
                    let what = format!("cannot read {}: {error}", file.display());
                    problems.push(fatal(source.problem(&key, what)));
                }
            }
        }
    }
    problems
}

/// The files of a pattern, which is relative to the configuration file. A name without `*`, `?` and `[` is the
/// name of a file that must be there.
fn matching(config: &Path, pattern: &str) -> Result<Vec<PathBuf>, String> {
    let folder = config.parent().unwrap_or(Path::new(""));
    if !pattern.contains(['*', '?', '[']) {
        let file = folder.join(pattern);
        return match file.is_file() {
            true => Ok(vec![file]),
            false => Err(format!(
                "there is no file {}; correct the name, or remove it",
                file.display()
            )),
        };
    }
    let full = match folder.to_str() {
        _ if Path::new(pattern).is_absolute() => pattern.to_owned(),
        Some("") => pattern.to_owned(),
        Some(folder) => format!("{}/{pattern}", Pattern::escape(folder)),
        None => return Err(String::from("the configuration file's folder is not UTF-8")),
    };
    let found = glob::glob_with(&full, OPTIONS)
        .map_err(|error| format!("`{pattern}` is no pattern: {}", error.msg))?;
    let found: Result<Vec<_>, _> = found.collect();
    let mut found = found.map_err(|error| {
        let why: &io::Error = error.error();
        format!("cannot read {}: {why}", error.path().display())
    })?;
    found.retain(|it| it.is_file());
    Ok(found)
}

/// Adds what one file says. Returns what is wrong with it.
fn add_file(source: &mut Source, table: &mut Table, file: &Path, text: &str) -> Vec<Problem> {
    let before = table.get("channels").and_then(Value::as_array);
    let before = before.map_or(0, Vec::len);
    let included = match add_text(source, file, text, before) {
        Ok(included) => included,
        Err(problems) => return problems,
    };
    let mut problems = Vec::new();
    for (name, value) in included {
        let problem = match (&*name, value) {
            ("channels", Value::Array(channels)) => {
                let all = table
                    .entry(name)
                    .or_insert_with(|| Vec::<Value>::new().into());
                // Anything else of the configuration file is found when all is read.
                if let Value::Array(all) = all {
                    all.extend(channels);
                }
                continue;
            }
            ("providers", Value::Table(providers)) => {
                let all = table.entry(name).or_insert_with(|| Table::new().into());
                if let Value::Table(all) = all {
                    problems.extend(add_providers(source, all, providers));
                }
                continue;
            }
            ("channels", _) => String::from("give channels under `[[channels]]` headings"),
            ("providers", _) => String::from("give providers under `[providers.ID]` headings"),
            ("include", _) => format!(
                "an included file includes no others; list them in {}",
                source.file().display()
            ),
            _ => format!(
                "an included file has only {}; put this into {}",
                INCLUDABLE.map(|it| format!("`{it}`")).join(" and "),
                source.file().display()
            ),
        };
        problems.push(fatal(source.problem_of_last(&name, problem)));
    }
    problems
}

/// Adds the providers of one file to all. Each is in one file.
fn add_providers(source: &Source, all: &mut Table, providers: Table) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (id, provider) in providers {
        let key = format!("providers.{id}");
        if all.contains_key(&id) {
            let what = format!("this provider is in {} already", source.at(&key));
            problems.push(fatal(source.problem_of_last(&key, what)));
        } else {
            all.insert(id, provider);
        }
    }
    problems
}

/// It is wrong of the files themselves.
fn fatal(problem: Problem) -> Problem {
    Problem {
        is_reference: false,
        ..problem
    }
}
