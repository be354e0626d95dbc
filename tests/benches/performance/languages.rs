//! The languages beside one another: the echo bot of each, an event that it ignores, in a fresh instance.
//!
//! They take turns, round by round, and the ratios to Rust are taken round by round.

use std::path::Path;
use std::time::Instant;

use botbox_runtime::Limits;
use botbox_tests::{plugin, skipped};

use crate::figures::{median, microseconds, milliseconds};
use crate::sandboxes::Sandboxes;
use crate::targets::{Target, at_most};

/// A language's echo bot.
struct Language {
    name: &'static str,
    /// By which the note of a skipped language is found.
    id: &'static str,
    plugin: &'static str,
    /// How many times as long as Rust's an event may take at most.
    most: f64,
}

const RUST: Language = Language {
    name: "Rust",
    id: "rust",
    plugin: "echo",
    most: 1.0,
};

const OTHERS: [Language; 4] = [
    Language {
        name: "C",
        id: "c",
        plugin: "echo-c",
        most: 1.1,
    },
    Language {
        name: "TypeScript",
        id: "typescript",
        plugin: "echo-typescript",
        most: 4.0,
    },
    Language {
        name: "Go",
        id: "go",
        plugin: "echo-go",
        most: 4.0,
    },
    Language {
        name: "Python",
        id: "python",
        plugin: "bots-python",
        most: 20.0,
    },
];

const ROUNDS: usize = 12;
/// A round is short, so that what else the machine does meets all languages.
const EVENTS: usize = 200;
/// The first ones of a plugin touch what all others find touched.
const WARM_UP: usize = 100;

/// What one language costs.
struct Measured {
    language: Language,
    bytes: usize,
    compile_ms: f64,
    first_ms: f64,
    memory_mib: usize,
    sandboxes: Sandboxes,
    /// The median of each round, in microseconds.
    rounds: Vec<f64>,
}

/// Measures all languages that were built, and prints how they did.
pub(crate) async fn run() -> anyhow::Result<Vec<Target>> {
    let folder = tempfile::tempdir()?;
    let mut all = vec![measure(RUST, folder.path()).await?];
    for language in OTHERS {
        match skipped(language.id) {
            Some(why) => println!("{} is skipped: {why}", language.name),
            None => all.push(measure(language, folder.path()).await?),
        }
    }
    for _ in 0..ROUNDS {
        for measured in &mut all {
            let mut times = Vec::with_capacity(EVENTS);
            for _ in 0..EVENTS {
                times.push(microseconds(measured.sandboxes.event().await?));
            }
            measured.rounds.push(median(&times));
        }
    }
    print(&all);
    Ok(targets(&all))
}

async fn measure(language: Language, folder: &Path) -> anyhow::Result<Measured> {
    let wasm = std::fs::read(plugin(language.plugin))?;
    let folder = folder.join(language.id);
    std::fs::create_dir_all(&folder)?;
    let begin = Instant::now();
    drop(Sandboxes::of(&wasm, &folder, Limits::default()).await?);
    let compile_ms = milliseconds(begin.elapsed());
    let memory_mib = smallest_memory(&wasm, &folder).await;
    let begin = Instant::now();
    let mut sandboxes = Sandboxes::of(&wasm, &folder, Limits::default()).await?;
    sandboxes.event().await?;
    let first_ms = milliseconds(begin.elapsed());
    for _ in 0..WARM_UP {
        sandboxes.event().await?;
    }
    Ok(Measured {
        language,
        bytes: wasm.len(),
        compile_ms,
        first_ms,
        memory_mib,
        sandboxes,
        rounds: Vec::new(),
    })
}

/// The smallest `memory_mib` with which the bot handles the event.
async fn smallest_memory(wasm: &[u8], folder: &Path) -> usize {
    let mut mib = 1;
    loop {
        let limits = Limits {
            memory: mib << 20,
            ..Limits::default()
        };
        let handled = match Sandboxes::of(wasm, folder, limits).await {
            Ok(mut sandboxes) => sandboxes.event().await.is_ok(),
            Err(_) => false,
        };
        if handled || limits.memory >= Limits::default().memory {
            return mib;
        }
        mib += 1;
    }
}

fn ratio(measured: &Measured, rust: &Measured) -> f64 {
    let rounds = measured.rounds.iter().zip(&rust.rounds);
    median(&rounds.map(|(one, rust)| one / rust).collect::<Vec<_>>())
}

fn print(all: &[Measured]) {
    println!();
    println!("The echo bot in each language: an event that it ignores, in a fresh instance");
    println!(
        "| language | .wasm, kB | compile, ms | first event, ms | event, µs | to Rust's | memory, MiB |"
    );
    println!("| --- | --: | --: | --: | --: | --: | --: |");
    for measured in all {
        println!(
            "| {} | {} | {:.0} | {:.1} | {:.0} | {:.1} | {} |",
            measured.language.name,
            measured.bytes.div_ceil(1000),
            measured.compile_ms,
            measured.first_ms,
            median(&measured.rounds),
            ratio(measured, &all[0]),
            measured.memory_mib,
        );
    }
}

fn targets(all: &[Measured]) -> Vec<Target> {
    let others = all.iter().skip(1);
    let targets = others.map(|measured| {
        let what = format!("an event in {}, to one in Rust", measured.language.name);
        at_most(&what, ratio(measured, &all[0]), measured.language.most)
    });
    targets.collect()
}
