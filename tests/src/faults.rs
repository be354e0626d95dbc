//! Libraries that a host is started with (`LD_PRELOAD`), which make the machine fail on command: their
//! sources are in `tests/faults`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use crate::built::target_folder;

/// The library of a name, such as `resolver`, which is compiled if its source has changed.
#[must_use]
pub fn library(name: &str) -> PathBuf {
    static COMPILING: Mutex<()> = Mutex::new(());
    let _compiling = COMPILING.lock().unwrap();
    let source = format!("{}/faults/{name}.c", env!("CARGO_MANIFEST_DIR"));
    let folder = target_folder().join("faults");
    let library = folder.join(format!("{name}.so"));
    let modified = |path: &PathBuf| fs::metadata(path).and_then(|it| it.modified()).ok();
    if modified(&library) > modified(&PathBuf::from(&source)) {
        return library;
    }
    fs::create_dir_all(&folder).unwrap();
    // Another run of the tests may use the library while this one makes it.
    let made = folder.join(format!("{name}-{}.so", std::process::id()));
    let cc = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .arg(&made)
        .args([&source, "-ldl"])
        .status();
    assert!(cc.unwrap().success());
    fs::rename(&made, &library).unwrap();
    library
}
