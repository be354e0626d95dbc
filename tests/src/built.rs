//! What `cargo xtask test` builds before the tests.

use std::path::PathBuf;

/// The folder that cargo builds into.
#[must_use]
pub fn target_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the test has a path");
    // target/debug/deps/system-0123
    let target = test.ancestors().nth(3);
    target.expect("the test is in the target folder").to_owned()
}

/// The `botbox` binary: the one that `BOTBOX_BINARY` names, else the one that is built with the
/// tests.
#[must_use]
pub fn binary() -> PathBuf {
    let binary = std::env::var_os("BOTBOX_BINARY").map(PathBuf::from);
    built(binary.unwrap_or_else(|| target_folder().join("debug/botbox")))
}

/// A plugin that `cargo xtask plugins` built.
#[must_use]
pub fn plugin(name: &str) -> PathBuf {
    built(target_folder().join(format!("plugins/{name}.wasm")))
}

/// Why the plugins of a language were not built, when its tools are not on this machine.
#[must_use]
pub fn skipped(language: &str) -> Option<String> {
    let note = target_folder().join(format!("plugins/{language}.skipped"));
    std::fs::read_to_string(note).ok()
}

fn built(path: PathBuf) -> PathBuf {
    assert!(
        path.exists(),
        "{} is not built; run the tests with `cargo xtask test`",
        path.display()
    );
    path
}
