//! Holds the fake host to the WIT package.

use std::fs;
use std::path::Path;

use wit_parser::{Resolve, WorldItem};

/// A function that is left out would be the generated one, which aborts the process.
#[test]
fn every_function_of_the_package_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(root.join("../../wit")).unwrap();
    let world = resolve.select_world(&[package], Some("bot")).unwrap();
    let sources = fs::read_dir(root.join("src/fake_host")).unwrap();
    let sources: String = sources
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let mut functions = 0;
    for item in resolve.worlds[world].imports.values() {
        let WorldItem::Interface { id, .. } = item else {
            continue;
        };
        for function in resolve.interfaces[*id].functions.values() {
            let name = function.item_name().replace('-', "_");
            let is_there = [
                format!("fn {name}("),
                format!("fn {name} ="),
                format!("fn {name}<"),
            ];
            assert!(
                is_there.iter().any(|text| sources.contains(text)),
                "the fake host has no {}",
                function.name
            );
            functions += 1;
        }
    }
    assert!(functions > 100, "{functions} functions were looked at");
}
