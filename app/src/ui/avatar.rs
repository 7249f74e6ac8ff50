//! A person, as initials in a tinted circle.

use leptos::prelude::*;

use super::stable_hash;

/// The tints of the style sheet; the first is the one without a class.
const TINTS: [&str; 5] = ["", "tint-2", "tint-3", "tint-4", "tint-5"];

/// Draws a person's initials. Hidden from screen readers: the name always stands beside it.
#[component]
pub fn Avatar(
    /// The person's name, or the email address of somebody who gave none.
    #[prop(into)]
    name: String,
    /// Twenty-four pixels instead of twenty.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let size = if large { " large" } else { "" };
    let class = format!("av {}{size}", tint(&name));
    view! { <span class=class title=name.clone() aria-hidden="true">{initials(&name)}</span> }
}

fn tint(name: &str) -> &'static str {
    let index = stable_hash(name) as usize % TINTS.len();
    TINTS.get(index).copied().unwrap_or_default()
}

/// The first letters of the first and the last word; of a single word its first two letters.
fn initials(name: &str) -> String {
    let local_part = name.split('@').next().unwrap_or(name);
    let mut words = local_part.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let Some(first) = words.next() else { return "?".to_owned() };
    let letters: String = match words.next_back() {
        Some(last) => first.chars().take(1).chain(last.chars().take(1)).collect(),
        None => first.chars().take(2).collect(),
    };
    letters.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::{initials, tint};

    #[test]
    fn initials_come_from_the_first_and_last_word() {
        assert_eq!(initials("Priya Raman"), "PR");
        assert_eq!(initials("Ana María de la Cruz"), "AC");
        assert_eq!(initials("mara"), "MA");
        assert_eq!(initials("kenji.abe@fernway.example"), "KA");
        assert_eq!(initials("x"), "X");
        assert_eq!(initials(" "), "?");
    }

    #[test]
    fn a_person_keeps_the_tint() {
        assert_eq!(tint("Priya Raman"), tint("Priya Raman"));
    }
}
