//! Human review: every question of the project about the open span.

use super::question::QuestionForm;
use crate::journal::refused::JournalNotices;
use crate::logs::LogsState;
use crate::projects::use_project;
use crate::ui::SavingStatus;
use leptos::prelude::*;
use shared::permissions::Action;

/// Draws the region in which a span is judged.
#[component]
pub(super) fn HumanReview() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let context = use_project();
    let may_review = context.may(Action::Review);
    let asked = Memo::new(move |_| {
        let questions = state.questions.read();
        questions.iter().filter(|question| !question.archived).cloned().collect::<Vec<_>>()
    });
    let row = Memo::new(move |_| state.trace.view.with(|view| view.as_ref().map(|view| view.span.row_id.clone())));
    let forms = move || {
        let row = row.get();
        asked.get().into_iter().map(move |question| (row.clone(), question)).collect::<Vec<_>>()
    };
    let none = {
        let configure = context.may(Action::Configure).then(|| context.page("configuration"));
        move || {
            asked.read().is_empty().then(|| {
                let link = configure.clone().map(|href| view! { <a class="link" href=href>"Add a human review score"</a>"." });
                view! { <p class="q hint">"Nothing is asked about spans yet. "{link}</p> }
            })
        }
    };
    let blind = (context.project.settings.blind_reviews && !context.may(Action::SeeThrough)).then(|| {
        view! { <p class="q hint">"Blind review: what others say about a question is shown after your own answer to it."</p> }
    });
    let journal = state.trace.journal();
    let saving = Signal::derive(move || journal.saving());
    view! {
        <section aria-labelledby="human-review">
            <div class="side-h">
                <h2 id="human-review">"Human review"</h2>
                <div class="actions"><SavingStatus state=saving/></div>
            </div>
            <JournalNotices/>
            {none}
            {blind}
            <For each=forms key=|(row, question)| (row.clone(), question.id.clone(), question.version) let((_row, question))>
                <QuestionForm question may_review/>
            </For>
        </section>
    }
}
