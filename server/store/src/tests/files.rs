//! Attachments as the spans that name them show them, and words in all spans of a trace.

use super::stores;
use serde_json::json;
use shared::attachments::RegisterAttachment;
use shared::objects::FieldName;
use shared::spans::{FieldContent, FindInTrace, OpenTrace, ReadField, ReadFile, Rendering};
use shared::{ObjectId, RowId};

const PDF: &[u8] = b"%PDF-1.4 and more";

#[tokio::test]
async fn an_attachment_is_had_by_whoever_may_read_the_field_that_names_it() {
    for store in stores().await {
        let project = store.project("attached").await;
        let (key, filename, content_type) = ("k-1".to_owned(), "plan.pdf".to_owned(), "text/html".to_owned());
        let token = store.engineer.register_attachment(RegisterAttachment { key, filename, content_type }).await.unwrap();
        let reference = json!({"type": "braintrust_attachment", "key": "k-1", "filename": "plan.pdf", "content_type": "text/html"});
        let row = json!({"id": "a", "span_id": "a", "root_span_id": "t", "input": {"plan": reference}, "output": "k-1"});
        store.send(&project, &[row]).await;
        let (object, row_id) = (project.logs(), RowId::from("a"));
        let open = async || {
            let query = OpenTrace { object: object.clone(), root_span_id: "t".to_owned(), span_id: None, form: None };
            let view = store.viewer.open_trace(query).await.unwrap();
            let FieldContent::Html(html) = view.content.fields[0].content.clone() else { panic!("a tree") };
            (html.into_string(), view.content.fields[0].stamp)
        };
        let (before, stamp) = open().await;
        assert!(before.contains("its content has not arrived yet"), "{before}");
        let file = ReadFile { object: object.clone(), row_id, field: FieldName::Input, at: r#"{"plan":"#.len() as u64, number: 0, stamp };
        assert!(store.viewer.read_file(file.clone()).await.is_err());
        store.store.receive_attachment(&token, PDF.to_vec()).await.unwrap();
        let (after, _) = open().await;
        assert!(after.contains(&file.address().replace('&', "&amp;")) && after.contains(">plan.pdf</a> <small>PDF, 17 B"), "{after}");
        // Its own bytes say what it is.
        let served = store.viewer.read_file(file.clone()).await.unwrap();
        assert_eq!(
            (served.content_type, served.is_shown, served.name.as_str(), served.bytes.as_slice()),
            ("application/pdf", true, "plan.pdf", PDF)
        );
        for other in [
            ReadFile { field: FieldName::Output, ..file.clone() },
            ReadFile { at: 0, ..file.clone() },
            ReadFile { stamp: stamp.wrapping_add(1), ..file.clone() },
            ReadFile { object: ObjectId::from("nothing"), ..file.clone() },
        ] {
            assert!(store.viewer.read_file(other).await.is_err());
        }
    }
}

#[tokio::test]
async fn words_are_found_and_marked_where_they_stand() {
    for store in stores().await {
        let project = store.project("found").await;
        let span = |id: &str, parent: Option<&str>, input: serde_json::Value, output: serde_json::Value| {
            let mut row = json!({"id": id, "span_id": id, "root_span_id": "t", "input": input, "output": output, "metrics": {"start": 1}});
            if let Some(parent) = parent {
                row["span_parents"] = json!([parent]);
            }
            row
        };
        let chat = json!([{"role": "user", "content": "A **Needle**"}, {"role": "assistant", "content": "no needle"}]);
        store.send(&project, &[span("a", None, json!("hay"), json!("hay")), span("b", Some("a"), chat, json!({"deep": ["needle"]}))]).await;
        let query = FindInTrace { object: project.logs(), root_span_id: "t".to_owned(), words: "needle".to_owned() };
        let found = store.viewer.find_in_trace(query).await.unwrap();
        let [span] = found.spans.as_slice() else { panic!("{found:?}") };
        let fields: Vec<_> = span.fields.iter().map(|found| (found.field, found.count)).collect();
        assert_eq!((span.span_id.as_str(), fields, found.partial), ("b", vec![(FieldName::Input, 2), (FieldName::Output, 1)], false));
        for (field, rendering, count) in [(FieldName::Input, Rendering::Chat, 2), (FieldName::Output, Rendering::Json, 1)] {
            let query = ReadField {
                object: project.logs(),
                row_id: RowId::from("b"),
                field,
                rendering: Rendering::Fitting,
                whole: false,
                find: "needle".to_owned(),
            };
            let view = store.viewer.read_field(query).await.unwrap();
            let FieldContent::Html(html) = view.content else { panic!("HTML") };
            assert_eq!((view.rendering, html.as_str().matches("<mark>").count()), (rendering, count));
        }
    }
}

#[tokio::test]
async fn a_trace_of_fifteen_hundred_levels_is_opened_and_searched() {
    for store in stores().await {
        let project = store.project("deep").await;
        let rows: Vec<_> = (0..1_500)
            .map(|level| {
                let mut row = json!({"id": format!("r{level}"), "span_id": format!("s{level}"), "root_span_id": "t", "output": format!("level {level}"), "metrics": {"start": level}});
                if level > 0 {
                    row["span_parents"] = json!([format!("s{}", level - 1)]);
                }
                row
            })
            .collect();
        store.send(&project, &rows).await;
        let query = OpenTrace { object: project.logs(), root_span_id: "t".to_owned(), span_id: Some("s1499".to_owned()), form: None };
        let view = store.viewer.open_trace(query).await.unwrap();
        assert_eq!((view.content.tree.total, view.content.tree.spans.last().unwrap().depth), (1_500, 1_499));
        let query = FindInTrace { object: project.logs(), root_span_id: "t".to_owned(), words: "level 1499".to_owned() };
        let found = store.viewer.find_in_trace(query).await.unwrap();
        assert_eq!(found.spans.iter().map(|span| span.span_id.as_str()).collect::<Vec<_>>(), ["s1499"]);
    }
}
