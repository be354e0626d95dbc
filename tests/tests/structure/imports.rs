//! What a file uses of its own crate.

use std::collections::BTreeSet;

/// A module that has a file, by its path from the crate's root.
pub(crate) type Module = Vec<String>;

/// The modules among `known` that a file uses.
pub(crate) fn of(module: &Module, text: &str, known: &BTreeSet<Module>) -> BTreeSet<Module> {
    let text = without_comments(text);
    let (text, _) = text
        .split_once("#[cfg(test)]\nmod tests {")
        .unwrap_or((&text, ""));
    let declared = uses(text).into_iter().flat_map(paths);
    let inline = text.match_indices("crate::").filter_map(|(at, _)| {
        let is_path = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        let path = text[at..].split(|c| !is_path(c)).next()?;
        // A tree of a `use` was looked at already.
        let path = (!path.ends_with("::")).then_some(path)?;
        Some(path.split("::").map(str::to_owned).collect())
    });
    // `child::item` in the code of the file that declares the child.
    let children = known.iter().filter_map(|it| {
        let (name, parent) = it.split_last()?;
        (parent == module.as_slice() && names(text, name)).then(|| it.clone())
    });
    let mut found: BTreeSet<Module> = declared
        .chain(inline)
        .filter_map(|path| resolve(module, &path, known))
        .chain(children)
        .collect();
    found.remove(module);
    found
}

/// Whether a path in the text begins with this name.
fn names(text: &str, name: &str) -> bool {
    let path = format!("{name}::");
    text.match_indices(&path).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | ':'))
    })
}

fn without_comments(text: &str) -> String {
    let code = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        format!("{code}\n")
    };
    text.lines().map(code).collect()
}

/// The trees of all `use` declarations.
fn uses(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("use ") {
        let before = rest[..at].rsplit('\n').next().unwrap_or_default().trim();
        let is_declaration = before.is_empty() || before.starts_with("pub");
        let tree = &rest[at + "use ".len()..];
        let end = tree.find(';').unwrap_or(tree.len());
        if is_declaration {
            found.push(&tree[..end]);
            rest = &tree[end..];
        } else {
            rest = tree;
        }
    }
    found
}

/// All paths of a tree such as `a::{b, c::{self, d}}`.
fn paths(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let Some((prefix, branches)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.split("::").map(|it| it.trim().to_owned()).collect()];
    };
    let prefix: Vec<String> = prefix
        .split("::")
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
        .collect();
    let branches = branches.rsplit_once('}').map_or(branches, |(it, _)| it);
    split(branches)
        .into_iter()
        .flat_map(paths)
        .map(|path| prefix.iter().cloned().chain(path).collect())
        .collect()
}

/// Splits at commas that are in no braces.
fn split(branches: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, character) in branches.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&branches[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&branches[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// The module with a file that a path leads to, or into, if it is one of the crate's.
fn resolve(module: &Module, path: &[String], known: &BTreeSet<Module>) -> Option<Module> {
    let (first, rest) = path.split_first()?;
    let mut target: Module = match first.as_str() {
        "crate" => rest.to_vec(),
        "self" => module.iter().chain(rest).cloned().collect(),
        "super" => {
            let ups = path.iter().take_while(|it| *it == "super").count();
            let base = &module[..module.len().saturating_sub(ups)];
            base.iter().chain(&path[ups..]).cloned().collect()
        }
        // A child, or another crate.
        _ => {
            let child: Module = module.iter().chain([first]).cloned().collect();
            known.contains(&child).then_some(child)?
        }
    };
    while !known.contains(&target) {
        target.pop()?;
    }
    Some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(path: &str) -> Module {
        path.split("::").map(str::to_owned).collect()
    }

    #[test]
    fn imports_are_found() {
        let known = ["a", "a::b", "a::c", "d"].map(module);
        let known = known.into_iter().chain([Vec::new()]).collect();
        for (text, expected) in [
            ("use crate::d::{Thing, other};", &["d"][..]),
            ("use super::c;\nuse std::fmt;", &["a::c"]),
            (
                "pub(crate) use crate::{a::{b, c::X as Y}, d};",
                &["a::c", "d"],
            ),
            ("fn f() { crate::d::g() } // crate::a", &["d"]),
            ("use super::Thing;", &["a"]),
            ("#[cfg(test)]\nmod tests {\n use crate::d;\n}", &[]),
        ] {
            let found = of(&module("a::b"), text, &known);
            let expected = expected.iter().copied().map(module).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
