//! Boxes (LINE reference, "Box").

use super::button::Button;
use super::contents::IntoContents;
use super::icon::Icon;
use super::image::Image;
use super::properties::{any_of, flexible, object, placed, properties};
use super::separator::{Filler, Separator};
use super::text::Text;
use super::values::{
    AlignItems, BorderWidth, Inset, JustifyContent, Length, Percent, Spacing, decimal,
};
use crate::bindings::botbox::line::messages::Action;
use crate::json::{Json, Object};

object! {
    /// Components in a row or column.
    FlexBox
}

any_of! {
    /// What horizontal and vertical boxes hold.
    Component: FlexBox | Button | Image | Text | Separator | Filler
}

any_of! {
    /// What baseline boxes hold.
    BaselineComponent: Icon | Text | Filler
}

object! {
    /// A background that goes from one color to another.
    LinearGradient
}

/// Components from left to right, or as the bubble's direction says.
pub fn horizontal(contents: impl IntoContents<Component>) -> FlexBox {
    layout("horizontal", contents.into_contents())
}

/// Components from top to bottom.
pub fn vertical(contents: impl IntoContents<Component>) -> FlexBox {
    layout("vertical", contents.into_contents())
}

/// Texts and icons from left to right, or as the bubble's direction says, whose letters stand on
/// one line whatever their sizes.
pub fn baseline(contents: impl IntoContents<BaselineComponent>) -> FlexBox {
    layout("baseline", contents.into_contents())
}

/// From `start` to `end`, both `#RRGGBB` or `#RRGGBBAA`. The angle is in degrees, 0 or more and
/// less than 360, rounded to hundredths: 0 goes from the bottom to the top, 90 from the left to the right.
pub fn linear_gradient(
    angle: impl Into<f64>,
    start: impl Into<String>,
    end: impl Into<String>,
) -> LinearGradient {
    let gradient = Object::typed("linearGradient")
        .with("angle", format!("{}deg", decimal(angle.into())))
        .with("startColor", start.into())
        .with("endColor", end.into());
    LinearGradient(gradient)
}

fn layout(layout: &str, contents: Vec<impl Json>) -> FlexBox {
    FlexBox(
        Object::typed("box")
            .with("layout", layout)
            .with("contents", contents),
    )
}

flexible!(FlexBox);
placed!(FlexBox);

properties!(FlexBox {
    /// The least space between the components.
    spacing: into Spacing => "spacing",
    /// `#RRGGBB` or `#RRGGBBAA`.
    background_color: into String => "backgroundColor",
    /// Instead of a background color.
    background: LinearGradient => "background",
    /// `#RRGGBB` or `#RRGGBBAA`.
    border_color: into String => "borderColor",
    /// How wide the border is.
    border_width: into BorderWidth => "borderWidth",
    /// How round the corners are.
    corner_radius: into Spacing => "cornerRadius",
    /// How wide it is.
    width: into Length => "width",
    /// How wide it is at most.
    max_width: into Length => "maxWidth",
    /// How high it is.
    height: into Length => "height",
    /// How high it is at most.
    max_height: into Length => "maxHeight",
    /// The space between the border and the components.
    padding_all: into Inset => "paddingAll",
    /// Instead, at the top.
    padding_top: into Inset => "paddingTop",
    /// Instead, at the bottom.
    padding_bottom: into Inset => "paddingBottom",
    /// Instead, where lines start.
    padding_start: into Inset => "paddingStart",
    /// Instead, where lines end.
    padding_end: into Inset => "paddingEnd",
    /// How free space is shared out along the box's direction, when no component takes a part of
    /// it.
    justify_content: JustifyContent => "justifyContent",
    /// Where components stand across the box's direction.
    align_items: AlignItems => "alignItems",
    /// What a tap on it does.
    action: Action => "action",
});

properties!(LinearGradient {
    /// A color between the two, `#RRGGBB` or `#RRGGBBAA`.
    center_color: into String => "centerColor",
    /// Where the color between the two is, from the start. LINE's default: 50 %.
    center_position: Percent => "centerPosition",
});
