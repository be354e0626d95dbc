//! The figures as pictures (SVG), for docs/performance.md.

use std::fs;
use std::path::Path;

use maud::{Markup, Render, html};

/// The picture's width, and that of what stands left of bars and lines, in pixels.
const WIDTH: f64 = 720.0;
const LEFT: f64 = 110.0;

/// The height of a bar, and of what stands above or below it.
const BAR: f64 = 26.0;
const ROW: f64 = 40.0;

/// The height of the lines' field.
const FIELD: f64 = 220.0;

/// Readable on light and dark ground, and told apart by those who see few colours.
const COLOURS: [&str; 8] = [
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb", "#888888",
];

/// The percentiles that are drawn.
const PERCENTILES: [f64; 6] = [50.0, 75.0, 90.0, 95.0, 99.0, 99.9];

/// A bar, with its parts from left to right.
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) parts: Vec<(String, f64)>,
}

/// A line: a value for each percentile.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) values: Vec<f64>,
}

impl Line {
    pub(crate) fn of(name: String, values: &[f64]) -> Self {
        let values = PERCENTILES.map(|it| crate::figures::percentile(values, it));
        let values = values.to_vec();
        Self { name, values }
    }
}

/// Writes bars of microseconds.
pub(crate) fn write_bars(path: &Path, title: &str, bars: &[Bar]) -> anyhow::Result<()> {
    let sum = |bar: &Bar| bar.parts.iter().map(|(_, value)| value).sum::<f64>();
    let most = bars.iter().map(sum).fold(1.0, f64::max);
    let scale = (WIDTH - LEFT - 70.0) / most;
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in bars.iter().flat_map(|bar| &bar.parts) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let colour = |name: &str| COLOURS[names.iter().position(|it| *it == name).unwrap_or(0) % 8];
    let height = 40.0 + ROW * bars.len() as f64;
    let body = html! {
        @for (row, bar) in bars.iter().enumerate() {
            @let y = 36.0 + ROW * row as f64;
            (text(LEFT - 8.0, y + 18.0, "end", &bar.name))
            @for (index, (name, value)) in bar.parts.iter().enumerate() {
                @let before: f64 = bar.parts[..index].iter().map(|(_, value)| value).sum();
                rect x=(number(LEFT + before * scale)) y=(number(y)) width=(number(value * scale))
                    height=(number(BAR)) fill=(colour(name)) { title { (name) ": " (number(*value)) " µs" } }
            }
            (text(LEFT + sum(bar) * scale + 8.0, y + 18.0, "start", &format!("{} µs", number(sum(bar)))))
        }
        (legend(&names, height))
    };
    let lines = names.len().div_ceil(4) as f64;
    save(path, title, height + 24.0 * lines, &body)
}

/// Writes lines of milliseconds over percentiles, with a logarithmic scale.
pub(crate) fn write_lines(path: &Path, title: &str, lines: &[Line]) -> anyhow::Result<()> {
    let values = || lines.iter().flat_map(|line| &line.values).copied();
    let least = values().fold(f64::INFINITY, f64::min).log10().floor();
    let most = values().fold(0.0, f64::max).log10().ceil();
    let x = |index: usize| LEFT + (WIDTH - LEFT - 40.0) * index as f64 / 5.0;
    let y = |value: f64| 40.0 + FIELD * (most - value.log10()) / (most - least).max(1.0);
    let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
    let decades = (least as i32..=most as i32).map(|power| 10_f64.powi(power));
    let body = html! {
        @for value in decades {
            line x1=(number(LEFT)) x2=(number(WIDTH - 40.0)) y1=(number(y(value)))
                y2=(number(y(value))) stroke="#888" stroke-opacity="0.4" {}
            (text(LEFT - 8.0, y(value) + 4.0, "end", &format!("{value} ms")))
        }
        @for (index, percentile) in PERCENTILES.iter().enumerate() {
            (text(x(index), 40.0 + FIELD + 20.0, "middle", &format!("{percentile} %")))
        }
        @for (line, colour) in lines.iter().zip(COLOURS) {
            @let points: Vec<String> = line.values.iter().enumerate()
                .map(|(index, value)| format!("{},{}", number(x(index)), number(y(*value)))).collect();
            polyline points=(points.join(" ")) fill="none" stroke=(colour) stroke-width="2" {}
        }
        (legend(&names, 40.0 + FIELD + 40.0))
    };
    let height = 40.0 + FIELD + 40.0 + 24.0 * names.len().div_ceil(4) as f64;
    save(path, title, height, &body)
}

fn legend(names: &[&str], top: f64) -> Markup {
    html! {
        @for (index, (name, colour)) in names.iter().zip(COLOURS.iter().cycle()).enumerate() {
            @let x = 12.0 + 175.0 * (index % 4) as f64;
            @let y = top + 24.0 * (index / 4) as f64;
            rect x=(number(x)) y=(number(y)) width="12" height="12" fill=(colour) {}
            (text(x + 18.0, y + 11.0, "start", name))
        }
    }
}

fn text(x: f64, y: f64, anchor: &str, words: &str) -> Markup {
    html! { text x=(number(x)) y=(number(y)) text-anchor=(anchor) { (words) } }
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}

fn save(path: &Path, title: &str, height: f64, body: &impl Render) -> anyhow::Result<()> {
    let picture = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (WIDTH) " " (number(height)) }
            role="img" aria-label=(title) font-family="system-ui, sans-serif" font-size="13" fill="#888" {
            (text(12.0, 20.0, "start", title))
            (body)
        }
    };
    fs::write(path, picture.into_string() + "\n")?;
    println!("  as a picture: {}", path.display());
    Ok(())
}
