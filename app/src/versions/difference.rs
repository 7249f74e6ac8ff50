//! What is different between a version and another one, or how the dataset stands.

use super::api::compare_versions;
use crate::api::{AppError, Failure, send};
use crate::ui::format;
use leptos::prelude::*;
use shared::VersionId;
use shared::versions::{CompareVersions, DatasetVersion, DifferentField, DifferentRow, RowDifference, VersionDifference};

/// Draws what became of a dataset since a version, and the choice of what it is compared with.
#[component]
pub(super) fn DifferencePanel(version: DatasetVersion, others: Vec<DatasetVersion>) -> impl IntoView {
    let to = RwSignal::new(None::<VersionId>);
    let found = RwSignal::new(None::<VersionDifference>);
    let refused = RwSignal::new(None::<AppError>);
    let from = version.id.clone();
    Effect::new(move |_| {
        let (asked, from) = (to.get(), from.clone());
        found.set(None);
        refused.set(None);
        send(compare_versions(CompareVersions { from, to: asked.clone() }), move |answer| {
            // The panel may be gone, or compare with another one by now.
            if to.try_get_untracked() != Some(asked) {
                return;
            }
            match answer {
                Ok(difference) => found.set(Some(difference)),
                Err(error) => refused.set(Some(error)),
            }
        });
    });
    let choose = move |event: leptos::ev::Event| {
        let chosen = event_target_value(&event);
        to.set((!chosen.is_empty()).then_some(VersionId(chosen)));
    };
    let options = others.into_iter().filter(|other| other.id != version.id);
    let options = options.map(|other| view! { <option value=other.id.as_str().to_owned()>{other.name}</option> }).collect_view();
    let is_waiting = move || found.with(Option::is_none) && refused.with(Option::is_none);
    view! {
        <section class="version-more" aria-label=format!("What changed since {}", version.name) aria-busy=move || is_waiting().to_string()>
            <label class="label">"Compared with"
                <select class="input" autofocus on:change=choose><option value="">"How it stands now"</option>{options}</select>
            </label>
            <Failure error=refused/>
            {move || is_waiting().then(|| view! { <p class="hint" role="status">"Comparing…"</p> })}
            {move || found.get().map(drawn)}
        </section>
    }
}

fn drawn(difference: VersionDifference) -> impl IntoView {
    let told = difference.rows.len() as u64;
    let all = difference.added + difference.removed + difference.changed;
    let cut = (all > told)
        .then(|| view! { <p class="hint">{format!("Only the first {} of them are shown, by their ids.", format::count(told))}</p> });
    let rows = difference.rows.iter().map(row).collect_view();
    view! {
        <p role="status">{counts(&difference)}</p>
        {cut}
        {(told > 0).then(|| view! {
            <div class="upload-scroll" tabindex="0" role="region" aria-label="Rows that are different">
                <table class="upload-table version-rows">
                    <thead><tr><th scope="col">"Row"</th><th scope="col">"Field"</th><th scope="col">"Was"</th><th scope="col">"Is"</th></tr></thead>
                    {rows}
                </table>
            </div>
        })}
    }
}

fn row(row: &DifferentRow) -> impl IntoView + use<> {
    let word = match row.difference {
        RowDifference::Added => "added",
        RowDifference::Removed => "removed",
        RowDifference::Changed => "changed",
    };
    let id = row.id.as_str().to_owned();
    let nothing = DifferentField { name: String::new(), from: String::new(), to: String::new() };
    let fields = if row.fields.is_empty() { vec![nothing] } else { row.fields.clone() };
    let span = fields.len().to_string();
    let mut head = Some(view! {
        <th scope="rowgroup" rowspan=span><span class="clip" title=id.clone()>{id.clone()}</span><span class="soft">{word}</span></th>
    });
    let lines = fields.into_iter().map(|field| {
        view! { <tr>{head.take()}<td>{field.name}</td><td class="was">{field.from}</td><td class="is">{field.to}</td></tr> }
    });
    view! { <tbody>{lines.collect_view()}</tbody> }
}

/// How many rows are different, in words.
fn counts(difference: &VersionDifference) -> String {
    let counted = [(difference.added, "added"), (difference.removed, "removed"), (difference.changed, "changed")];
    let parts: Vec<String> = counted
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .enumerate()
        .map(|(place, (count, word))| match place {
            0 => format!("{} {word}", format::counted(count, "row", "rows")),
            _ => format!("{} {word}", format::count(count)),
        })
        .collect();
    if parts.is_empty() { "Nothing is different.".to_owned() } else { parts.join(", ") + "." }
}

#[cfg(test)]
mod tests {
    use super::counts;
    use shared::versions::VersionDifference;

    #[test]
    fn what_is_different_in_words() {
        for (added, removed, changed, words) in [
            (0, 0, 0, "Nothing is different."),
            (1, 0, 0, "1 row added."),
            (0, 2, 1, "2 rows removed, 1 changed."),
            (1200, 1, 3, "1,200 rows added, 1 removed, 3 changed."),
        ] {
            assert_eq!(counts(&VersionDifference { added, removed, changed, rows: Vec::new() }), words);
        }
    }
}
