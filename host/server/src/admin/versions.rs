//! Which versions of its plugin a channel has.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use botbox_store::DeployedVersion;
use serde::Serialize;

use super::operator::Operator;
use super::refusal::Refusal;

/// The least that says which version is meant: enough to hit no other by accident.
const PREFIX: usize = 6;

#[derive(Serialize)]
struct VersionsAnswer<'a> {
    /// Newest first: the first one is the current one.
    versions: Vec<VersionAnswer<'a>>,
}

#[derive(Serialize)]
struct VersionAnswer<'a> {
    digest: &'a str,
    deployed: i64,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    Path(channel): Path<String>,
) -> Result<Response, Refusal> {
    let versions = operator.registry.versions(&channel).await?;
    if versions.is_empty() {
        operator.configured(&channel)?;
    }
    let versions = versions.iter().map(|it| VersionAnswer {
        digest: &it.digest,
        deployed: it.deployed,
    });
    Ok(Json(VersionsAnswer {
        versions: versions.collect(),
    })
    .into_response())
}

/// The digest of the channel's version that begins so.
pub(super) async fn resolve(
    operator: &Operator,
    channel: &str,
    wish: &str,
) -> Result<String, Refusal> {
    let versions = operator.registry.versions(channel).await?;
    resolve_version(&versions, wish)
}

fn resolve_version(versions: &[DeployedVersion], wish: &str) -> Result<String, Refusal> {
    if wish.len() < PREFIX || !wish.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Refusal::BadRequest(format!(
            "plugin: give a digest, or at least its first {PREFIX} hexadecimal digits"
        )));
    }
    let wish = wish.to_ascii_lowercase();
    let fits = |version: &&DeployedVersion| version.digest.starts_with(&wish);
    let fitting: Vec<_> = versions.iter().filter(fits).collect();
    match fitting.as_slice() {
        [version] => Ok(version.digest.clone()),
        [] if versions.is_empty() => Err(Refusal::NotFound(String::from(
            "plugin: the channel has no versions yet",
        ))),
        [] => Err(Refusal::NotFound(format!(
            "plugin: the channel has no version {wish}; it has {}",
            digests(versions)
        ))),
        several => Err(Refusal::BadRequest(format!(
            "plugin: {wish} begins more than one version; give more digits of one of {}",
            digests(several.iter().copied())
        ))),
    }
}

fn digests<'a>(versions: impl IntoIterator<Item = &'a DeployedVersion>) -> String {
    let digests = versions.into_iter().map(|it| it.digest.as_str());
    digests.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(wish: &str) -> Result<String, String> {
        let digests = ["abcdef01", "abcdef02", "123456ff"];
        let versions: Vec<_> = digests
            .into_iter()
            .map(|it| DeployedVersion {
                digest: String::from(it),
                deployed: 0,
            })
            .collect();
        resolve_version(&versions, wish).map_err(|it| it.to_string())
    }

    #[test]
    fn a_version_is_known_by_its_beginning() {
        assert_eq!(resolved("123456").unwrap(), "123456ff");
        assert_eq!(resolved("ABCDEF02").unwrap(), "abcdef02");
    }

    #[test]
    fn what_is_no_version_is_refused_with_those_that_are() {
        for wish in ["", "12345", "123456fg", "１２３４５６"] {
            assert!(resolved(wish).unwrap_err().contains("at least its first 6"));
        }
        let ambiguous = resolved("abcdef").unwrap_err();
        assert!(
            ambiguous.ends_with("one of abcdef01, abcdef02"),
            "{ambiguous}"
        );
        let unknown = resolved("fedcba").unwrap_err();
        assert!(
            unknown.ends_with("it has abcdef01, abcdef02, 123456ff"),
            "{unknown}"
        );
    }
}
