//! What is aimed at, and whether it is met.

use std::fs;
use std::path::Path;

use serde_json::json;

/// A figure, and what it should be.
pub(crate) struct Target {
    what: String,
    value: f64,
    bound: Bound,
}

enum Bound {
    Least(f64),
    Most(f64),
}

pub(crate) fn at_least(what: &str, value: f64, least: f64) -> Target {
    let (what, bound) = (what.to_owned(), Bound::Least(least));
    Target { what, value, bound }
}

pub(crate) fn at_most(what: &str, value: f64, most: f64) -> Target {
    let (what, bound) = (what.to_owned(), Bound::Most(most));
    Target { what, value, bound }
}

impl Target {
    fn is_met(&self) -> bool {
        match self.bound {
            Bound::Least(least) => self.value >= least,
            Bound::Most(most) => self.value <= most,
        }
    }

    fn bound(&self) -> (&'static str, f64) {
        match self.bound {
            Bound::Least(least) => ("at least", least),
            Bound::Most(most) => ("at most", most),
        }
    }
}

/// Prints the targets, and writes them to `file` for programs.
pub(crate) fn report(targets: &[Target], file: &Path) -> anyhow::Result<()> {
    println!();
    println!("Targets");
    let mut figures = Vec::new();
    for target in targets {
        let Target { what, value, .. } = target;
        let (bound, limit) = target.bound();
        let met = if target.is_met() { "met" } else { "missed" };
        println!("  {what:<56} {value:>8.2}  {bound:>8} {limit:>5}  {met}");
        figures.push(json!({
            "what": what,
            "value": value,
            bound.replace(' ', "_"): limit,
            "met": target.is_met(),
        }));
    }
    fs::write(file, format!("{:#}\n", json!({ "targets": figures })))?;
    println!("  as JSON: {}", file.display());
    Ok(())
}
