//! The values of Flex properties that are texts with a form: sizes, spaces, ratios, angles (LINE
//! documentation, "Flex Message layout").

use crate::validation::dialect::Problem;

const SPACES: [&str; 7] = ["none", "xs", "sm", "md", "lg", "xl", "xxl"];
const SIZES: [&str; 10] = [
    "xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl",
];
const BORDERS: [&str; 6] = ["none", "light", "normal", "medium", "semi-bold", "bold"];

/// The space before a component, between components, and of a corner's radius.
pub(super) fn space(text: &str) -> Result<(), Problem> {
    among(&SPACES, text).or_else(|()| length(text, &["px"]))
}

/// The space between a box's border and what is in the box.
pub(super) fn padding(text: &str) -> Result<(), Problem> {
    among(&SPACES, text).or_else(|()| length(text, &["px", "%"]))
}

/// How far a component is moved; the only one of the lengths that can be negative.
pub(super) fn offset(text: &str) -> Result<(), Problem> {
    padding(text.strip_prefix('-').unwrap_or(text))
}

/// The width or height of a box.
pub(super) fn extent(text: &str) -> Result<(), Problem> {
    length(text, &["px", "%"])
}

pub(super) fn border_width(text: &str) -> Result<(), Problem> {
    among(&BORDERS, text).or_else(|()| length(text, &["px"]))
}

pub(super) fn image_size(text: &str) -> Result<(), Problem> {
    let keyword = among(&SIZES, text).or_else(|()| among(&["full"], text));
    keyword.or_else(|()| length(text, &["px", "%"]))
}

/// The size of letters.
pub(super) fn text_size(text: &str) -> Result<(), Problem> {
    among(&SIZES, text).or_else(|()| length(text, &["px"]))
}

pub(super) fn line_spacing(text: &str) -> Result<(), Problem> {
    length(text, &["px"])
}

/// Width and height, each from 1 to 100,000, the height at most three times the width.
pub(super) fn aspect_ratio(text: &str) -> Result<(), Problem> {
    let (width, height) = text.split_once(':').ok_or_else(invalid)?;
    let (width, height) = (number(width)?, number(height)?);
    let sides = 1.0..=100_000.0;
    if !sides.contains(&width) || !sides.contains(&height) {
        return Err(invalid());
    }
    if height > 3.0 * width {
        return Err(Problem::Said(
            "aspect ratio must be in the range (0 < (h/w) <= 3)",
        ));
    }
    Ok(())
}

/// The angle of a gradient: from 0 degrees on, and below 360.
pub(super) fn angle(text: &str) -> Result<(), Problem> {
    let degrees = measure(text, &["deg"])?;
    if degrees >= 360.0 {
        return Err(Problem::Said("upper limit exceeded"));
    }
    Ok(())
}

/// Where the middle color of a gradient is: from 0% to 100%.
pub(super) fn center_position(text: &str) -> Result<(), Problem> {
    let percent = measure(text, &["%"])?;
    if percent > 100.0 {
        return Err(Problem::Said("upper limit exceeded"));
    }
    Ok(())
}

fn among(keywords: &[&str], text: &str) -> Result<(), ()> {
    keywords.contains(&text).then_some(()).ok_or(())
}

fn length(text: &str, units: &[&str]) -> Result<(), Problem> {
    measure(text, units).map(|_| ())
}

/// A decimal number with one of the units.
fn measure(text: &str, units: &[&str]) -> Result<f64, Problem> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    let unit = &text[digits.len()..];
    if let Some(below_zero) = digits.strip_prefix('-') {
        number(below_zero)?;
        return Err(Problem::Said("lower limit exceeded"));
    }
    let number = number(digits)?;
    if units.contains(&unit) {
        Ok(number)
    } else if matches!(unit, "px" | "%") {
        Err(Problem::Said("invalid unit"))
    } else {
        Err(invalid())
    }
}

/// A number as `23` or `23.5`.
fn number(text: &str) -> Result<f64, Problem> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let bare = text.starts_with('.') || text.ends_with('.');
    let number = text.parse().ok().filter(|_| plain && !bare);
    number.ok_or_else(invalid)
}

fn invalid() -> Problem {
    "invalid property".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_units() {
        for (read, right, wrong) in [
            (
                space as fn(&str) -> Result<(), Problem>,
                &["none", "xxl", "0px", "23.5px"][..],
                &[
                    "5%", "-1px", "3xl", "5", "px", "5em", ".5px", "", "5 px", "١px",
                ][..],
            ),
            (padding, &["md", "5%", "5px"], &["-1%", "full"]),
            (offset, &["-5px", "-2.5%", "lg"], &["--5px", "5", "-"]),
            (extent, &["100%", "10px"], &["md", "auto"]),
            (border_width, &["semi-bold", "1px"], &["2%", "xs", "thick"]),
            (image_size, &["full", "5xl", "20%", "9px"], &["6xl", "none"]),
            (text_size, &["xxs", "9px"], &["full", "20%"]),
            (line_spacing, &["20px"], &["md", "20%"]),
        ] {
            for text in right {
                assert_eq!(read(text), Ok(()), "{text}");
            }
            for text in wrong {
                assert!(read(text).is_err(), "{text}");
            }
        }
    }

    #[test]
    fn ratios_are_not_too_high() {
        for text in ["1:1", "1.51:1", "20:13", "1:3", "100000:1", "100000:100000"] {
            assert_eq!(aspect_ratio(text), Ok(()), "{text}");
        }
        for text in [
            "1:4", "0:1", "1:0", "100001:1", "1", "1:1:1", "-1:1", "a:b", ":",
        ] {
            assert!(aspect_ratio(text).is_err(), "{text}");
        }
    }

    #[test]
    fn gradients_have_an_angle_and_a_middle() {
        for text in ["0deg", "23.5deg", "359.9deg"] {
            assert_eq!(angle(text), Ok(()), "{text}");
        }
        for text in ["360deg", "-1deg", "90", "90px", "1rad"] {
            assert!(angle(text).is_err(), "{text}");
        }
        for text in ["0%", "50.5%", "100%"] {
            assert_eq!(center_position(text), Ok(()), "{text}");
        }
        for text in ["100.1%", "10px", "-1%"] {
            assert!(center_position(text).is_err(), "{text}");
        }
    }
}
