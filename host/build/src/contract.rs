//! The contract with the host, for modules of languages whose compilers know nothing of it.

use wit_parser::{Resolve, SourceMap, WorldId};

/// The files of the package `botbox:line`, and those of WASI that it uses.
const PACKAGES: [&[(&str, &str)]; 4] = [
    &[("config.wit", include_str!("../../../wit/deps/config.wit"))],
    &[(
        "keyvalue.wit",
        include_str!("../../../wit/deps/keyvalue.wit"),
    )],
    &[("logging.wit", include_str!("../../../wit/deps/logging.wit"))],
    &[
        ("account.wit", include_str!("../../../wit/account.wit")),
        ("content.wit", include_str!("../../../wit/content.wit")),
        ("errors.wit", include_str!("../../../wit/errors.wit")),
        ("events.wit", include_str!("../../../wit/events.wit")),
        ("host.wit", include_str!("../../../wit/host.wit")),
        ("messages.wit", include_str!("../../../wit/messages.wit")),
        ("rich-menu.wit", include_str!("../../../wit/rich-menu.wit")),
        ("sending.wit", include_str!("../../../wit/sending.wit")),
        ("users.wit", include_str!("../../../wit/users.wit")),
        ("world.wit", include_str!("../../../wit/world.wit")),
    ],
];

/// The world of a bot that uses all that there is.
const WORLD: &str = "bot";

/// The contract, read, and its world.
pub(crate) fn world() -> Result<(Resolve, WorldId), String> {
    let mut resolve = Resolve::default();
    let mut last = None;
    for files in PACKAGES {
        let mut sources = SourceMap::default();
        for (name, text) in files {
            sources.push_str(name, *text);
        }
        let group = sources.parse().map_err(|(_, error)| error.to_string())?;
        let package = resolve
            .push_group(group)
            .map_err(|error| error.to_string())?;
        last = Some(package);
    }
    let world = resolve.select_world(last.as_slice(), Some(WORLD));
    let world = world.map_err(|error| error.to_string())?;
    Ok((resolve, world))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn it_has_all_files_of_the_repository() {
        let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
        let list = |folder: &Path| -> BTreeSet<String> {
            let entries = fs::read_dir(folder).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names.filter(|name| name.ends_with(".wit")).collect()
        };
        let mut expected = list(&wit);
        expected.extend(list(&wit.join("deps")));
        let files = PACKAGES.iter().copied().flatten();
        assert_eq!(
            files
                .map(|(name, _)| String::from(*name))
                .collect::<BTreeSet<_>>(),
            expected
        );
    }

    #[test]
    fn its_world_is_a_bots() {
        let (resolve, world) = world().unwrap();
        assert_eq!(resolve.worlds[world].exports.len(), 1);
    }
}
