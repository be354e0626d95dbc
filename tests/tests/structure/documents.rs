//! Holds the documents to the project that they tell of.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::links;
use crate::tree::{visit, workspace};

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(workspace().join(&page)).unwrap();
        for link in links::of(&text) {
            let (target, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let file = if target.is_empty() {
                page.clone()
            } else {
                links::file(&page, target)
            };
            let is_there = workspace().join(&file).exists()
                && (anchor.is_empty() || {
                    let text = fs::read_to_string(workspace().join(&file)).unwrap();
                    links::anchors(&text).contains(anchor)
                });
            if !is_there {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
}

/// The code map, and the places where invariants are held, follow the code.
#[test]
fn the_architecture_names_code_that_is_there() {
    let text = fs::read_to_string(workspace().join("ARCHITECTURE.md")).unwrap();
    let mut known = Vec::new();
    visit(&mut |path| known.push(path.to_owned()));
    let missing: BTreeSet<_> = links::code(&text)
        .into_iter()
        .filter(|name| !known.iter().any(|path| path.ends_with(name)))
        .collect();
    assert!(missing.is_empty(), "nowhere in the project: {missing:?}");
}

/// The book of the folder `docs` has every page in its table of contents.
#[test]
fn the_book_has_every_page() {
    let docs = Path::new("docs");
    let contents = fs::read_to_string(workspace().join("docs/SUMMARY.md")).unwrap();
    let listed: BTreeSet<_> = links::of(&contents)
        .iter()
        .map(|link| docs.join(link))
        .collect();
    let there: BTreeSet<_> = pages()
        .into_iter()
        .filter(|page| page.starts_with(docs) && !page.ends_with("SUMMARY.md"))
        .collect();
    assert_eq!(listed, there);
}

/// All Markdown files, by their paths from the workspace.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    visit(&mut |path| {
        if path.extension().is_some_and(|it| it == "md") {
            pages.push(path.to_owned());
        }
    });
    pages
}
