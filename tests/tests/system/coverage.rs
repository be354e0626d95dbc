//! `docs/coverage.md` says what of LINE's platform is where, and which test shows it. It must be
//! right, and whole.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use botbox_line::Operation;
use wit_parser::{FunctionKind, Resolve, TypeDefKind};

/// A row of one of the page's tables.
#[derive(Clone, Debug)]
struct Row {
    /// LINE's name of the thing; nothing when it is botbox's own.
    name: String,
    /// Where it is in the WIT package: `interface.item`, or `interface.type.case`.
    items: Vec<String>,
    /// The tests that exercise it: `module::function`.
    tests: Vec<String>,
}

/// Interfaces that are not for calls: types, the event's own JSON, and what a plugin exports.
const NO_CAPABILITIES: [&str; 5] = ["errors", "events", "messages", "users", "handler"];

#[test]
fn every_operation_is_in_the_table_and_can_be_reached() {
    let rows = table("Operations");
    let named: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
    let known: Vec<_> = Operation::ALL.iter().map(|it| it.id()).collect();
    same(&named, &known);
}

#[test]
fn every_event_message_and_action_is_in_its_table() {
    let wit = Wit::parse();
    for (title, interface, name) in [
        ("Events", "events", "event-kind"),
        ("Messages", "messages", "message-body"),
        ("Actions", "messages", "action"),
    ] {
        let rows = table(title);
        let named: Vec<_> = rows.iter().flat_map(|row| &row.items).collect();
        let named: Vec<_> = named.iter().map(|it| it.as_str()).collect();
        // What carries the JSON of others is nothing of LINE's, and neither are the host's events.
        let others = ["unknown", "raw-json", "timer", "beacon-visit"];
        let cases = wit.cases(interface, name);
        let cases = cases.iter().filter(|case| !others.contains(&case.as_str()));
        let known: Vec<_> = cases
            .map(|case| format!("{interface}.{name}.{case}"))
            .collect();
        let known: Vec<_> = known.iter().map(String::as_str).collect();
        same(&named, &known);
    }
}

#[test]
fn every_function_of_the_contract_is_in_a_table() {
    let wit = Wit::parse();
    let functions = wit.functions();
    let rows = [table("Operations"), table("The host's own")].concat();
    let named: BTreeSet<_> = rows.iter().flat_map(|row| row.items.clone()).collect();
    let missing: Vec<_> = functions.difference(&named).collect();
    assert!(missing.is_empty(), "not in docs/coverage.md: {missing:?}");
    let wrong: Vec<_> = named.difference(&functions).collect();
    assert!(wrong.is_empty(), "not in the WIT package: {wrong:?}");
}

#[test]
fn every_test_that_is_named_is_there_and_names_what_it_shows() {
    let titles = [
        "Events",
        "Messages",
        "Actions",
        "Operations",
        "The host's own",
    ];
    let silent: Vec<_> = titles
        .into_iter()
        .flat_map(table)
        .filter(is_silent)
        .collect();
    assert!(
        silent.is_empty(),
        "the tests do not name what they show: {silent:?}"
    );
}

/// Whether none of a row's tests names what the row is about.
fn is_silent(row: &Row) -> bool {
    assert!(!row.tests.is_empty(), "{row:?} has no test");
    let item = |path: &String| path.rsplit('.').next().map(str::to_owned);
    let mut words: Vec<_> = row.items.iter().filter_map(item).collect();
    words.extend((!row.name.is_empty()).then(|| row.name.clone()));
    let operation = Operation::ALL.iter().find(|it| it.id() == row.name);
    words.extend(operation.map(|it| it.endpoint().path.to_owned()));
    let names_it = |source: String| words.iter().any(|word| source.contains(word));
    !row.tests.iter().any(|test| names_it(source_of(test)))
}

/// The file of a test, if the test is in it.
fn source_of(test: &str) -> String {
    let (module, function) = test.rsplit_once("::").unwrap();
    let module = module.replace("::", "/");
    let path = root().join(format!("tests/tests/system/{module}.rs"));
    let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{test}: {error}"));
    assert!(
        source.contains(&format!("fn {function}(")),
        "there is no test {test}"
    );
    source
}

fn same(named: &[&str], known: &[&str]) {
    let unique: BTreeSet<_> = named.iter().collect();
    assert_eq!(unique.len(), named.len(), "something is in the table twice");
    let known: BTreeSet<_> = known.iter().collect();
    let missing: Vec<_> = known.difference(&unique).collect();
    assert!(missing.is_empty(), "not in docs/coverage.md: {missing:?}");
    let wrong: Vec<_> = unique.difference(&known).collect();
    assert!(wrong.is_empty(), "only in docs/coverage.md: {wrong:?}");
}

/// The rows of the table below a heading.
fn table(title: &str) -> Vec<Row> {
    let page = fs::read_to_string(root().join("docs/coverage.md")).unwrap();
    let heading = format!("## {title}\n");
    let (_, section) = page
        .split_once(&heading)
        .unwrap_or_else(|| panic!("no {heading}"));
    let section = section.split("\n## ").next().unwrap();
    let rows = section
        .lines()
        .filter(|line| line.starts_with("| `") || line.starts_with("| – "));
    let rows: Vec<_> = rows.map(row).collect();
    assert!(!rows.is_empty(), "{title} has no rows");
    rows
}

fn row(line: &str) -> Row {
    let cells: Vec<_> = line.trim_matches('|').split('|').map(names).collect();
    let [name, items, tests] = cells.try_into().unwrap_or_else(|_| panic!("{line}"));
    Row {
        name: name.into_iter().next().unwrap_or_default(),
        items,
        tests,
    }
}

/// What a cell has between backquotes.
fn names(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The WIT package.
struct Wit(Resolve);

impl Wit {
    fn parse() -> Self {
        let mut resolve = Resolve::default();
        resolve.push_dir(root().join("wit")).unwrap();
        Self(resolve)
    }

    /// The cases of a variant.
    fn cases(&self, interface: &str, name: &str) -> Vec<String> {
        let found = self.interfaces().find(|it| it.0 == interface).unwrap();
        let found = &self.0.types[found.1.types[name]];
        let TypeDefKind::Variant(variant) = &found.kind else {
            panic!("{name} is no variant")
        };
        variant.cases.iter().map(|case| case.name.clone()).collect()
    }

    /// All functions of capabilities but resources' methods, which belong to the function that
    /// makes the resource.
    fn functions(&self) -> BTreeSet<String> {
        let capabilities = self
            .interfaces()
            .filter(|it| !NO_CAPABILITIES.contains(&it.0));
        capabilities
            .flat_map(|(interface, it)| {
                let free = it.functions.values();
                let free =
                    free.filter(|function| matches!(function.kind, FunctionKind::Freestanding));
                free.map(move |function| format!("{interface}.{}", function.name))
            })
            .collect()
    }

    /// The interfaces of `botbox:line`.
    fn interfaces(&self) -> impl Iterator<Item = (&str, &wit_parser::Interface)> {
        let package = self
            .0
            .packages
            .iter()
            .find(|(_, it)| it.name.namespace == "botbox");
        let (_, package) = package.unwrap();
        let interfaces = package.interfaces.iter();
        interfaces.map(|(name, id)| (name.as_str(), &self.0.interfaces[*id]))
    }
}
