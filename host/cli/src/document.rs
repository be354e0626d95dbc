//! Documents that the operator writes, in TOML or JSON.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// Why a document can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocumentError {
    #[error("cannot read {}", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} is neither TOML nor JSON; as {form}: {problem}", .path.display())]
    NotUnderstood {
        path: PathBuf,
        form: &'static str,
        problem: String,
    },
}

/// Reads a document, whose file's name ends on `.json` if it is JSON. `-` is the standard input, and has
/// either.
pub(crate) fn read(path: &Path) -> Result<Map<String, Value>, DocumentError> {
    let text = if path.as_os_str() == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    let path = || path.to_owned();
    let text = text.map_err(|source| DocumentError::Unreadable {
        path: path(),
        source,
    })?;
    let is_json = path().extension().is_some_and(|it| it == "json") || text.starts_with('{');
    let (form, parsed) = if is_json {
        let parsed = serde_json::from_str(&text).map_err(|error| error.to_string());
        ("JSON", parsed)
    } else {
        let parsed = toml::from_str(&text).map_err(|error| error.to_string());
        ("TOML", parsed)
    };
    parsed.map_err(|problem: String| DocumentError::NotUnderstood {
        path: path(),
        form,
        problem: problem.trim_end().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn toml_and_json_say_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let written = |name: &str, text: &str| {
            let file = folder.path().join(name);
            fs::write(&file, text).unwrap();
            read(&file).map(Value::from)
        };
        let expected =
            json!({"grants": ["reply", {"http": ["https://a.example"]}], "limits": {"cpu_ms": 5}});
        let toml =
            "grants = [\"reply\", { http = [\"https://a.example\"] }]\n[limits]\ncpu_ms = 5\n";
        assert_eq!(written("bot.toml", toml).unwrap(), expected);
        let json = expected.to_string();
        assert_eq!(written("bot.json", &json).unwrap(), expected);
        assert_eq!(written("bot", &json).unwrap(), expected);
        let error = written("bot.json", "grants = []").unwrap_err().to_string();
        assert!(error.contains("as JSON: expected value"), "{error}");
        let error = written("bot.toml", "grants =").unwrap_err().to_string();
        assert!(
            error.contains("as TOML: TOML parse error at line 1"),
            "{error}"
        );
    }
}
