//! Components that are to be refused before they run: what the compiler or the host finds in them.

use std::fmt::Write as _;

use super::hostile::Component::Text;
use super::hostile::Got::Refused;
use super::hostile::Hostile;

pub(super) fn all() -> Vec<Hostile> {
    vec![
        Hostile::new(
            "many-memories",
            "has three memories",
            Text(|| core("(memory 1) (memory 1) (memory 1)")),
            Refused("3 memories; the limit is 2"),
        ),
        Hostile::new(
            "large-memory",
            "begins with more memory than any deployment may have",
            Text(|| core("(memory 8193)")),
            Refused("536936448 bytes of memory to begin with; the limit is 536870912"),
        ),
        Hostile::new(
            "many-tables",
            "has 33 tables",
            Text(|| core(&"(table 1 funcref)".repeat(33))),
            Refused("33 tables; the limit is 32"),
        ),
        Hostile::new(
            "large-table",
            "begins with a table of 100,001 elements",
            Text(|| core("(table 100001 funcref)")),
            Refused("100001 table elements to begin with; the limit is 100000"),
        ),
        Hostile::new(
            "many-instances",
            "instantiates 65 core modules",
            Text(|| {
                let instance = "(core instance (instantiate $m))";
                format!("(component (core module $m) {})", instance.repeat(65))
            }),
            Refused("65 core instances; the limit is 64"),
        ),
        Hostile::new(
            "instances-of-instances",
            "is 24 components, each of which instantiates the one before twice",
            Text(instances_of_instances),
            Refused("compiling the component takes more than 1024 MiB of memory, the limit"),
        ),
        Hostile::new(
            "threads",
            "shares its memory with threads",
            Text(|| core("(memory 1 1 shared)")),
            Refused("a feature of WebAssembly that this host does not have: threads"),
        ),
        Hostile::new(
            "exceptions",
            "throws exceptions",
            Text(|| core("(tag)")),
            Refused("a feature of WebAssembly that this host does not have: exceptions"),
        ),
        Hostile::new(
            "garbage-collection",
            "has references to objects of the host's heap",
            Text(|| core("(table 1 externref)")),
            Refused("a feature of WebAssembly that this host does not have: gc types"),
        ),
        Hostile::new(
            "async",
            "exports an async function",
            Text(|| {
                String::from(
                    r#"(component
                        (core module $m (func (export "f")))
                        (core instance $i (instantiate $m))
                        (func (export "f") async (canon lift (core func $i "f"))))"#,
                )
            }),
            Refused("async component functions require the component model async feature"),
        ),
        Hostile::new(
            "many-imports",
            "imports 10,000 functions that no host has",
            Text(|| {
                let mut text = String::from("(component");
                for number in 0..10_000 {
                    let _ = write!(text, "(import \"secret:door/f{number}\" (instance))");
                }
                text.push(')');
                text
            }),
            Refused("instances count exceeds limit of 1000"),
        ),
        Hostile::new(
            "many-loops",
            "has a function of 100,000 loops",
            Text(|| {
                let loops = "(loop (br_if 0 (local.get 0)))".repeat(100_000);
                core(&format!("(func (param i32) {loops})"))
            }),
            Refused("compiling the component takes more than"),
        ),
        Hostile::new(
            "deep-blocks",
            "has a function of 50,000 blocks in one another",
            Text(|| {
                let (open, close) = ("block ".repeat(50_000), "end ".repeat(50_000));
                core(&format!("(func {open} {close})"))
            }),
            Refused("does not export botbox:line/handler@0.1.0; it exports nothing"),
        ),
        Hostile::new(
            "deep-types",
            "has a type of 2,000 lists in one another",
            Text(|| {
                let mut text = String::from("(component (type $t0 (list u8))");
                for depth in 1..2_000 {
                    let _ = write!(text, "(type $t{depth} (list $t{}))", depth - 1);
                }
                text.push(')');
                text
            }),
            Refused("type nesting is too deep"),
        ),
        Hostile::new(
            "wide-types",
            "has a record of two records of two records, 40 deep",
            Text(|| {
                let mut text = String::from("(component (type $t0 (tuple u8 u8))");
                for depth in 1..40 {
                    let before = depth - 1;
                    let _ = write!(text, "(type $t{depth} (tuple $t{before} $t{before}))");
                }
                text.push(')');
                text
            }),
            Refused("effective type size exceeds the limit of 1000000"),
        ),
    ]
}

/// A component with one instance of a module.
fn core(module: &str) -> String {
    format!("(component (core module $m {module}) (core instance (instantiate $m)))")
}

/// What an engine that unrolls it makes 16 million instances of.
fn instances_of_instances() -> String {
    let mut text = String::from(
        "(component (component $c0 (core module $m) (core instance (instantiate $m)))",
    );
    for depth in 1..24 {
        let before = depth - 1;
        let _ = write!(
            text,
            "(component $c{depth} (alias outer 1 $c{before} (component $c)) \
             (instance (instantiate $c)) (instance (instantiate $c)))"
        );
    }
    text.push_str("(instance (instantiate $c23)))");
    text
}
