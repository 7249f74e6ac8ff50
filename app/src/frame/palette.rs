//! The command palette: whatever the page can do and wherever it leads, found by some letters of its words. What keys do comes from the table of
//! keys, and where one can go from what the page links.

use crate::keys::{Act, Keys, Scope, TOLD, ToldLine, find, use_keys};
use crate::ui::completion::{Completion, Completions};
use crate::ui::{Dialog, Icon, IconName};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Event, HtmlElement, HtmlInputElement};

/// The field of the list of rows that takes what nothing here is called.
const FILTER: &str = "form.filter input[name=filter]";

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq)]
struct PaletteEntry {
    /// Under which heading.
    group: &'static str,
    words: String,
    /// The keys that do the same, as people read them.
    keys: Vec<Vec<String>>,
    does: PaletteDeed,
}

#[derive(Clone, Debug, PartialEq)]
enum PaletteDeed {
    /// What a key does somewhere.
    Key(Scope, Act),
    /// Presses what stands on the page; as a selector.
    Press(String),
    /// Filters the list by a text.
    Filter(String),
}

/// Draws the palette.
#[component]
pub(super) fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let keys = use_keys();
    let typed = RwSignal::new(String::new());
    // How often it was opened, and whether it has not had the focus since.
    let (opening, is_new) = (StoredValue::new(0), StoredValue::new(false));
    let known = RwSignal::new(Vec::<PaletteEntry>::new());
    let found = Memo::new(move |_| typed.with(|typed| known.with(|known| matching(known, typed, find(FILTER).is_some()))));
    let completion = Completion::new("palette".to_owned(), Signal::derive(move || found.with(Vec::len)));
    Effect::new(move |_| {
        if open.get() {
            known.set(entries(
                opening
                    .try_update_value(|number| {
                        *number += 1;
                        *number
                    })
                    .unwrap_or_default(),
            ));
            typed.set(String::new());
            is_new.set_value(true);
            completion.begin();
        }
    });
    let run = move |number: usize| {
        let Some(entry) = found.with_untracked(|found| found.get(number).cloned()) else { return };
        open.set(false);
        // The dialog gives back the focus first.
        request_animation_frame(move || entry.does.run(keys));
    };
    let key = move |event: KeyboardEvent| {
        if event.is_composing() || completion.follow(&event) {
            return;
        }
        if event.key() == "Enter" {
            event.prevent_default();
            if let Some(chosen) = completion.chosen() {
                run(chosen);
            }
        }
    };
    let begin = move |_| {
        if is_new.try_update_value(|is_new| std::mem::replace(is_new, false)) == Some(true) {
            match keys.typed_ahead() {
                Some(ahead) => typed.set(ahead),
                // Somebody left before it was there.
                None => open.set(false),
            }
        }
    };
    let type_on = move |event: Event| {
        typed.set(event_target_value(&event));
        completion.begin();
    };
    let options = move |()| {
        let found = found.get();
        let mut group = "";
        let mut line = |entry: PaletteEntry| {
            let heading = (group != entry.group).then_some(entry.group);
            group = entry.group;
            drawn(entry, heading, &typed.get()).into_any()
        };
        found.into_iter().map(&mut line).collect::<Vec<_>>()
    };
    let shown = Memo::new(move |_| completion.active());
    Effect::new(move |_| {
        if let Some(option) = shown.get().and_then(|id| find(&["#", &id].concat())) {
            option.scroll_into_view_with_bool(false);
        }
    });
    view! {
        <Dialog title="Command palette" open>
            <div class="palette">
                <div class="row">
                    <Icon name=IconName::Search/>
                    <input type="text" aria-label="Command" autofocus autocomplete="off" spellcheck="false" role="combobox" aria-expanded="true" aria-autocomplete="list"
                        aria-controls=completion.id() aria-activedescendant=move || shown.get() prop:value=typed on:focus=begin on:input=type_on on:keydown=key/>
                    <kbd aria-hidden="true">"Esc"</kbd>
                </div>
                <Completions completion label="Commands" options=Callback::new(options) take=Callback::new(run)/>
                <p class="hint" role="status">{move || found.with(Vec::is_empty).then_some("Nothing here is called that.")}</p>
                <p class="hint row tight foot" aria-hidden="true"><kbd>"↑"</kbd><kbd>"↓"</kbd>"choose"<kbd>"↵"</kbd>"run"</p>
            </div>
        </Dialog>
    }
}

impl PaletteDeed {
    fn run(self, keys: Keys) {
        match self {
            Self::Key(scope, act) => {
                keys.run(scope, act);
            }
            Self::Press(what) => {
                if let Some(element) = find(&what) {
                    element.click();
                }
            }
            Self::Filter(text) => {
                let Some(field) = find(FILTER).and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else { return };
                field.set_value(&text);
                // An event of such a name can be made and sent anywhere.
                if let Ok(event) = Event::new("input") {
                    let _ = field.dispatch_event(&event);
                }
                if let Some(apply) = find("form.filter button[type=submit]") {
                    apply.click();
                }
            }
        }
    }
}

/// What the page can do as it stands, and where it leads.
fn entries(opening: u32) -> Vec<PaletteEntry> {
    let is_here = |scope: &Scope| find(scope.selector()).is_some();
    let scopes = [Scope::Trace, Scope::List].into_iter().filter(is_here);
    let mut entries: Vec<PaletteEntry> =
        scopes.flat_map(|scope| TOLD.iter().filter(move |told| told.line.scope == scope)).filter_map(of_line).collect();
    // What an open trace does, the list does not do beside it.
    let mut acts = Vec::new();
    entries.retain(|entry| match entry.does {
        PaletteDeed::Key(_, act) if acts.contains(&act) => false,
        PaletteDeed::Key(_, act) => {
            acts.push(act);
            true
        }
        PaletteDeed::Press(_) | PaletteDeed::Filter(_) => true,
    });
    // Whatever is on the page is marked, so that it can be pressed later; each opening marks afresh.
    let (mark, mut number) = (format!("{opening}-"), 0);
    let mut press = |group: &'static str, selector: &str, name: &dyn Fn(&HtmlElement, String) -> String| {
        let unmarked = format!(":is({selector}):not([data-palette^=\"{mark}\"])");
        while let Some(element) = find(&unmarked) {
            number += 1;
            let place = format!("{mark}{number}");
            // Where an element cannot be marked, it would be found again.
            if element.set_attribute("data-palette", &place).is_err() {
                return;
            }
            let words = name(&element, words_of(&element));
            if words.is_empty() || element.offset_width() == 0 || entries.iter().any(|known| known.group == group && known.words == words) {
                continue;
            }
            let keys = element.get_attribute("data-key").and_then(|key| key.chars().next()).map(keys_of_page).unwrap_or_default();
            entries.push(PaletteEntry { group, words, keys, does: PaletteDeed::Press(format!("[data-palette=\"{place}\"]")) });
        }
    };
    press("This page", ".head .actions :is(a, button), [data-views], a[download]", &|_, words| words);
    press("Go to", ".rail [data-key], .rail a:not(.brand), .bottom-bar a", &|_, words| words);
    press("Go to", ".rail .brand", &|_, _| "All projects".to_owned());
    press("Go to", ".views a", &|_, words| ["View: ", &words].concat());
    press("Everywhere", ".rail .item", &|_, words| words);
    entries
}

/// What a line of the table of keys does, where its keys all do the same.
fn of_line(told: &ToldLine) -> Option<PaletteEntry> {
    let line = told.line;
    let act = line.act()?;
    let does = PaletteDeed::Key(line.scope, act);
    (act != Act::Send).then(|| PaletteEntry { group: line.scope.title(), words: told.words.to_owned(), keys: told.shown(), does })
}

/// The keys that lead to a page of the rail.
fn keys_of_page(letter: char) -> Vec<Vec<String>> {
    TOLD.iter().find(|told| told.line.act() == Some(Act::Go(letter))).map(ToldLine::shown).unwrap_or_default()
}

/// What something on the page is called.
fn words_of(element: &HtmlElement) -> String {
    let named = element.get_attribute("aria-label");
    let words = || element.query_selector(".words").ok().flatten().and_then(|words| words.text_content());
    let text = named.or_else(words).or_else(|| element.text_content()).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Those that hold every typed word, and last of all the filter that the text may be.
fn matching(known: &[PaletteEntry], typed: &str, filters: bool) -> Vec<PaletteEntry> {
    let wanted: Vec<String> = typed.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let holds = |entry: &&PaletteEntry| {
        let words = entry.words.to_lowercase();
        wanted.iter().all(|wanted| words.contains(wanted))
    };
    let mut found: Vec<PaletteEntry> = known.iter().filter(holds).cloned().collect();
    if filters && !wanted.is_empty() {
        let (words, does) = (typed.trim().to_owned(), PaletteDeed::Filter(typed.trim().to_owned()));
        found.push(PaletteEntry { group: "Filter the list by", words, keys: Vec::new(), does });
    }
    found
}

fn drawn(entry: PaletteEntry, heading: Option<&'static str>, typed: &str) -> AnyView {
    let (before, hit, after) = marked(&entry.words, typed);
    let keys = entry
        .keys
        .into_iter()
        .map(|keys| view! { <span class="keys">{keys.into_iter().map(|key| view! { <kbd>{key}</kbd> }).collect_view()}</span> });
    view! {
        {heading.map(|heading| view! { <small aria-hidden="true">{heading}</small> })}
        <span class="grow clip">{before.to_owned()}<b>{hit.to_owned()}</b>{after.to_owned()}</span>
        <span class="row tight" aria-hidden="true">{keys.collect_view()}</span>
    }
    .into_any()
}

/// The words up to the first typed word, that word, and the rest.
fn marked<'a>(words: &'a str, typed: &str) -> (&'a str, &'a str, &'a str) {
    let wanted = typed.split_whitespace().next().unwrap_or_default().to_lowercase();
    // Of what changes its length with its case, the place is not known.
    let lower = words.to_lowercase();
    let place = Some(lower).filter(|lower| lower.len() == words.len()).and_then(|lower| lower.find(&wanted));
    match place.map(|place| (words.get(..place), words.get(place..place + wanted.len()), words.get(place + wanted.len()..))) {
        Some((Some(before), Some(hit), Some(after))) => (before, hit, after),
        _ => (words, "", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(words: &str) -> PaletteEntry {
        PaletteEntry { group: "Go to", words: words.to_owned(), keys: Vec::new(), does: PaletteDeed::Press(String::new()) }
    }

    #[test]
    fn some_letters_of_each_word_find_it() {
        let known = ["Flag for review", "Review mode", "Human review scores", "Éclair"].map(entry);
        for (typed, filters, expected) in [
            ("", true, "Flag for review, Review mode, Human review scores, Éclair"),
            ("rev", false, "Flag for review, Review mode, Human review scores"),
            ("REV mo", false, "Review mode"),
            (" rev  mo ", true, "Review mode, rev  mo"),
            ("é", false, "Éclair"),
            ("nothing", false, ""),
            ("nothing", true, "nothing"),
        ] {
            let found: Vec<String> = matching(&known, typed, filters).into_iter().map(|entry| entry.words).collect();
            assert_eq!(found.join(", "), expected, "{typed}");
        }
    }

    #[test]
    fn what_was_typed_is_marked() {
        for (words, typed, expected) in [
            ("Flag for review", "rev", ("Flag for ", "rev", "iew")),
            ("Éclair", "éC", ("", "Éc", "lair")),
            ("İ rev", "rev", ("İ rev", "", "")),
            ("Tags", "", ("", "", "Tags")),
            ("Tags", "x", ("Tags", "", "")),
        ] {
            assert_eq!(marked(words, typed), expected, "{words} {typed}");
        }
    }
}
