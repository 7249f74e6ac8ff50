//! Words of the open span that are the evidence of an answer: pointed at by selecting them, shown at the answer, and found again where they
//! stood. What is drawn is not what is stored (Markdown, chat), so words are found again by themselves, nearest to where they were.

use super::control::Control;
use crate::ui::{Icon, IconName, IconSize};
use leptos::prelude::*;
use shared::answers::Evidence;

/// Draws the words; one's own can be taken away.
#[component]
pub(super) fn Quotes(#[prop(into)] evidence: Signal<Vec<Evidence>>, #[prop(optional)] control: Option<Control>) -> impl IntoView {
    move || {
        let all = evidence.get();
        (!all.is_empty()).then(|| {
            let lines = all.into_iter().enumerate().map(|(place, evidence)| {
                let note = evidence.changed.then(|| view! { <span class="hint">" The text has changed."</span> });
                let title = format!("Show it in {}", evidence.path);
                let words = evidence.quote.clone();
                let remove = control.map(|control| {
                    let label = format!("Remove the evidence {words}");
                    view! {
                        <button class="btn icon ghost small" type="button" aria-label=label.clone() title=label on:click=move |_| control.take_away(place)>
                            <Icon name=IconName::Close size=IconSize::Small/>
                        </button>
                    }
                });
                let show = move |_| found::show(&evidence);
                view! {
                    <li>
                        <button class="quote" type="button" title=title on:click=show><q dir="auto">{words}</q></button>{note}{remove}
                    </li>
                }
            });
            view! { <ul class="evidence" aria-label="Evidence">{lines.collect_view()}</ul> }
        })
    }
}

/// What is selected in a field of the open span.
pub(super) fn selected() -> Option<Evidence> {
    found::selected()
}

#[cfg(not(feature = "hydrate"))]
mod found {
    use shared::answers::Evidence;

    pub(super) fn selected() -> Option<Evidence> {
        None
    }

    pub(super) fn show(_: &Evidence) {}
}

#[cfg(feature = "hydrate")]
mod found {
    use super::nearest;
    use leptos::prelude::*;
    use leptos::wasm_bindgen::JsCast;
    use shared::answers::Evidence;
    use shared::answers::evidence::LONGEST_QUOTE;
    use shared::objects::FieldName;
    use web_sys::{Element, Node};

    /// The section of a field.
    fn section(field: FieldName) -> Option<Element> {
        document().query_selector(&format!("section.span section.sec[aria-label='{}']", field.heading())).ok().flatten()
    }

    pub(super) fn selected() -> Option<Evidence> {
        let range = window().get_selection().ok()??.get_range_at(0).ok()?;
        let of: Node = range.start_container().ok()?;
        let (field, section) = FieldName::ALL.into_iter().find_map(|field| {
            let section = section(field)?;
            section.contains(Some(&of)).then_some((field, section))
        })?;
        let before = document().create_range().ok()?;
        before.set_start_after(section.query_selector(".sec-h").ok().flatten()?.as_ref()).ok()?;
        before.set_end(&of, range.start_offset().ok()?).ok()?;
        let text = String::from(range.to_string());
        let words = text.trim();
        let quote: String = words.chars().take(LONGEST_QUOTE).collect();
        if quote.is_empty() {
            return None;
        }
        let spaces = text.chars().take_while(|character| character.is_whitespace()).count();
        let start = u32::try_from(String::from(before.to_string()).chars().count() + spaces).ok()?;
        let end = start.checked_add(u32::try_from(quote.chars().count()).ok()?)?;
        Some(Evidence { path: field.key().to_owned(), start, end, quote, changed: false })
    }

    /// Leads to the words where they stand now, and selects them.
    pub(super) fn show(evidence: &Evidence) {
        let Some(section) = evidence.steps().and_then(|(field, _)| section(field)) else { return };
        section.scroll_into_view();
        let mut texts = Vec::new();
        gather(&section, &mut texts);
        let all: String = texts.iter().map(|(_, text)| text.as_str()).collect();
        let Some(from) = nearest(&all, &evidence.quote, evidence.start as usize) else { return };
        let place = |at: usize, is_end: bool| {
            let mut passed = 0;
            texts.iter().find_map(|(node, text)| {
                let inside = at - passed;
                passed += text.len();
                let is_in = if is_end { inside <= text.len() } else { inside < text.len() };
                is_in.then(|| (node, text.get(..inside).unwrap_or_default().encode_utf16().count()))
            })
        };
        let (Some((first, start)), Some((last, end))) = (place(from, false), place(from + evidence.quote.len(), true)) else { return };
        let (Ok(range), Ok(Some(selection))) = (document().create_range(), window().get_selection()) else { return };
        let number = |at: usize| u32::try_from(at).unwrap_or_default();
        if range.set_start(first, number(start)).is_ok() && range.set_end(last, number(end)).is_ok() {
            let _ = selection.remove_all_ranges();
            let _ = selection.add_range(&range);
            if let Some(holder) = first.parent_element() {
                holder.scroll_into_view();
            }
        }
    }

    /// The texts below a node, without those of the section's head.
    fn gather(node: &Node, texts: &mut Vec<(Node, String)>) {
        let mut child = node.first_child();
        while let Some(now) = child {
            if now.node_type() == Node::TEXT_NODE {
                texts.push((now.clone(), now.node_value().unwrap_or_default()));
            } else if !now.dyn_ref::<Element>().is_some_and(|element| element.matches(".sec-h").unwrap_or(false)) {
                gather(&now, texts);
            }
            child = now.next_sibling();
        }
    }
}

/// The byte where words begin, nearest to a place that is counted in characters.
#[cfg_attr(not(any(test, feature = "hydrate")), expect(dead_code, reason = "only browsers look for words"))]
fn nearest(text: &str, words: &str, start: usize) -> Option<usize> {
    let wanted = text.char_indices().nth(start).map_or(text.len(), |(at, _)| at);
    text.match_indices(words).map(|(at, _)| at).min_by_key(|at| at.abs_diff(wanted))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn words_are_found_nearest_to_where_they_were() {
        assert_eq!(nearest("yes no yes no yes", "yes", 9), Some(7));
        assert_eq!(nearest("\u{1f44d}\u{1f44d} a \u{1f44d} a", "a", 3), Some(9));
        assert_eq!(nearest("a", "a", 4_000_000), Some(0));
        assert_eq!(nearest("b", "a", 0), None);
    }
}
