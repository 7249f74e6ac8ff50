//! An open page that reads again what somebody else changed: little comes, and with what was known it is what opening afresh shows.

use super::sending::{address, answer, number, option, slider};
use super::{TestStore, stores};
use crate::{Desk, LiveEvents, Subscription};
use futures::FutureExt as _;
use serde_json::json;
use shared::answers::AnswerValue;
use shared::comments::AddComment;
use shared::live::{LiveChange, Touched, TouchedPart};
use shared::people::Role;
use shared::projects::{ChangeSettings, Project};
use shared::questions::{Definition, MetadataPath, QuestionKind};
use shared::spans::{OpenTrace, RereadTrace, TraceView};

/// Bytes that an open page reads at most after an answer of somebody else.
const MOST: usize = 4 * 1024;

/// Somebody's page with the trace open.
struct Page {
    desk: Desk,
    query: OpenTrace,
    view: TraceView,
    events: Subscription,
}

impl Page {
    async fn open(desk: &Desk, project: &Project) -> Self {
        let query = OpenTrace { object: project.logs(), root_span_id: "r0".to_owned(), span_id: None, form: None };
        let view = desk.open_trace(query.clone()).await.unwrap();
        let events = desk.follow(&project.id, view.as_of).await.unwrap();
        Self { desk: desk.clone(), query, view, events }
    }

    /// What the next event says changed of the trace.
    async fn touched(&mut self) -> Vec<Touched> {
        let Some(Some(LiveEvents::Event(published))) = self.events.next().now_or_never() else { panic!("an event has come") };
        match &published.event.change {
            LiveChange::Spans(changed) => changed.touched.clone(),
            LiveChange::Veiled(veiled) => veiled.touched.clone(),
            LiveChange::Reviews(_) | LiveChange::Configuration | LiveChange::Resync => panic!("spans changed"),
        }
    }

    /// Reads again what the next event says may be another; returns how many bytes came. Then the page shows what one that is opened
    /// afresh does.
    async fn read_again(&mut self, expected: TouchedPart) -> usize {
        let touched = self.touched().await;
        assert_eq!(touched.iter().map(|touched| touched.part).collect::<Vec<_>>(), [expected]);
        let OpenTrace { object, root_span_id, span_id, form } = self.query.clone();
        let content = (expected == TouchedPart::Any).then(|| self.view.content.known());
        let query =
            RereadTrace { object, root_span_id, span_id, form, said: self.view.said.known(), beside: self.view.beside.known(), content };
        let changes = self.desk.reread_trace(query).await.unwrap();
        let bytes = serde_json::to_vec(&changes).unwrap().len();
        let content = changes.content.map(|content| self.view.content.with(content, changes.as_of));
        let content = content.unwrap_or_else(|| self.view.content.clone());
        let (said, beside) = (self.view.said.with(changes.said), self.view.beside.with(changes.beside));
        self.view = TraceView { content, said, beside, as_of: changes.as_of };
        let afresh = self.desk.open_trace(self.query.clone()).await.unwrap();
        assert_eq!((&self.view.said, &self.view.content.fields), (&afresh.said, &afresh.content.fields));
        assert_eq!(self.view.beside, afresh.beside);
        assert_eq!(self.view.content.tree.spans, afresh.content.tree.spans);
        bytes
    }
}

/// A long trace with a large output, about which much has been said.
async fn much_discussed(store: &TestStore) -> Project {
    let project = store.project("discussed").await;
    store.question(&project, "Tone", slider()).await;
    store.question(&project, "Speed", slider()).await;
    let options = vec!["Yes".to_owned(), "No".to_owned()];
    let kind = QuestionKind::Expected { options, multiple: false };
    store.question(&project, "Resolved", Definition { kind, ..Definition::default() }).await;
    let kind = QuestionKind::Text { path: MetadataPath::of("review.reason") };
    store.question(&project, "Reason", Definition { kind, ..Definition::default() }).await;
    let mut rows: Vec<_> = (0..300)
        .map(|span| json!({"id": format!("r{span}"), "span_id": format!("r{span}"), "root_span_id": "r0", "span_parents": ["r0"]}))
        .collect();
    rows[0] =
        json!({"id": "r0", "span_id": "r0", "root_span_id": "r0", "output": "words and words ".repeat(6_000), "metadata": {"plan": "pro"}});
    store.send(&project, &rows).await;
    for number in 0..10 {
        let email = format!("reviewer{number}@example.com");
        store.store.add_member(&email, &format!("Reviewer {number}"), Role::Reviewer, super::PASSWORD).await.unwrap();
        let desk = store.store.console_desk(&email).await.unwrap();
        for question in ["Tone", "Speed"] {
            for value in [0.1, 0.2, 0.3, 0.4, 0.5] {
                answer(&desk, &project, "r0", question, self::number(value)).await.unwrap();
            }
        }
        let comment = AddComment { row: address(&project, "r0"), text: "A remark on the answer. ".repeat(20), client_id: None };
        desk.add_comment(comment).await.unwrap();
    }
    project
}

fn text(text: &str) -> Option<AnswerValue> {
    Some(AnswerValue::Text(text.to_owned()))
}

#[tokio::test]
async fn an_answer_of_somebody_else_is_read_in_a_few_bytes() {
    for store in stores().await {
        let project = much_discussed(&store).await;
        let mut page = Page::open(&store.viewer, &project).await;
        let whole = serde_json::to_vec(&page.view).unwrap().len();
        assert!(whole > 60_000, "{whole}");
        for (question, value, part) in [
            ("Tone", number(0.75), TouchedPart::Said),
            ("Tone", number(0.8), TouchedPart::Said),
            ("Tone", None, TouchedPart::Said),
            ("Resolved", option("Yes"), TouchedPart::Any),
            ("Reason", text("Because."), TouchedPart::Any),
        ] {
            answer(&store.engineer, &project, "r0", question, value).await.unwrap();
            let bytes = page.read_again(part).await;
            assert!(bytes <= MOST, "{question}: {bytes}");
        }
        // A comment is told without the others; what arrives without what stands.
        let comment = AddComment { row: address(&project, "r0"), text: "Seen.".to_owned(), client_id: None };
        store.engineer.add_comment(comment).await.unwrap();
        assert!(page.read_again(TouchedPart::Said).await <= MOST);
        store.send(&project, &[json!({"id": "r0", "_is_merge": true, "metadata": {"plan": "free"}})]).await;
        assert!(page.read_again(TouchedPart::Any).await <= MOST);
    }
}

#[tokio::test]
async fn the_blind_read_as_little_and_are_not_told_what_changed() {
    for store in stores().await {
        let project = much_discussed(&store).await;
        let changes = json!({"blind_reviews": true}).as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
        let mut page = Page::open(&store.reviewer, &project).await;
        let before = page.view.said.clone();
        for (question, value) in [("Tone", number(0.75)), ("Resolved", option("Yes"))] {
            answer(&store.engineer, &project, "r0", question, value).await.unwrap();
            let bytes = page.read_again(TouchedPart::Any).await;
            assert!(bytes <= MOST, "{question}: {bytes}");
            assert_eq!(page.view.said, before);
        }
        // Once one has answered oneself, all that was said to the question comes.
        answer(&store.reviewer, &project, "r0", "Tone", number(0.5)).await.unwrap();
        page.read_again(TouchedPart::Any).await;
        assert_eq!(page.view.said.answers.len(), 12);
        answer(&store.engineer, &project, "r0", "Tone", number(0.7)).await.unwrap();
        assert!(page.read_again(TouchedPart::Any).await <= MOST);
    }
}
