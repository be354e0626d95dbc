//! The links of the project's Markdown.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// The targets of a page's links to other files, or to headings.
pub(crate) fn of(page: &str) -> Vec<String> {
    let prose = prose(page);
    let targets = prose.split("](").skip(1);
    targets
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains("://"))
        .map(str::to_owned)
        .collect()
}

/// The files and folders of code that a page names, as `a/b.rs` and `a/`.
pub(crate) fn code(page: &str) -> Vec<String> {
    let prose = prose(page);
    let quoted = prose.split('`').skip(1).step_by(2);
    quoted
        .filter(|text| text.ends_with(".rs") || text.ends_with('/'))
        .filter(|text| !text.contains([' ', '{', '*']) && !text.starts_with('/'))
        .map(str::to_owned)
        .collect()
}

/// The page without what is in code blocks.
fn prose(page: &str) -> String {
    let parts = page.split("```");
    parts.step_by(2).collect()
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
pub(crate) fn anchors(page: &str) -> BTreeSet<String> {
    let prose = prose(page);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept = heading.chars().filter_map(|c| match c {
                ' ' => Some('-'),
                _ if c.is_alphanumeric() || matches!(c, '-' | '_') => Some(c),
                _ => None,
            });
            kept.collect()
        })
        .collect()
}

/// The path of a link's file, from the root, without `.` and `..`.
pub(crate) fn file(page: &Path, target: &str) -> PathBuf {
    let folder = page.parent().unwrap_or(page);
    let mut path = PathBuf::new();
    for part in folder.join(target).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            part => path.push(part),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found() {
        let page = "See [a](b.md#c-d), [e](https://f.g)\n```\n[no](link)\n```\nand [h](../i).";
        assert_eq!(of(page), ["b.md#c-d", "../i"]);
    }

    #[test]
    fn code_is_found() {
        let page = "In `a/b.rs`, below `c/`, not `d` nor `/e/`.";
        assert_eq!(code(page), ["a/b.rs", "c/"]);
    }

    #[test]
    fn headings_have_anchors() {
        let anchors = anchors("# A host\n```\n# no heading\n```\n## What's `kept_mib`?\n");
        let expected = ["a-host", "whats-kept_mib"].map(str::to_owned);
        assert_eq!(anchors, BTreeSet::from(expected));
    }
}
