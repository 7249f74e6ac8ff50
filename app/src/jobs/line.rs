//! A job in words, with what can be done about it.

use super::api::{cancel_job, undo_job};
use crate::api::{AppError, send};
use crate::context::use_project;
use crate::ui::format;
use leptos::prelude::*;
use shared::answers::AnswerValue;
use shared::jobs::{IfThere, Job, JobAction, JobState, NameJob};
use shared::permissions::Action;

/// Draws a job.
#[component]
pub(crate) fn JobLine(
    /// As it stands.
    job: Job,
    /// What becomes of it.
    changed: Callback<Job>,
) -> impl IntoView {
    let refused = RwSignal::new(None::<AppError>);
    let done = move |answer: Result<Job, AppError>| match answer {
        Ok(job) => changed.run(job),
        Err(error) => drop(refused.try_set(Some(error))),
    };
    let may_stop = job.own || use_project().may(Action::ActOnMany);
    let (stopped, undone) = (NameJob { job: job.id.clone() }, NameJob { job: job.id.clone() });
    let stop = (may_stop && job.state.is_on_the_way()).then(|| {
        let stop = move |_| send(cancel_job(stopped.clone()), done);
        view! { <button class="btn small" type="button" on:click=stop>"Stop"</button> }
    });
    let undo = job.can_be_undone().then(|| {
        let undo = move |_| send(undo_job(undone.clone()), done);
        view! { <button class="btn small" type="button" on:click=undo>"Undo"</button> }
    });
    let progress = job.total.filter(|_| job.state.is_on_the_way()).map(|total| {
        let looked_at = if job.state == JobState::Undoing { job.undone + job.kept } else { job.looked_at() };
        view! { <progress max=total.to_string() value=looked_at.to_string() aria-label="How far it has come"></progress> }
    });
    view! {
        <div class="job">
            <span class="clip"><b>{what(&job.action)}</b>" "{(!job.own).then(|| format!("by {} ", job.by))}</span>
            <span role="status">{state(&job)}</span>
            {progress}{stop}{undo}
            {move || refused.get().map(|error| view! { <span class="hint" role="alert">{error.to_string()}</span> })}
        </div>
    }
}

/// What a job does, in words.
fn what(action: &JobAction) -> String {
    match action {
        JobAction::Tag { add, remove } => {
            let put_on = (!add.is_empty()).then(|| format!("Tag {}", add.join(", ")));
            let taken_off = (!remove.is_empty()).then(|| format!("Take off {}", remove.join(", ")));
            put_on.into_iter().chain(taken_off).collect::<Vec<_>>().join("; ")
        }
        JobAction::AddToDataset { .. } => "Add to dataset".to_owned(),
        JobAction::Flag { .. } => "Flag for review".to_owned(),
        JobAction::Fill { .. } => "Fill a review list".to_owned(),
        JobAction::Answer { question, value: None } => format!("Clear {question}"),
        JobAction::Answer { question, value: Some(value) } => format!("{question}: {}", said(value)),
    }
}

/// An answer in words.
fn said(value: &AnswerValue) -> String {
    match value {
        AnswerValue::Number(number) => format::percent_short(*number),
        AnswerValue::Text(text) => text.clone(),
        AnswerValue::List(names) => names.join(", "),
    }
}

/// Where a job stands, in words.
fn state(job: &Job) -> String {
    let count = |rows: i64| format::count(rows.unsigned_abs());
    let of = |rows: i64| format!("{} of {}", count(rows), count(job.total.unwrap_or_default()));
    let why = job.reason.clone().unwrap_or_default();
    match job.state {
        JobState::Waiting => "Finding the rows…".to_owned(),
        JobState::Running => of(job.looked_at()),
        JobState::Undoing => format!("Taking back {}", of(job.undone + job.kept)),
        JobState::Done => became(job),
        JobState::Cancelled | JobState::Failed => format!("Stopped after {}. {why}", of(job.looked_at())),
        JobState::Undone => {
            let kept = (job.kept > 0).then(|| format!("; {} stayed, because something was done there since", count(job.kept)));
            format!("Taken back: {}{}", format::counted(job.undone.unsigned_abs(), "row", "rows"), kept.unwrap_or_default())
        }
    }
}

/// What became of the rows of a job.
fn became(job: &Job) -> String {
    let rows = |rows: i64| format::counted(rows.unsigned_abs(), "row", "rows");
    let adds = matches!(job.action, JobAction::AddToDataset { .. });
    let mut parts = vec![if adds { format!("{} added", rows(job.done - job.updated)) } else { rows(job.done) }];
    let mut tell = |rows: i64, words: &str| {
        if rows > 0 {
            parts.push(format!("{} {words}", format::count(rows.unsigned_abs())));
        }
    };
    tell(job.updated, "updated");
    tell(
        job.already,
        if !adds {
            "needed nothing"
        } else if skips(&job.action) {
            "skipped"
        } else {
            "the same there"
        },
    );
    tell(job.gone, "not there any more");
    tell(job.refused, "refused");
    parts.extend(job.refusal.clone());
    parts.join(", ")
}

/// Whether it leaves rows alone that are in the dataset already.
fn skips(action: &JobAction) -> bool {
    matches!(action, JobAction::AddToDataset { already: IfThere::Skip, .. })
}

#[cfg(test)]
mod tests {
    use super::{state, what};
    use shared::answers::AnswerValue;
    use shared::jobs::{ExpectedFrom, IfThere, Job, JobAction, JobState};

    fn job(state: JobState) -> Job {
        let action = JobAction::Tag { add: vec!["Triage".to_owned()], remove: vec!["new".to_owned()] };
        Job {
            id: "1-2".into(),
            project: "p".into(),
            object: "p".into(),
            by: "Ada".to_owned(),
            own: true,
            action,
            filter: None,
            state,
            reason: Some("Ada stopped it.".to_owned()),
            total: Some(1200),
            done: 1000,
            updated: 0,
            already: 2,
            gone: 0,
            refused: 0,
            refusal: None,
            undone: 999,
            kept: 1,
            created: 0,
        }
    }

    #[test]
    fn a_job_is_told_in_words() {
        let told: Vec<_> = JobState::ALL.into_iter().map(|at| state(&job(at))).collect();
        assert_eq!(
            told,
            [
                "Finding the rows…",
                "1,002 of 1,200",
                "1,000 rows, 2 needed nothing",
                "Stopped after 1,002 of 1,200. Ada stopped it.",
                "Stopped after 1,002 of 1,200. Ada stopped it.",
                "Taking back 1,000 of 1,200",
                "Taken back: 999 rows; 1 stayed, because something was done there since",
            ]
        );
        assert_eq!(what(&job(JobState::Done).action), "Tag Triage; Take off new");
        let adds = |already| {
            let action = JobAction::AddToDataset { dataset: "d".into(), expected: ExpectedFrom::default(), mapping: None, already };
            let updated = if already == IfThere::Update { 3 } else { 0 };
            state(&Job { action, updated, ..job(JobState::Done) })
        };
        assert_eq!(adds(IfThere::Skip), "1,000 rows added, 2 skipped");
        assert_eq!(adds(IfThere::Update), "997 rows added, 3 updated, 2 the same there");
        let answer = |value| what(&JobAction::Answer { question: "Tone".to_owned(), value });
        assert_eq!(answer(Some(AnswerValue::Number(0.8))), "Tone: 80 %");
        assert_eq!(answer(Some(AnswerValue::List(vec!["Kind".to_owned(), "Short".to_owned()]))), "Tone: Kind, Short");
        assert_eq!(answer(None), "Clear Tone");
    }
}
