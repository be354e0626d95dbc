//! Makes serde's complaints into advice.

use std::path::Path;

use super::ConfigError;

/// Names the key that a complaint is about. For an unknown key, the nearest known one.
pub(super) fn explain(
    file: &Path,
    error: &serde_path_to_error::Error<toml::de::Error>,
) -> ConfigError {
    let path = error.path().to_string();
    let message = error.inner().message();
    let (key, problem) = match unknown_field(message) {
        Some((unknown, known)) => {
            let key = match path.as_str() {
                "." => unknown.to_owned(),
                path if path.ends_with(unknown) => path.to_owned(),
                path => format!("{path}.{unknown}"),
            };
            (key, format!("unknown key; {}", advice(unknown, &known)))
        }
        None => (path, message.to_owned()),
    };
    ConfigError::Key {
        file: file.to_owned(),
        key,
        problem,
    }
}

/// The parts of serde's message, which is the only place where it names the known fields:
/// "unknown field `a`, expected one of `b`, `c`".
fn unknown_field(message: &str) -> Option<(&str, Vec<&str>)> {
    let rest = message.strip_prefix("unknown field ")?;
    let mut quoted = rest.split('`').skip(1).step_by(2);
    Some((quoted.next()?, quoted.collect()))
}

fn advice(unknown: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(unknown, known), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len() / 3 + 1);
    match nearest {
        Some((_, known)) => format!("did you mean `{known}`?"),
        None => {
            let known: Vec<_> = known.iter().map(|known| format!("`{known}`")).collect();
            format!("the known ones are {}", known.join(", "))
        }
    }
}
