//! What properties can be.

use crate::json::{Json, Written, values};

values! {
    /// A bubble's width. LINE's default: `mega`.
    BubbleSize {
        Nano = "nano",
        Micro = "micro",
        Deca = "deca",
        Hecto = "hecto",
        Kilo = "kilo",
        Mega = "mega",
        Giga = "giga",
    };

    /// Where texts and horizontal boxes start. LINE's default: `ltr`.
    Direction { Ltr = "ltr", Rtl = "rtl" };

    /// A space, from none to the widest.
    Space {
        None = "none",
        Xs = "xs",
        Sm = "sm",
        Md = "md",
        Lg = "lg",
        Xl = "xl",
        Xxl = "xxl",
    };

    /// A space between components, or the radius of a box's corners.
    Spacing {} or Space or Px;

    /// A box's padding, or a component's offset. Percents are of the box's width, those of
    /// `offset_top` and `offset_bottom` of its height.
    Inset {} or Space or Px or Percent;

    /// The width or height of a box. Percents are of the box around it.
    Length {} or Px or Percent;

    /// The width of a box's border.
    BorderWidth {
        None = "none",
        Light = "light",
        Normal = "normal",
        Medium = "medium",
        SemiBold = "semi-bold",
        Bold = "bold",
    } or Px;

    /// A size, from the smallest to the largest. LINE's default: `md`.
    Size {
        Xxs = "xxs",
        Xs = "xs",
        Sm = "sm",
        Md = "md",
        Lg = "lg",
        Xl = "xl",
        Xxl = "xxl",
        Xl3 = "3xl",
        Xl4 = "4xl",
        Xl5 = "5xl",
    };

    /// The size of letters.
    TextSize {} or Size or Px;

    /// The largest width of an icon. LINE takes no percents here.
    IconSize {} or Size or Px;

    /// The largest width of an image.
    ImageSize { Full = "full" } or Size or Px or Percent;

    /// What offsets count from: `relative`, where the component would stand, or `absolute`, the
    /// box around it. LINE's default: `relative`.
    Position { Relative = "relative", Absolute = "absolute" };

    /// How a box shares free space out along its direction. LINE's default: `flex-start`.
    JustifyContent {
        Center = "center",
        FlexStart = "flex-start",
        FlexEnd = "flex-end",
        SpaceBetween = "space-between",
        SpaceAround = "space-around",
        SpaceEvenly = "space-evenly",
    };

    /// Where a box puts its components across its direction.
    AlignItems {
        Center = "center",
        FlexStart = "flex-start",
        FlexEnd = "flex-end",
    };

    /// Where an image or a text stands in its width. LINE's default: `center` for images, `start`
    /// for texts.
    Align { Start = "start", End = "end", Center = "center" };

    /// Where a component stands in its height. LINE's default: `top`.
    Gravity { Top = "top", Bottom = "bottom", Center = "center" };

    /// A button's height. LINE's default: `md`.
    ButtonHeight { Sm = "sm", Md = "md" };

    /// A button's look: of a dark button, of a light button, or of a link. LINE's default: `link`.
    ButtonStyle { Primary = "primary", Secondary = "secondary", Link = "link" };

    /// What becomes of a text that is wider than its place.
    AdjustMode { ShrinkToFit = "shrink-to-fit" };

    /// How an image fills its place: whole, or cut off. LINE's default: `fit`.
    AspectMode { Fit = "fit", Cover = "cover" };

    /// How thick letters are. LINE's default: `regular`.
    Weight { Regular = "regular", Bold = "bold" };

    /// How letters lean. LINE's default: `normal`.
    TextStyle { Normal = "normal", Italic = "italic" };

    /// A line at the letters. LINE's default: `none`.
    Decoration { None = "none", Underline = "underline", LineThrough = "line-through" };
}

/// A number of pixels, rounded to hundredths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Px(f64);

/// A part of something, in percent, rounded to hundredths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percent(f64);

/// A width in relation to a height: `(20, 13)`. Both are 1 to 100,000, rounded to hundredths,
/// and the height is at most three times the width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AspectRatio(f64, f64);

/// So many pixels.
#[must_use]
pub fn px(number: impl Into<f64>) -> Px {
    Px(number.into())
}

/// So many percent.
#[must_use]
pub fn percent(number: impl Into<f64>) -> Percent {
    Percent(number.into())
}

impl<W: Into<f64>, H: Into<f64>> From<(W, H)> for AspectRatio {
    fn from((width, height): (W, H)) -> Self {
        Self(width.into(), height.into())
    }
}

impl Json for Px {
    fn json(self) -> Written {
        format!("{}px", decimal(self.0)).json()
    }
}

impl Json for Percent {
    fn json(self) -> Written {
        format!("{}%", decimal(self.0)).json()
    }
}

impl Json for AspectRatio {
    fn json(self) -> Written {
        format!("{}:{}", decimal(self.0), decimal(self.1)).json()
    }
}

/// Rounded to hundredths: all digits of a float are 19 KB of code.
pub(super) fn decimal(number: f64) -> String {
    let hundredths = (number * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, rest) = (
        hundredths.unsigned_abs() / 100,
        hundredths.unsigned_abs() % 100,
    );
    let digits = format!("{sign}{whole}.{rest:02}");
    digits
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}
