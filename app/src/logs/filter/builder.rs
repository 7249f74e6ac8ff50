//! The form for one condition of the filter: what, how it is compared, and with what.

use super::FilterField;
use super::field::write;
use super::value::Value;
use crate::api::send;
use crate::logs::LogsState;
use crate::logs::api::filter_names;
use crate::ui::caret::length;
use crate::ui::{Dialog, opened_by};
use leptos::prelude::*;
use shared::filter::{Chip, ChipDraft, ChipOperator, Chips, Expression, Kind, KnownNames, Step, parse_expression, quote_path_step};

/// What a condition can be about beside scores and metadata: a group, and in it places with their names.
const PLACES: [(&str, &[(&str, &str)]); 3] = [
    (
        "Trace",
        &[
            ("tags", "Tags"),
            ("span_attributes.name", "Name"),
            ("span_attributes.type", "Type"),
            ("created", "Created"),
            ("error", "Error"),
            ("metrics.duration", "Duration"),
            ("metrics.tokens", "Tokens"),
            ("metrics.estimated_cost", "Cost"),
        ],
    ),
    ("Words", &[("input", "Input"), ("output", "Output"), ("expected", "Expected"), ("comments", "Comments")]),
    (
        "Review",
        &[
            ("review.reviewers", "Who answered"),
            ("review.status", "Review state"),
            ("review.assignees", "Assigned to"),
            ("review.lists", "Review list"),
        ],
    ),
];

/// Stands in the list of places for a path that is typed by hand.
const BY_HAND: &str = "metadata";

/// A group of places: how each is written, and what it is called.
type PlaceGroup = (&'static str, Vec<(String, String)>);

/// A condition that is built: all of the filter, which of its chips it is, and what stands in the fields.
#[derive(Clone)]
struct Building {
    chips: Chips,
    place: Option<usize>,
    draft: Option<ChipDraft>,
}

/// Draws the form whenever a condition is to be built.
#[component]
pub(super) fn FilterBuilder(field: FilterField) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let built = RwSignal::new(None::<Building>);
    let open = opened_by(built);
    Effect::new(move |_| {
        let Some(wanted) = field.building.get() else { return };
        field.building.set(None);
        let filter = state.filter.get_value();
        let expression = parse_expression(&filter).ok();
        let chips = expression.as_ref().map(Chips::of).unwrap_or_default();
        let Ok(place) = wanted.parse::<usize>() else {
            built.set(Some(Building { chips, place: None, draft: None }));
            return;
        };
        match chips.0.get(place).and_then(ChipDraft::of) {
            Some(draft) => built.set(Some(Building { chips, place: Some(place), draft: Some(draft) })),
            // What no fields can show is edited where it is written.
            None => edit_in_field(field, filter, expression.as_ref(), place),
        }
    });
    let title = move || {
        built.with(|built| if built.as_ref().is_some_and(|built| built.place.is_some()) { "Edit filter" } else { "Add filter" }.to_owned())
    };
    let form = move || built.get().map(|Building { chips, place, draft }| view! { <Condition field built chips place draft/> });
    view! { <Dialog title=Signal::derive(title) open>{form}</Dialog> }
}

/// Selects a condition in the field, instead of showing the form.
fn edit_in_field(field: FilterField, filter: String, expression: Option<&Expression>, place: usize) {
    let span = match expression.map(|expression| &expression.kind) {
        Some(Kind::And(operands)) => operands.get(place).map(|operand| operand.span.clone()),
        _ => None,
    };
    let at = |byte: u32| filter.get(..byte as usize).map(length).unwrap_or_default();
    let (from, to) = span.map_or_else(|| (0, length(&filter)), |span| (at(span.start), at(span.end)));
    write(field, filter, from, to);
}

/// Draws the fields of one condition.
#[component]
fn Condition(
    field: FilterField,
    built: RwSignal<Option<Building>>,
    chips: Chips,
    place: Option<usize>,
    draft: Option<ChipDraft>,
) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let known = RwSignal::new(KnownNames::default());
    send(filter_names(state.object()), move |names| {
        // Without an answer no values are offered. The form may be gone.
        if let Ok(names) = names {
            let _ = known.try_set(names);
        }
    });
    let scores: Vec<String> = untrack(|| state.scores()).into_iter().map(|column| column.name).collect();
    let what = RwSignal::new(draft.as_ref().map_or_else(|| first_place(&scores), |draft| listed(draft, &scores)));
    let path = RwSignal::new(draft.as_ref().map(|draft| by_hand(&draft.path)).unwrap_or_default());
    let draft = RwSignal::new(draft.unwrap_or_else(|| ChipDraft::new(path_of(&what.get_untracked(), ""))));
    let wrong = RwSignal::new(None::<String>);
    let about = move || {
        let path = path_of(&what.get_untracked(), &path.get_untracked());
        if draft.with_untracked(|draft| draft.path != path) {
            draft.set(ChipDraft::new(path));
        }
        wrong.set(None);
    };
    let is_replaced = state.is_filtered() && chips.0.is_empty();
    let chips = StoredValue::new(chips);
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if what.with_untracked(|what| what == BY_HAND) && path.with_untracked(|path| path.trim().is_empty()) {
            wrong.set(Some("Say which path of the metadata is meant.".to_owned()));
            return;
        }
        match draft.with_untracked(ChipDraft::chip) {
            Err(told) => wrong.set(Some(told)),
            Ok(chip) => {
                let filter = chips.with_value(|chips| with(chips, place, chip)).text();
                built.set(None);
                field.go.run(filter);
            }
        }
    };
    let as_expression = move || match draft.with(ChipDraft::chip) {
        Ok(chip) => Chips(vec![chip]).text(),
        Err(_) => String::new(),
    };
    let group = move |(group, places): PlaceGroup| {
        let options = places.into_iter().map(|(value, name)| {
            let selected = what.with_untracked(|what| *what == value);
            view! { <option value=value selected=selected>{name}</option> }
        });
        view! { <optgroup label=group>{options.collect_view()}</optgroup> }
    };
    let groups = places(&scores).into_iter().map(group).collect_view();
    // What was found in the rows comes after what there always is, so that nothing moves that is chosen already.
    let found = move || known.with(found_places).into_iter().map(group).collect_view();
    let metadata = move || {
        (what.get() == BY_HAND).then(|| {
            view! {
                <div>
                    <label class="label" for="filter-path">"Path in the metadata"</label>
                    <input class="input" id="filter-path" type="text" autocomplete="off" spellcheck="false" placeholder="user.plan"
                        prop:value=move || path.get() on:input=move |event| { path.set(event_target_value(&event)); about(); }/>
                </div>
            }
        })
    };
    let ask = move |event: leptos::ev::Event| {
        let chosen = event_target_value(&event);
        if let Some(operator) = ChipOperator::ALL.into_iter().find(|operator| operator.words() == chosen) {
            draft.update(|draft| draft.ask(operator));
        }
        wrong.set(None);
    };
    // Drawn anew for another place or operator only, so that nobody loses the field in which they type.
    let shape = Memo::new(move |_| draft.with(|draft| (draft.path.clone(), draft.operator, draft.fields.len())));
    let operators = move || {
        shape.track();
        draft.with_untracked(|draft| {
            let option = |operator: ChipOperator| {
                let selected = operator == draft.operator;
                view! { <option value=operator.words() selected=selected prop:selected=selected>{operator.words_at(&draft.path)}</option> }
            };
            draft.operators().into_iter().map(option).collect_view()
        })
    };
    let values = move || {
        let (path, operator, count) = shape.get();
        (0..count).map(|number| view! { <Value draft known path=path.clone() operator number/> }).collect_view()
    };
    view! {
        <form class="filter-condition" on:submit=add>
            <div class="dialog-b">
                {is_replaced.then(|| view! { <p class="wrong" role="alert">"The filter has a mistake. What is built here takes its place."</p> })}
                <div>
                    <label class="label" for="filter-what">"Filter by"</label>
                    <select class="input" id="filter-what" autofocus on:change=move |event| { what.set(event_target_value(&event)); about(); }>{groups}{found}</select>
                </div>
                {metadata}
                <div>
                    <label class="label" for="filter-operator">"Comparison"</label>
                    <select class="input" id="filter-operator" on:change=ask>{operators}</select>
                </div>
                {values}
                <p class="filter-built"><span class="hint">"As an expression "</span><code>{as_expression}</code></p>
                <p class="wrong" role="alert">{move || wrong.get()}</p>
            </div>
            <div class="dialog-f">
                <button class="btn ghost" type="button" on:click=move |_| built.set(None)>"Cancel"</button>
                <button class="btn primary" type="submit">{if place.is_some() { "Change" } else { "Add" }}</button>
            </div>
        </form>
    }
}

/// What there always is.
fn places(scores: &[String]) -> Vec<PlaceGroup> {
    let mut groups = Vec::new();
    if !scores.is_empty() {
        groups.push(("Scores", scores.iter().map(|name| (score_place(name), name.clone())).collect()));
    }
    let written = |places: &[(&str, &str)]| places.iter().map(|(place, name)| ((*place).to_owned(), (*name).to_owned())).collect();
    groups.extend(PLACES.iter().map(|(group, places)| (*group, written(places))));
    groups.push(("Metadata", vec![(BY_HAND.to_owned(), "Another path".to_owned())]));
    groups
}

/// What was found in the rows, and is not listed already.
fn found_places(known: &KnownNames) -> Vec<PlaceGroup> {
    let inside =
        |column: &str, path: &[String]| path.iter().fold(column.to_owned(), |place, step| format!("{place}.{}", quote_path_step(step)));
    let metadata = known.metadata.iter().flatten().map(|path| (inside("metadata", path), path.join(".")));
    let is_listed = |place: &str| PLACES.iter().any(|(_, places)| places.iter().any(|(listed, _)| *listed == place));
    let metrics = known.metrics.iter().flatten().map(|name| (inside("metrics", std::slice::from_ref(name)), name.clone()));
    let groups = [
        ("Found in the metadata", metadata.collect::<Vec<_>>()),
        ("Found in the metrics", metrics.filter(|(place, _)| !is_listed(place)).collect()),
    ];
    groups.into_iter().filter(|(_, places)| !places.is_empty()).collect()
}

pub(super) fn score_place(name: &str) -> String {
    format!("scores.{}", quote_path_step(name))
}

fn first_place(scores: &[String]) -> String {
    scores.first().map_or_else(|| "tags".to_owned(), |name| score_place(name))
}

/// How the place of a draft stands in the list: as it is written where it is listed, else as typed by hand.
fn listed(draft: &ChipDraft, scores: &[String]) -> String {
    let written = Expression::new(Kind::Path(draft.path.clone()), 0..0).to_string();
    let is_listed = places(scores).iter().any(|(_, places)| places.iter().any(|(place, _)| *place == written));
    if is_listed { written } else { BY_HAND.to_owned() }
}

/// A place as somebody types it: the keys of the metadata without their column, another one as the language writes it.
fn by_hand(path: &[Step]) -> String {
    let written = Expression::new(Kind::Path(path.to_vec()), 0..0).to_string();
    written.strip_prefix("metadata.").map_or_else(|| written.clone(), str::to_owned)
}

/// The place that is chosen in the list, and typed where it is to be typed.
fn path_of(what: &str, typed: &str) -> Vec<Step> {
    let read = |text: &str| match parse_expression(text).map(|expression| expression.kind) {
        Ok(Kind::Path(path)) => Some(path),
        _ => None,
    };
    if what != BY_HAND {
        return read(what).unwrap_or_default();
    }
    let typed = typed.trim();
    let key = |step: &str| Step::Key(step.trim().to_owned());
    let named = || std::iter::once("metadata").chain(typed.split('.').filter(|step| !step.trim().is_empty())).map(key).collect();
    // A place that has a name of its own, then the keys as the language writes them, then as they are.
    read(typed).or_else(|| read(&format!("metadata.{typed}"))).unwrap_or_else(named)
}

/// The chips with one in the place of another, or added.
pub(super) fn with(chips: &Chips, place: Option<usize>, chip: Chip) -> Chips {
    let mut chips = chips.clone();
    match place.and_then(|place| chips.0.get_mut(place)) {
        Some(there) => *there = chip,
        None => chips.0.push(chip),
    }
    chips
}

#[cfg(test)]
mod tests {
    use super::{BY_HAND, by_hand, first_place, found_places, listed, path_of, places, with};
    use shared::filter::{ChipDraft, Chips, KnownNames, parse_expression};

    #[test]
    fn every_place_is_one_of_the_language() {
        let scores = ["Preference".to_owned(), "Response \"quality\"".to_owned()];
        for (place, name) in places(&scores).into_iter().flat_map(|(_, places)| places) {
            assert!(!path_of(&place, "a").is_empty(), "{name}");
            assert!(parse_expression(&place).is_ok(), "{name}");
        }
        assert_eq!((first_place(&scores).as_str(), first_place(&[]).as_str()), ("scores.Preference", "tags"));
    }

    #[test]
    fn what_was_found_is_listed_as_the_language_writes_it() {
        let paths = vec![vec!["user".to_owned(), "plan b".to_owned()], vec!["model".to_owned()]];
        let metrics = vec!["tokens".to_owned(), "retries".to_owned()];
        let known = KnownNames { metadata: Some(paths), metrics: Some(metrics), ..KnownNames::default() };
        let told: Vec<String> =
            found_places(&known).into_iter().flat_map(|(_, places)| places).map(|(place, name)| format!("{name}: {place}")).collect();
        assert_eq!(told, ["user.plan b: metadata.user.\"plan b\"", "model: metadata.model", "retries: metrics.retries"]);
        assert!(found_places(&KnownNames::default()).is_empty());
    }

    #[test]
    fn a_path_is_typed_as_people_call_it() {
        for (typed, expected) in [
            ("user.plan", "user.plan"),
            ("metadata.user.plan", "user.plan"),
            ("\"customer tier\"", "\"customer tier\""),
            ("customer tier", "\"customer tier\""),
            ("model", "model"),
            ("metrics.custom", "metrics.custom"),
        ] {
            assert_eq!(by_hand(&path_of(BY_HAND, typed)), expected, "{typed}");
        }
    }

    #[test]
    fn a_draft_stands_at_its_place_in_the_list() {
        let draft = |filter: &str| ChipDraft::of(&Chips::of(&parse_expression(filter).unwrap()).0[0]).unwrap();
        let scores = ["A b".to_owned()];
        assert_eq!(listed(&draft("scores.\"A b\" > 1"), &scores), "scores.\"A b\"");
        assert_eq!(listed(&draft("metadata.a = 1"), &scores), BY_HAND);
        assert_eq!(listed(&draft("metrics.other = 1"), &scores), BY_HAND);
    }

    #[test]
    fn a_chip_is_added_or_takes_the_place_of_one() {
        let chips = Chips::of(&parse_expression("error is null and (id = 'a' or id = 'b')").unwrap());
        let chip = Chips::of(&parse_expression("tags includes 'x'").unwrap()).0[0].clone();
        assert_eq!(with(&chips, None, chip.clone()).text(), "error is null and (id = 'a' or id = 'b') and tags includes 'x'");
        assert_eq!(with(&chips, Some(0), chip).text(), "tags includes 'x' and (id = 'a' or id = 'b')");
    }
}
