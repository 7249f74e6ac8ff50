//! The dialog in which one chooses columns: which, in which order, how wide, and what else is computed of the rows.

use super::{by_itself, layout_of, listed, said, say};
use crate::api::send;
use crate::configuration::{Grip, Reorder, move_by, move_to};
use crate::logs::api::filter_names;
use crate::logs::state::LogsState;
use crate::raw_query::in_place;
use crate::ui::{Dialog, opened_by};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::columns::{Column, MOST_COLUMNS, OFFERED, WIDTHS};
use shared::filter::{KnownNames, parse_columns, parse_expression, quote_path_step};
use shared::views::COMFORTABLE;

/// What the dialog knows. Copies share it.
#[derive(Clone, Copy)]
struct Choosing {
    state: LogsState,
    /// Those that are shown, in their order.
    shown: RwSignal<Vec<Column>>,
    /// Those that are not.
    offered: RwSignal<Vec<Column>>,
    /// Leads to the list with other columns.
    go: Callback<String>,
}

impl Choosing {
    fn apply(self) {
        self.go.run(self.shown.with_untracked(|shown| say(&self.state, shown)));
    }

    fn add(self, column: Column) {
        self.offered.update(|offered| offered.retain(|other| other.expression != column.expression));
        self.shown.update(|shown| shown.push(column));
        self.apply();
    }

    fn take_away(self, expression: &str) {
        self.shown.update(|shown| {
            if let Some(place) = shown.iter().position(|column| column.expression == expression) {
                let column = shown.remove(place);
                self.offered.update(|offered| offered.insert(0, Column { width: None, ..column }));
            }
        });
        self.apply();
    }

    /// Offers further columns, each once.
    fn offer(self, columns: impl IntoIterator<Item = Column>) {
        for column in columns {
            let is_there = |known: &Vec<Column>| known.iter().any(|known| known.expression == column.expression);
            if !self.shown.with_untracked(is_there) && !self.offered.with_untracked(is_there) {
                self.offered.update(|offered| offered.push(column));
            }
        }
    }
}

/// Draws the dialog whenever it is asked for.
#[component]
pub(super) fn ColumnsDialog(state: LogsState, asked: RwSignal<Option<String>>) -> impl IntoView {
    let about = RwSignal::new(None::<()>);
    let open = opened_by(about);
    Effect::new(move |_| {
        if asked.with(|asked| asked.as_deref() == Some("+columns")) {
            asked.set(None);
            about.set(Some(()));
        }
    });
    let content = move || about.get().map(|()| view! { <Columns state/> });
    view! { <Dialog title="Columns" open>{content}</Dialog> }
}

#[component]
fn Columns(state: LogsState) -> impl IntoView {
    let navigate = use_navigate();
    let go = Callback::new(move |address: String| navigate(&address, NavigateOptions { replace: true, ..in_place() }));
    let choosing = Choosing { state, shown: RwSignal::new(untrack(|| listed(&state))), offered: RwSignal::new(Vec::new()), go };
    choosing.offer(untrack(|| by_itself(&state)));
    choosing.offer(untrack(|| state.scores()).iter().map(|score| Column::of_score(&score.name)));
    choosing.offer(OFFERED.map(|(expression, _)| Column::of(expression)));
    send(filter_names(state.object()), move |names| {
        // Without an answer nothing more is offered. The dialog may be gone.
        if let Ok(names) = names
            && choosing.shown.try_with_untracked(|_| ()).is_some()
        {
            choosing.offer(found(&names));
        }
    });
    let wanted = RwSignal::new(String::new());
    let is_wanted =
        move |column: &Column| wanted.with(|wanted| heading(&state, column).to_lowercase().contains(&wanted.trim().to_lowercase()));
    let offered =
        move || choosing.offered.get().into_iter().filter(is_wanted).map(|column| view! { <OfferedLine choosing column/> }).collect_view();
    let reset = move |_| {
        choosing.shown.set(untrack(|| by_itself(&state)));
        choosing.apply();
    };
    let is_full = move || choosing.shown.read().len() >= MOST_COLUMNS;
    let comfortable = move |_| {
        let density = if untrack(|| state.is_comfortable()) { "" } else { COMFORTABLE };
        go.run(said(&state, |shown| shared::views::ListState { density: density.to_owned(), ..shown }));
    };
    view! {
        <div class="dialog-b columns-menu">
            <ShownList choosing/>
            <div hidden=is_full>
                <input class="input" type="search" aria-label="Find a column" placeholder="Find a column" autocomplete="off" bind:value=wanted/>
                <ul class="columns-offered" aria-label="Further columns">{offered}</ul>
                <OwnColumn choosing/>
            </div>
        </div>
        <div class="dialog-f">
            <label class="tick"><input class="check" type="checkbox" prop:checked=move || state.is_comfortable() on:change=comfortable/><span>"Comfortable rows"</span></label>
            <span class="grow"></span>
            <button class="btn ghost" type="button" on:click=reset>"Reset columns"</button>
        </div>
    }
}

/// The heading of a column in this list.
fn heading(state: &LogsState, column: &Column) -> String {
    let known = layout_of(state).columns.iter().chain([&super::CREATED]).find(|(.., path)| *path == column.expression);
    match (known, &column.name) {
        (Some((_, heading, _)), None) => (*heading).to_owned(),
        _ => column.heading(),
    }
}

/// What rows carry, as columns.
fn found(names: &KnownNames) -> Vec<Column> {
    let path = |column: &str, steps: &[String]| {
        let steps: Vec<_> = steps.iter().map(|step| quote_path_step(step)).collect();
        format!("{column}.{}", steps.join("."))
    };
    let metadata = names.metadata.iter().flatten().map(|steps| path("metadata", steps));
    let metrics = names.metrics.iter().flatten().map(|name| path("metrics", std::slice::from_ref(name)));
    let answers = names.questions.iter().flatten().map(|name| format!("answers.{}.count", quote_path_step(name)));
    // As it is printed, so that it is known again.
    metadata.chain(metrics).chain(answers).filter_map(|text| Some(Column::of(&parse_expression(&text).ok()?.to_string()))).collect()
}

/// Draws the columns that are shown.
#[component]
fn ShownList(choosing: Choosing) -> impl IntoView {
    let shown = choosing.shown;
    let place_of = |columns: &[Column], id: &str| columns.iter().position(|column| column.expression == id);
    let place = Callback::new(move |(moved, target): (String, String)| {
        shown.update(|shown| {
            let (from, to) = (place_of(shown, &moved), place_of(shown, &target));
            move_to(shown, from, to);
        });
    });
    let step = Callback::new(move |(id, by): (String, i32)| {
        shown.update(|shown| {
            let from = place_of(shown, &id);
            move_by(shown, from, by);
        });
    });
    let order = Reorder::new(place, step, Callback::new(move |()| choosing.apply()));
    let title = layout_of(&choosing.state).columns.first().map(|(.., path)| *path);
    let line = move |column: Column| {
        let id = column.expression.clone();
        let name = heading(&choosing.state, &column);
        let is_title = title == Some(id.as_str());
        let (taken, sized, lifted, grip) = (id.clone(), id.clone(), id.clone(), id.clone());
        let width = column.width.map(|width| width.to_string()).unwrap_or_default();
        let resize = move |event: leptos::ev::Event| {
            let width = event_target_value(&event).trim().parse::<u32>().ok().map(|width| width.clamp(*WIDTHS.start(), *WIDTHS.end()));
            shown.update(|shown| {
                if let Some(column) = shown.iter_mut().find(|column| column.expression == sized) {
                    column.width = width;
                }
            });
            choosing.apply();
        };
        view! {
            <li class="row" data-order=id class:lifted=move || order.lifts(&lifted)>
                <Grip id=grip label=format!("Move {name}") order/>
                <label class="tick grow"><input class="check" type="checkbox" checked disabled=is_title on:change=move |_| choosing.take_away(&taken)/><span>{name.clone()}</span></label>
                <input class="input columns-width" type="number" min=WIDTHS.start().to_string() max=WIDTHS.end().to_string() step="10" placeholder="auto"
                    aria-label=format!("Width of {name}") value=width on:change=resize/>
            </li>
        }
    };
    view! {
        <ul aria-label="Columns that are shown" on:pointermove=move |event| order.drag(&event) on:pointerup=move |_| order.drop_it()>
            <For each=move || shown.get() key=|column| (column.expression.clone(), column.width) children=line/>
        </ul>
    }
}

#[component]
fn OfferedLine(choosing: Choosing, column: Column) -> impl IntoView {
    let name = heading(&choosing.state, &column);
    let title = column.expression.clone();
    let add = move |_| choosing.add(column.clone());
    view! { <li><label class="tick" title=title><input class="check" type="checkbox" on:change=add/><span>{name}</span></label></li> }
}

/// Draws the form of a column that is computed of each row.
#[component]
fn OwnColumn(choosing: Choosing) -> impl IntoView {
    let (typed, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let mistake = Memo::new(move |_| {
        let typed = typed.read();
        if typed.trim().is_empty() {
            return None;
        }
        match parse_columns(&typed) {
            Err(mistakes) => mistakes.first().map(|mistake| format!("{} {}", mistake.message, mistake.help.as_deref().unwrap_or_default())),
            Ok(columns) if columns.len() != 1 => Some("Add one column at a time.".to_owned()),
            Ok(_) => None,
        }
    });
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Ok(read) = Column::parse(&typed.read_untracked()) else { return };
        let [column] = read.as_slice() else { return };
        let words = name.get_untracked().split_whitespace().collect::<Vec<_>>().join(" ");
        let column = Column { name: Some(words).filter(|name| !name.is_empty()).or_else(|| column.name.clone()), ..column.clone() };
        let text = Column::to_text(std::slice::from_ref(&column));
        if Column::parse(&text).is_err()
            || choosing.shown.with_untracked(|shown| shown.iter().any(|other| other.expression == column.expression))
        {
            return;
        }
        choosing.add(column);
        typed.set(String::new());
        name.set(String::new());
    };
    view! {
        <form class="columns-own" aria-label="Own column" on:submit=add>
            <div>
                <label class="label" for="column-expression">"Expression"</label>
                <input class="input" id="column-expression" autocomplete="off" spellcheck="false" placeholder="len(output)" bind:value=typed
                    aria-invalid=move || mistake.read().is_some().then_some("true") aria-describedby="column-mistake"/>
            </div>
            <div>
                <label class="label" for="column-name">"Heading"</label>
                <input class="input" id="column-name" autocomplete="off" maxlength="100" bind:value=name/>
            </div>
            <button class="btn" type="submit" disabled=move || typed.read().trim().is_empty() || mistake.read().is_some()>"Add column"</button>
            <p class="hint" id="column-mistake" role="status">{mistake}</p>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::found;
    use shared::filter::KnownNames;

    #[test]
    fn what_rows_carry_is_offered_as_it_is_printed() {
        let names = KnownNames {
            metadata: Some(vec![vec!["channel".to_owned()], vec!["a b".to_owned(), "c".to_owned()]]),
            metrics: Some(vec!["prompt_tokens".to_owned()]),
            questions: Some(vec!["Tone".to_owned()]),
            ..KnownNames::default()
        };
        let texts: Vec<_> = found(&names).into_iter().map(|column| column.expression).collect();
        assert_eq!(texts, ["metadata.channel", "metadata.\"a b\".c", "metrics.prompt_tokens", "answers.Tone.count"]);
    }
}
