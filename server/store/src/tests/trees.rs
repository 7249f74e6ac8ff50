//! The tree of a trace, part by part, and which questions are asked about a span of it.

use super::sending::{address, answer, number, slider};
use super::stores;
use crate::{Desk, Error};
use serde_json::{Value, json};
use shared::Problem;
use shared::audit::ListTraceActivity;
use shared::comments::AddComment;
use shared::projects::ChangeSettings;
use shared::questions::{Condition, Definition, SaveQuestion};
use shared::spans::{Beside, OpenTrace, ReadTree, SpanMark, TREE_PART};

/// A span of the trace `t`, a second after the one before.
fn span(number: usize, parent: Option<usize>, more: Value) -> Value {
    let mut row = json!({
        "id": format!("r{number}"), "span_id": format!("s{number}"), "root_span_id": "t", "span_attributes": { "name": format!("span {number}") },
        "metrics": { "start": number, "end": number + 1 },
    });
    if let Some(parent) = parent {
        row["span_parents"] = json!([format!("s{parent}")]);
    }
    for (key, value) in more.as_object().unwrap() {
        row[key] = value.clone();
    }
    row
}

#[tokio::test]
async fn a_long_tree_is_read_in_parts() {
    for store in stores().await {
        let project = store.project("trees").await;
        let rows: Vec<_> = (0..450).map(|number| span(number, (number > 0).then_some(0), json!({}))).collect();
        store.send(&project, &rows).await;
        let open = async |span: Option<usize>| {
            let query = OpenTrace {
                object: project.logs(),
                root_span_id: "t".to_owned(),
                span_id: span.map(|number| format!("s{number}")),
                form: None,
            };
            store.viewer.open_trace(query).await.unwrap()
        };
        let part = TREE_PART as usize;
        // The open span is in the part that comes with it, in the middle where there is more on both sides.
        for (opened, first) in [(None, 0), (Some(20), 0), (Some(250), 150), (Some(449), 250)] {
            let view = open(opened).await;
            let tree = &view.content.tree;
            assert_eq!((tree.first, tree.spans.len(), tree.total, tree.duration), (first, part, 450, 450_000_000), "{opened:?}");
            assert_eq!(tree.spans[0].name, format!("span {first}"));
            assert!(tree.spans.iter().any(|node| node.span_id == view.content.span.span_id), "{opened:?}");
        }
        let read = async |first: u32| {
            store.viewer.read_tree(ReadTree { object: project.logs(), root_span_id: "t".to_owned(), first }).await.unwrap()
        };
        for (first, count) in [(0, part), (300, 150), (450, 0), (u32::MAX, 0)] {
            let tree = read(first).await;
            assert_eq!((tree.spans.len(), tree.total), (count, 450), "{first}");
        }
        let [whole, end] = [read(0).await, read(200).await];
        assert_eq!(whole.spans.last().unwrap().name, "span 199");
        assert_eq!((end.spans[0].name.as_str(), end.spans[0].depth, end.spans[0].offset), ("span 200", 1, Some(200_000_000)));
        let nowhere = ReadTree { object: project.logs(), root_span_id: "nothing".to_owned(), first: 0 };
        let error = store.viewer.read_tree(nowhere).await.unwrap_err();
        assert!(matches!(error, Error::Problem(Problem::NotFound { .. })), "{error}");
    }
}

#[tokio::test]
async fn a_question_is_asked_where_its_condition_holds() {
    for store in stores().await {
        let project = store.project("conditions").await;
        let when = |span: &[&str], below: &[&str], trace: &[&str]| {
            let filters = |filters: &[&str]| filters.iter().map(ToString::to_string).collect();
            Definition { condition: Condition { span: filters(span), below: filters(below), trace: filters(trace) }, ..slider() }
        };
        for (name, definition) in [
            ("Always", slider()),
            ("Of calls", when(&["span_attributes.name = 'span 1'"], &[], &[])),
            ("Above errors", when(&[], &["error is not null"], &[])),
            ("Of tagged traces", when(&[], &[], &["tags includes 'x'"])),
            ("Both", when(&["error is null"], &[], &["error is not null"])),
            ("Two", when(&["output = 'a'", "metadata.kind = 'b'"], &[], &[])),
            ("Scored", when(&["scores.Auto < 0.5"], &[], &[])),
            ("Commented", when(&["comments is not null"], &[], &[])),
            ("Of me", when(&["metadata.reviewer = me()"], &[], &[])),
        ] {
            store.question(&project, name, definition).await;
        }
        store
            .send(
                &project,
                &[
                    span(0, None, json!({ "output": "a", "metadata": { "kind": "b", "reviewer": "somebody" } })),
                    span(1, Some(0), json!({ "output": "a", "scores": { "Auto": 0.2 } })),
                    span(2, Some(1), json!({ "error": "boom", "tags": ["x"] })),
                    span(3, Some(0), json!({ "metadata": { "reviewer": store.reviewer.actor().person.id } })),
                ],
            )
            .await;
        let asked = async |number: usize| {
            let query = OpenTrace { object: project.logs(), root_span_id: "t".to_owned(), span_id: Some(format!("s{number}")), form: None };
            let said = store.reviewer.open_trace(query).await.unwrap().said;
            let questions = store.reviewer.questions(&project.id).await.unwrap();
            let asked = questions.into_iter().filter(|question| !said.unasked.contains(&question.id));
            asked.map(|question| question.name).collect::<Vec<_>>()
        };
        assert_eq!(asked(0).await, ["Always", "Above errors", "Of tagged traces", "Both", "Two"]);
        assert_eq!(asked(1).await, ["Always", "Of calls", "Above errors", "Of tagged traces", "Both", "Scored"]);
        assert_eq!(asked(2).await, ["Always", "Of tagged traces"]);
        assert_eq!(asked(3).await, ["Always", "Of tagged traces", "Both", "Of me"]);
        let comment = AddComment { row: address(&project, "r2"), text: "see".to_owned(), client_id: None };
        store.reviewer.add_comment(comment).await.unwrap();
        assert_eq!(asked(2).await, ["Always", "Of tagged traces", "Commented"]);

        // Of what is too large to be looked at, nothing is held against a question.
        let large: Vec<_> = (0..1_100)
            .map(|number| {
                let parents = if number == 0 { json!(null) } else { json!(["large"]) };
                let id = if number == 0 { "large".to_owned() } else { format!("l{number}") };
                json!({ "id": id, "span_id": id, "root_span_id": "large", "span_parents": parents })
            })
            .collect();
        for (length, expected) in [(900, vec!["Always"]), (1_100, vec!["Always", "Above errors", "Of tagged traces", "Both"])] {
            store.send(&project, &large[..length]).await;
            let query = OpenTrace { object: project.logs(), root_span_id: "large".to_owned(), span_id: None, form: None };
            let said = store.reviewer.open_trace(query).await.unwrap().said;
            let questions = store.reviewer.questions(&project.id).await.unwrap();
            let asked = questions.into_iter().filter(|question| !said.unasked.contains(&question.id)).map(|question| question.name);
            assert_eq!(asked.collect::<Vec<_>>(), expected, "{length}");
        }

        // What cannot be read is refused at its field.
        for (condition, field) in [
            (when(&["error is"], &[], &[]), "The span matches: "),
            (when(&[], &["nonsense = 1"], &[]), "A span below it matches: "),
            (when(&[], &[], &["tags includes"]), "Its trace matches: "),
        ] {
            let save =
                SaveQuestion { project: project.id.clone(), question: None, after: None, name: "New".to_owned(), definition: condition };
            let error = store.engineer.save_question(save).await.unwrap_err();
            let text = error.problem().unwrap().to_string();
            assert!(text.starts_with(field) && text.len() > field.len() + 10, "{text}");
        }
    }
}

#[tokio::test]
async fn an_open_trace_tells_whose_the_form_is_and_where_answers_stand() {
    for store in stores().await {
        let project = store.project("beside").await;
        store.question(&project, "Tone", slider()).await;
        let of = |id: &str, parents: &[&str]| json!({"id": id, "span_id": id, "root_span_id": "t", "span_parents": parents, "span_attributes": {"name": id}});
        store.send(&project, &[of("top", &[]), of("below", &["top"]), of("after", &["top"])]).await;
        answer(&store.reviewer, &project, "below", "Tone", number(0.8)).await.unwrap();
        let open = async |desk: &Desk, span: Option<&str>, form: Option<&str>| {
            let (span_id, form) = (span.map(str::to_owned), form.map(str::to_owned));
            desk.open_trace(OpenTrace { object: project.logs(), root_span_id: "t".to_owned(), span_id, form }).await.unwrap().beside
        };
        let marks = |beside: &Beside| {
            let mark = |mark: &SpanMark| format!("{} {}+{} {}", mark.name, mark.own, mark.others, mark.scores[0].1.value);
            beside.marks.iter().map(mark).collect::<Vec<_>>()
        };
        for (span, form, expected) in [
            (None, None, None),
            (Some("below"), None, Some("top")),
            (Some("below"), Some("below"), None),
            (Some("after"), Some("below"), Some("below")),
            (None, Some("below"), Some("below")),
            (Some("below"), Some("unknown"), Some("top")),
        ] {
            let beside = open(&store.reviewer, span, form).await;
            assert_eq!(beside.form.as_ref().map(|form| form.name.as_str()), expected, "{span:?} {form:?}");
            assert_eq!(beside.form.map(|form| form.said.answers.len()), expected.map(|form| usize::from(form == "below")));
            assert_eq!(marks(&open(&store.reviewer, span, form).await), ["below 1+0 0.8"]);
        }
        assert_eq!(marks(&open(&store.viewer, None, None).await), ["below 0+1 0.8"]);
        let query = ListTraceActivity { object: project.logs(), root_span_id: "t".to_owned(), before: None, limit: 100 };
        let told = store.viewer.trace_activity(query.clone()).await.unwrap();
        assert_eq!(told.iter().map(|entry| (entry.name.as_str(), entry.row_id.as_str())).collect::<Vec<_>>(), [("below", "below")]);
        answer(&store.reviewer, &project, "top", "Tone", number(0.2)).await.unwrap();
        let before = Some(told[0].change.id + 1);
        assert_eq!(store.viewer.trace_activity(ListTraceActivity { before, ..query.clone() }).await.unwrap(), told);
        assert_eq!(store.viewer.trace_activity(ListTraceActivity { limit: 1, ..query }).await.unwrap()[0].name, "top");
        assert_eq!(marks(&open(&store.reviewer, None, None).await), ["top 1+0 0.2", "below 1+0 0.8"]);
    }
}

#[tokio::test]
async fn a_tree_tells_what_was_reported_of_its_spans() {
    for store in stores().await {
        let project = store.project("told").await;
        store.question(&project, "Tone", slider()).await;
        store
            .send(
                &project,
                &[
                    json!({"id": "a", "span_id": "a", "root_span_id": "t", "scores": {"Tone": 0.25, "A": 1, "B": 1, "C": 1, "D": 1}}),
                    json!({"id": "b", "span_id": "b", "root_span_id": "t", "span_parents": ["a"], "error": "timeout", "metrics": {"tokens": 7, "estimated_cost": 0.002}}),
                    json!({"id": "c", "span_id": "c", "root_span_id": "t", "span_parents": ["a"], "metrics": {"tokens": 5, "estimated_cost": 0.001}}),
                ],
            )
            .await;
        let tree = store.open(&project, "t").await.content.tree;
        let scores: Vec<_> = tree.spans[0].scores.iter().map(|(name, value)| format!("{name} {value}")).collect();
        assert_eq!(
            (tree.errors, tree.tokens, tree.cost, scores),
            (1, Some(12), Some(3_000_000), vec!["A 1".to_owned(), "B 1".to_owned(), "C 1".to_owned(), "D 1".to_owned()])
        );
        assert_eq!(tree.spans.iter().map(|span| span.cost).collect::<Vec<_>>(), [None, Some(2_000_000), Some(1_000_000)]);
        // What people say is no news of what was reported.
        answer(&store.reviewer, &project, "a", "Tone", number(0.8)).await.unwrap();
        assert_eq!(store.open(&project, "t").await.content.tree.spans, tree.spans);
    }
}

#[tokio::test]
async fn what_scorers_said_below_a_span_is_told_with_their_reasons() {
    for store in stores().await {
        let project = store.project("scored").await;
        let scorer = |number: usize, parent: usize, name: &str, metadata: Value| {
            let more = json!({ "span_attributes": { "name": name, "type": "score" }, "scores": { name: 0.5 }, "metadata": metadata });
            span(number, Some(parent), more)
        };
        let long = "x".repeat(2_000);
        let mut rows = vec![
            span(0, None, json!({ "scores": { "Own": 1 } })),
            span(1, Some(0), json!({})),
            scorer(2, 0, "Tone", json!({ "rationale": "It is\nkind." })),
            scorer(3, 1, "Facts", json!({ "rationale": { "claims": 2 }, "other": 1 })),
            scorer(4, 1, "Long", json!({ "rationale": long })),
            scorer(5, 1, "Huge", json!({ "rationale": "unread", "more": "x".repeat(100_000) })),
            scorer(6, 1, "Silent", json!({ "rationale": null })),
        ];
        rows.extend((7..80).map(|number| scorer(number, 1, &format!("More {number}"), json!({}))));
        store.send(&project, &rows).await;
        let below = async |desk: &Desk, span: usize| {
            let query = OpenTrace { object: project.logs(), root_span_id: "t".to_owned(), span_id: Some(format!("s{span}")), form: None };
            desk.open_trace(query).await.unwrap().said.scores_below
        };
        let told = below(&store.viewer, 0).await;
        assert_eq!(told.len(), 50, "a list has an end");
        let shown: Vec<_> = told.iter().take(6).map(|score| format!("{} {} {:.20}", score.name, score.span_id, score.reason)).collect();
        let expected = ["Facts s3 {\"claims\":2}", "Long s4 xxxxxxxxxxxxxxxxxxxx", "Huge s5 ", "Silent s6 ", "More 7 s7 ", "More 8 s8 "];
        assert_eq!(shown, expected);
        assert!(told[1].reason.chars().count() <= 1_001, "a reason has an end");
        assert_eq!(below(&store.viewer, 2).await, [], "nothing is below a scorer");
        let blind = json!({ "blind_reviews": true }).as_object().unwrap().clone();
        store.question(&project, "Facts", slider()).await;
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes: blind }).await.unwrap();
        let blind = below(&store.reviewer, 0).await;
        assert!(blind.iter().all(|score| score.name != "Facts" && !score.reason.contains("claims")), "{blind:?}");
        assert!(below(&store.engineer, 0).await.iter().any(|score| score.name == "Facts"));
        store.verified().await;
    }
}
