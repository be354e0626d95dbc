//! The configuration file: it is taken, or its problems are told.

#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use botbox_server::Config;
use libfuzzer_sys::fuzz_target;

static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    folder.keep().join("botbox.toml")
});

fuzz_target!(|text: &[u8]| {
    fs::write(&*FILE, text).expect("it can be written");
    if let Err(error) = Config::load(&FILE) {
        assert!(!error.to_string().is_empty());
    }
});
