//! What becomes of each column.

use leptos::prelude::*;
use shared::uploads::UploadColumn;

/// Draws the columns of a file, each with a choice. `changed` is called with another choice.
#[component]
pub(super) fn ColumnChoices(columns: RwSignal<Vec<UploadColumn>>, changed: Callback<UploadColumn>) -> impl IntoView {
    let rows = move || columns.get().into_iter().map(|column| view! { <ColumnChoice column changed/> }).collect_view();
    view! {
        <div class="upload-scroll" tabindex="0" role="region" aria-label="Columns">
            <table class="upload-table">
                <thead><tr><th scope="col">"Column"</th><th scope="col">"Becomes"</th><th scope="col">"Read"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn ColumnChoice(column: UploadColumn, changed: Callback<UploadColumn>) -> impl IntoView {
    let UploadColumn { name, becomes, as_text } = column.clone();
    let mut places = vec![
        ("input".to_owned(), "Input".to_owned()),
        ("expected".to_owned(), "Expected".to_owned()),
        ("metadata".to_owned(), "Metadata".to_owned()),
        ("tags".to_owned(), "Tags".to_owned()),
        ("id".to_owned(), "Id".to_owned()),
        (String::new(), "Leave out".to_owned()),
    ];
    if name.split('.').all(|step| !step.is_empty()) {
        places.extend(
            [("input", "Input"), ("expected", "Expected"), ("metadata", "Metadata")]
                .map(|(field, word)| (format!("{field}.{name}"), format!("{word}, {name}"))),
        );
    }
    if !places.iter().any(|(place, _)| *place == becomes) {
        places.push((becomes.clone(), becomes.clone()));
    }
    let options = places.into_iter().map(|(place, words)| {
        let selected = place == becomes;
        view! { <option value=place selected=selected>{words}</option> }
    });
    let options = options.collect_view();
    let is_read = !["", "id", "tags"].contains(&becomes.as_str());
    let chosen = column.clone();
    let choose = move |event: leptos::ev::Event| changed.run(UploadColumn { becomes: event_target_value(&event), ..chosen.clone() });
    let tick = move |event: leptos::ev::Event| changed.run(UploadColumn { as_text: event_target_checked(&event), ..column.clone() });
    view! {
        <tr>
            <th scope="row"><span class="clip" title=name.clone()>{name.clone()}</span></th>
            <td><select class="input" aria-label=format!("{name} becomes") on:change=choose>{options}</select></td>
            <td>{is_read.then(|| view! {
                <label class="tick"><input class="check" type="checkbox" aria-label=format!("{name} as text") checked=as_text on:change=tick/><span>"as text"</span></label>
            })}</td>
        </tr>
    }
}
