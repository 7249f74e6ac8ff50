//! A tag: a coloured dot and a word.

use leptos::prelude::*;

use super::stable_hash;

/// The colours of the style sheet for tags that were given none.
const COLORS: [&str; 5] = ["c-ochre", "c-teal", "c-blue", "c-rose", "c-green"];

/// Draws a tag.
#[component]
pub fn TagChip(
    /// The word.
    #[prop(into)]
    name: String,
    /// A colour class such as `c-teal`; without one the name decides.
    #[prop(optional, into)]
    color: Option<String>,
) -> impl IntoView {
    let color = color.unwrap_or_else(|| tag_color(&name).to_owned());
    view! { <span class=format!("tag {color}")>{name}</span> }
}

/// The colour class of a tag that was given none: always the same for the same name.
#[must_use]
pub fn tag_color(name: &str) -> &'static str {
    let index = stable_hash(name) as usize % COLORS.len();
    COLORS.get(index).copied().unwrap_or("c-grey")
}

#[cfg(test)]
mod tests {
    use super::tag_color;

    #[test]
    fn a_tag_keeps_its_color() {
        assert_eq!(tag_color("Triage"), tag_color("Triage"));
        assert!(tag_color("Triage").starts_with("c-"));
    }
}
