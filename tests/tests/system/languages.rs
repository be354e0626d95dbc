//! The same bots in all languages do the same, and what goes wrong in them is named to the operator.

mod additions;
mod beginnings;
mod bots;
mod c;
mod failures;
mod go;
mod python;
mod typescript;

/// Ends a test where the language's tools are not on the machine: its plugins are not built then.
macro_rules! needs {
    ($language:literal) => {
        if let Some(why) = botbox_tests::skipped($language) {
            eprintln!("skipped: {why}");
            return;
        }
    };
}

use needs;
