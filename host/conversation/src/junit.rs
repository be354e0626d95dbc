//! JUnit's XML, which continuous integration reads.

use std::fmt::Write as _;

use crate::report::{FileReport, Style};

/// The reports as one JUnit document: a suite for each file, a case for each conversation.
#[must_use]
pub fn junit(reports: &[FileReport]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for report in reports {
        suite(report, &mut xml);
    }
    xml.push_str("</testsuites>\n");
    xml
}

// Writing to a text does not fail.
fn suite(report: &FileReport, xml: &mut String) {
    let file = escaped(&report.file.display().to_string());
    let unplayable = usize::from(report.problem.is_some());
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{file}\" tests=\"{}\" failures=\"{}\" errors=\"{unplayable}\" time=\"{:.3}\">",
        report.convos.len() + unplayable,
        report.failed(),
        report.took.as_secs_f64()
    );
    if let Some(problem) = &report.problem {
        let problem = escaped(problem);
        let _ = writeln!(
            xml,
            "    <testcase classname=\"{file}\" name=\"the file\"><error message=\"{problem}\"/></testcase>"
        );
    }
    for convo in &report.convos {
        let name = escaped(&convo.name);
        let time = convo.took.as_secs_f64();
        let begin =
            format!("    <testcase classname=\"{file}\" name=\"{name}\" time=\"{time:.3}\"");
        match &convo.failure {
            None => {
                let _ = writeln!(xml, "{begin}/>");
            }
            Some(failure) => {
                let headline = escaped(&failure.finding.headline());
                let lines = escaped(&failure.finding.lines(Style::Plain).join("\n"));
                let _ = writeln!(
                    xml,
                    "{begin}>\n      <failure message=\"{headline}\">{file}:{}\n{lines}</failure>\n    </testcase>",
                    failure.place
                );
            }
        }
    }
    xml.push_str("  </testsuite>\n");
}

/// As XML's text and attributes have it. Characters that XML can't have are left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_xml() {
        assert_eq!(
            escaped("<a b=\"&\">\u{1}"),
            "&lt;a b=&quot;&amp;&quot;&gt;\u{fffd}"
        );
    }
}
