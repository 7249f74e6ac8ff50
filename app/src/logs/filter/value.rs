//! The field of one value of a condition, with the values that the rows have most often.

use leptos::prelude::*;
use shared::filter::{ChipDraft, ChipOperator, ChipUnit, ChipValues, Expression, Kind, KnownNames, Step, folded};
use shared::reviews::ReviewStatus;

/// So many are offered.
const OFFERED: usize = 8;

/// Draws the field of one value.
#[component]
pub(super) fn Value(
    draft: RwSignal<ChipDraft>,
    known: RwSignal<KnownNames>,
    path: Vec<Step>,
    operator: ChipOperator,
    /// Which of the values it is.
    number: usize,
) -> impl IntoView {
    let id = format!("filter-value-{number}");
    let (unit, is_time) = draft.with_untracked(|draft| (draft.unit(), draft.is_time()));
    let is_several = operator.values() == ChipValues::Several;
    let label = match (operator.values(), number) {
        (ChipValues::Two, 0) => "From",
        (ChipValues::Two, _) => "To",
        (ChipValues::Several, _) => "Values, with commas between",
        (ChipValues::One | ChipValues::Nothing, _) => "Value",
    };
    let sign = match unit {
        Some(ChipUnit::Percent) => " in per cent",
        Some(ChipUnit::Seconds) => " in seconds",
        Some(ChipUnit::Dollars) => " in dollars",
        Some(ChipUnit::Plain) | None => "",
    };
    let class = if unit == Some(ChipUnit::Percent) { "percent" } else { "plain" };
    let placeholder = if is_time { "2026-01-31, or 7 days ago" } else { "" };
    let place = Expression::new(Kind::Path(path), 0..0).to_string();
    let typed = move || draft.with(|draft| draft.fields.get(number).cloned().unwrap_or_default());
    let write = move |text: String| {
        draft.update(|draft| {
            if let Some(field) = draft.fields.get_mut(number) {
                *field = text;
            }
        });
    };
    let there = Memo::new(move |_| known.with(|known| values(&place, known)));
    let offered = Memo::new(move |_| there.with(|there| fitting(there, &typed(), is_several)));
    let offers = move || {
        let offer = |value: String| {
            let taken = value.clone();
            let take = move |_| write(with_value(&untrack(typed), &taken, is_several));
            view! { <button class="btn small" type="button" on:click=take><span class="clip">{value}</span></button> }
        };
        let offers: Vec<_> = offered.get().into_iter().map(offer).collect();
        (!offers.is_empty()).then(|| view! { <div class="filter-values" role="group" aria-label="Values that there are">{offers}</div> })
    };
    view! {
        <div>
            <label class="label" for=id.clone()>{label}{sign}</label>
            <span class=class>
                <input class="input" id=id type="text" inputmode=unit.map(|_| "decimal") autocomplete="off" placeholder=placeholder
                    prop:value=typed on:input=move |event| write(event_target_value(&event))/>
            </span>
            {offers}
        </div>
    }
}

/// The values that a place has, the commonest first.
fn values(place: &str, known: &KnownNames) -> Vec<String> {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let named = |names: &Option<Vec<String>>| names.clone().unwrap_or_default();
    match place {
        "tags" => named(&known.tags),
        "review.lists" => named(&known.lists),
        "review.reviewers" | "review.assignees" => named(&known.people),
        "review.status" => texts(&ReviewStatus::ALL.map(ReviewStatus::text)),
        "created" => texts(&["1 hour ago", "1 day ago", "7 days ago", "30 days ago"]),
        _ => known.values.iter().find(|(known, _)| known == place).map(|(_, values)| values.clone()).unwrap_or_default(),
    }
}

/// Those that hold what is typed, or all where that is one of them. Of several values the last is being typed.
fn fitting(values: &[String], typed: &str, is_several: bool) -> Vec<String> {
    let (before, last) = if is_several { typed.rsplit_once(',').unwrap_or(("", typed)) } else { ("", typed) };
    let is_taken = |value: &String| before.split(',').any(|taken| taken.trim() == value);
    let wanted = folded(last.trim());
    let is_whole = values.iter().any(|value| value == last.trim());
    let fits = |value: &&String| !is_taken(value) && *value != last.trim() && (is_whole || folded(value).contains(&wanted));
    values.iter().filter(fits).take(OFFERED).cloned().collect()
}

/// What is typed with a value taken: in the place of it, or of several beside those that are whole.
fn with_value(typed: &str, value: &str, is_several: bool) -> String {
    match typed.rsplit_once(',') {
        Some((before, _)) if is_several => format!("{before}, {value}"),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{fitting, values, with_value};
    use shared::filter::KnownNames;

    #[test]
    fn what_is_typed_narrows_what_is_offered() {
        let there = ["free", "pro", "Team pro"].map(str::to_owned);
        let check = |typed: &str, is_several: bool, expected: &[&str]| assert_eq!(fitting(&there, typed, is_several), expected, "{typed}");
        check("", false, &["free", "pro", "Team pro"]);
        check("Pr", false, &["pro", "Team pro"]);
        check("pro", false, &["free", "Team pro"]);
        check("no such", false, &[]);
        check("free, ", true, &["pro", "Team pro"]);
        check("free, te", true, &["Team pro"]);
    }

    #[test]
    fn a_value_is_taken_in_the_place_of_what_is_typed() {
        assert_eq!(with_value("fr", "free", false), "free");
        assert_eq!(with_value("a,b", "free", false), "free");
        assert_eq!(with_value("pro, fr", "free", true), "pro, free");
        assert_eq!(with_value("", "free", true), "free");
    }

    #[test]
    fn every_place_that_has_names_offers_them() {
        let known = KnownNames {
            tags: Some(vec!["a".into()]),
            values: vec![("metadata.plan".into(), vec!["pro".into()])],
            ..KnownNames::default()
        };
        assert_eq!(values("tags", &known), ["a"]);
        assert_eq!(values("metadata.plan", &known), ["pro"]);
        assert_eq!(values("review.status", &known), ["PENDING", "IN_PROGRESS", "COMPLETE"]);
        assert!(values("input", &known).is_empty());
    }
}
