//! Tags of a project: name, colour, description, order.

use crate::objects::RowAddress;
use crate::{Micros, Problem, ProjectId, TagId};
use serde::{Deserialize, Serialize};

/// Colours a tag can have; the names of the classes that draw them.
pub const COLORS: [&str; 6] = ["ochre", "teal", "blue", "rose", "green", "grey"];

/// The colour of a tag for which none was chosen.
pub const NO_COLOR: &str = "grey";

/// Red, green and blue of [`COLORS`], in their order, as the style sheet draws them on a light ground.
const SHADES: [[u8; 3]; COLORS.len()] =
    [[0xb5, 0x81, 0x1b], [0x1f, 0x7f, 0x79], [0x3a, 0x6d, 0xb5], [0xb2, 0x44, 0x68], [0x3c, 0x7d, 0x3f], [0x6a, 0x74, 0x80]];

/// A configured tag. Spans may carry others too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Id.
    pub id: TagId,
    /// Its project.
    pub project: ProjectId,
    /// Unique in the project.
    pub name: String,
    /// One of [`COLORS`].
    pub color: String,
    /// What it means.
    pub description: String,
    /// Place among the tags of the project, ascending.
    pub position: i32,
    /// Created at.
    pub created: Micros,
}

/// Creates a tag, or with `tag` set changes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveTag {
    /// Where.
    pub project: ProjectId,
    /// The one to change; none creates.
    pub tag: Option<TagId>,
    /// Name.
    pub name: String,
    /// One of [`COLORS`].
    pub color: String,
    /// What it means.
    pub description: String,
}

/// Takes a tag off the configuration. Spans keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteTag {
    /// Which.
    pub tag: TagId,
}

/// Puts tags on a span and takes others off. What is there already, or is not there, is left alone, so that two people
/// can do it at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTags {
    /// The span.
    #[serde(flatten)]
    pub row: RowAddress,
    /// Names to put on.
    #[serde(default)]
    pub add: Vec<String>,
    /// Names to take off.
    #[serde(default)]
    pub remove: Vec<String>,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}

/// Puts the tags of a project into this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTags {
    /// Where.
    pub project: ProjectId,
    /// All of its tags, in the new order.
    pub tags: Vec<TagId>,
}

/// Names that one change puts on or takes off at most, and the bytes of each: those of any tag that a row can have.
const MOST_CHANGED: usize = 50;
const LONGEST_CHANGED: usize = 1_000;

/// Refuses a change of tags that is too large to be made on many rows.
///
/// # Errors
/// [`Problem::Invalid`] with what is too much.
pub fn check_change(add: &[String], remove: &[String]) -> Result<(), Problem> {
    if add.len() > MOST_CHANGED || remove.len() > MOST_CHANGED {
        return Err(Problem::invalid("tags", format!("Put on or take off at most {MOST_CHANGED} tags at once.")));
    }
    match add.iter().chain(remove).any(|name| name.len() > LONGEST_CHANGED) {
        true => Err(Problem::invalid("tags", format!("The name of a tag has at most {LONGEST_CHANGED} bytes."))),
        false => Ok(()),
    }
}

/// Every mistake in what a tag is to be, each with the label of its field.
pub fn mistakes(name: &str, color: &str, description: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    if !(1..=200).contains(&name.trim().chars().count()) || name.contains('\0') {
        found.push(Problem::invalid("Name", "Use 1 to 200 characters, without a NUL."));
    }
    if !COLORS.contains(&color) {
        found.push(Problem::invalid("Colour", format!("Use one of {}.", COLORS.join(", "))));
    }
    if description.chars().count() > 2_000 || description.contains('\0') {
        found.push(Problem::invalid("Description", "Use at most 2,000 characters, without a NUL."));
    }
    found
}

/// The colour that a text means: one of [`COLORS`] by its name, or the nearest of them to a `#rrggbb`. None for any other text.
pub fn parse_color(text: &str) -> Option<&'static str> {
    if let Some(named) = COLORS.into_iter().find(|name| *name == text) {
        return Some(named);
    }
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    let distance = |shade: [u8; 3]| -> u32 {
        shade.into_iter().zip([red, green, blue]).map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).sum()
    };
    COLORS.into_iter().zip(SHADES).min_by_key(|(_, shade)| distance(*shade)).map(|(name, _)| name)
}

/// One of [`COLORS`] as `#rrggbb`, which [`parse_color`] reads as the same colour again. None for any other text.
pub fn hexadecimal_color(color: &str) -> Option<String> {
    let (_, [red, green, blue]) = COLORS.into_iter().zip(SHADES).find(|(name, _)| *name == color)?;
    Some(format!("#{red:02x}{green:02x}{blue:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_stands_at_its_field() {
        let long = "ü".repeat(200);
        for (name, color, description, expected) in [
            ("Triage", "rose", "", ""),
            (&format!(" {long} "), "rose", "", ""),
            (&format!("{long}ü"), "rose", "", "Name: Use 1 to 200 characters, without a NUL."),
            (" ", "rose", "", "Name: Use 1 to 200 characters, without a NUL."),
            ("a\0b", "rose", "", "Name: Use 1 to 200 characters, without a NUL."),
            ("Triage", "purple", "", "Colour: Use one of ochre, teal, blue, rose, green, grey."),
            ("Triage", "#b24468", "", "Colour: Use one of ochre, teal, blue, rose, green, grey."),
            ("Triage", "rose", "\0", "Description: Use at most 2,000 characters, without a NUL."),
            ("Triage", "rose", &long.repeat(11), "Description: Use at most 2,000 characters, without a NUL."),
        ] {
            let lines: Vec<_> = mistakes(name, color, description).iter().map(ToString::to_string).collect();
            assert_eq!(lines.join("\n"), expected, "{name} {color}");
        }
        assert_eq!(mistakes("", "", "\0").len(), 3);
    }

    #[test]
    fn colors_are_read() {
        for (text, expected) in [
            ("teal", Some("teal")),
            ("#ff0000", Some("rose")),
            ("#00f", None),
            ("#0000FF", Some("blue")),
            ("#ffffff", Some("grey")),
            ("Teal", None),
            ("#12345g", None),
            ("#+12345", None),
            ("#ééé", None),
            ("red", None),
            ("", None),
        ] {
            assert_eq!(parse_color(text), expected, "{text}");
        }
    }

    #[test]
    fn a_color_comes_back_as_it_was() {
        for color in COLORS {
            assert_eq!(hexadecimal_color(color).as_deref().and_then(parse_color), Some(color));
        }
        assert_eq!(hexadecimal_color("purple"), None);
    }

    #[test]
    fn shades_are_those_of_the_style_sheet() {
        let style = include_str!("../../style/ui-chip.css");
        for color in COLORS {
            let shade = hexadecimal_color(color).unwrap();
            let drawn = if color == NO_COLOR { include_str!("../../style/tokens.css") } else { style };
            let variable = if color == NO_COLOR { "--auto:  ".to_owned() } else { format!(".c-{color} {{ --c: ") };
            assert!(drawn.contains(&format!("{variable}light-dark({shade},")), "{color}");
        }
    }
}
