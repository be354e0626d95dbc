//! The project's files, without what is made of them.

use std::fs;
use std::path::Path;

pub(crate) fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Visits the project's own files and folders, by their paths from the workspace.
pub(crate) fn visit(seen: &mut impl FnMut(&Path)) {
    visit_below(Path::new(""), seen);
}

fn visit_below(folder: &Path, seen: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(workspace().join(folder)).unwrap() {
        let name = entry.unwrap().file_name();
        let path = folder.join(&name);
        let name = name.to_str().unwrap();
        let is_made = matches!(name, "target" | "node_modules" | "corpus" | "artifacts");
        if is_made || name == ".git" {
            continue;
        }
        seen(&path);
        if workspace().join(&path).is_dir() {
            visit_below(&path, seen);
        }
    }
}
