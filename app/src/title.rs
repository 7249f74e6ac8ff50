//! What the tab of a page is called: what it shows, the narrowest first, and at last the product.

use leptos::prelude::*;
use leptos_meta::Title;

/// Characters of each part: a browser shows no more.
const LONGEST: usize = 60;

/// Names a page that shows the same for as long as it is there.
#[component]
pub(crate) fn PageTitle(
    /// What it shows, the narrowest first.
    parts: Vec<String>,
) -> impl IntoView {
    view! { <Title text=title(None, &parts)/> }
}

/// Names a page on which something can be open, by what is open.
#[component]
pub(crate) fn OpeningTitle(
    /// What is open at first.
    first: Option<String>,
    /// What is open now.
    opened: impl Fn() -> Option<String> + 'static,
    /// What the page shows, the narrowest first.
    parts: Vec<String>,
) -> impl IntoView {
    // The tab reads it at times of its own, also when the page and its signals are gone already.
    let text = ArcRwSignal::new(title(first, &parts));
    let told = text.clone();
    Effect::new(move |_| told.set(title(opened(), &parts)));
    view! { <Title text=TextProp::from(move || text.get())/> }
}

fn title(opened: Option<String>, parts: &[String]) -> String {
    let mut title = String::new();
    for part in opened.iter().chain(parts).map(|part| part.trim()).filter(|part| !part.is_empty()) {
        title.extend(part.chars().take(LONGEST));
        if part.chars().nth(LONGEST).is_some() {
            title.push('…');
        }
        title.push_str(" · ");
    }
    title + "Touchstone"
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn the_narrowest_stands_first() {
        let parts = ["Logs".to_owned(), "Cafeteria".to_owned()];
        assert_eq!(title(None, &parts), "Logs · Cafeteria · Touchstone");
        assert_eq!(title(Some("answer_ticket".to_owned()), &parts), "answer_ticket · Logs · Cafeteria · Touchstone");
        assert_eq!(title(Some(" ".to_owned()), &[]), "Touchstone");
        assert_eq!(title(Some("é".repeat(61)), &[]), format!("{}… · Touchstone", "é".repeat(60)));
    }
}
