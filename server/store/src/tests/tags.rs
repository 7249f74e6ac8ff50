//! The configured tags of a project.

use super::stores;
use crate::Error;
use serde_json::json;
use shared::projects::{DeleteProject, Project};
use shared::tags::{DeleteTag, OrderTags, SaveTag, Tag};
use shared::{Problem, TagId};
use std::fmt::Debug;

fn refused<T: Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

fn missing<T: Debug>(result: Result<T, Error>) -> bool {
    matches!(result.unwrap_err().problem(), Some(Problem::NotFound { .. }))
}

fn save(project: &Project, tag: Option<&TagId>, name: &str, color: &str) -> SaveTag {
    let (name, color, description) = (name.to_owned(), color.to_owned(), format!("What {name} means."));
    SaveTag { project: project.id.clone(), tag: tag.cloned(), name, color, description }
}

fn names(tags: &[Tag]) -> Vec<(&str, i32)> {
    tags.iter().map(|tag| (tag.name.as_str(), tag.position)).collect()
}

#[tokio::test]
async fn tags_are_configured() {
    for store in stores().await {
        let project = store.project("tags").await;
        let other = store.engineer.save_tag(save(&project, None, "Other", "rose")).await.unwrap();
        let saved = store.engineer.save_tag(save(&project, None, " Triage ", "rose")).await.unwrap();
        assert_eq!((saved.name.as_str(), saved.position, &saved.project), ("Triage", 2, &project.id));
        let foreign = store.project("foreign").await;
        let reasons = [
            refused(store.engineer.save_tag(save(&project, None, "Triage", "teal")).await),
            refused(store.engineer.save_tag(save(&project, Some(&other.id), "Triage", "teal")).await),
            refused(store.engineer.save_tag(save(&project, None, "", "teal")).await),
            refused(store.engineer.save_tag(save(&project, None, "a\0b", "teal")).await),
            refused(store.engineer.save_tag(save(&project, None, "x", "purple")).await),
            refused(store.engineer.save_tag(SaveTag { description: "\0".to_owned(), ..save(&project, None, "x", "teal") }).await),
            refused(store.engineer.save_tag(save(&project, Some(&"none".into()), "x", "teal")).await),
            refused(store.engineer.save_tag(save(&foreign, Some(&saved.id), "Stolen", "teal")).await),
            refused(store.engineer.save_tag(SaveTag { project: "none".into(), ..save(&project, None, "x", "teal") }).await),
            refused(store.reviewer.save_tag(save(&project, None, "x", "teal")).await),
            refused(store.viewer.delete_tag(DeleteTag { tag: saved.id.clone() }).await),
        ];
        expect_test::expect![[r#"
            Name: There is already a tag whose name looks the same.
            Name: There is already a tag whose name looks the same.
            Name: Use 1 to 200 characters, without a NUL.
            Name: Use 1 to 200 characters, without a NUL.
            Colour: Use one of ochre, teal, blue, rose, green, grey.
            Description: Use at most 2,000 characters, without a NUL.
            There is no tag here. It may have been deleted, or the link is incomplete.
            There is no tag here. It may have been deleted, or the link is incomplete.
            There is no project here. It may have been deleted, or the link is incomplete.
            You may not change the configuration of a project. Ask an owner of this installation for a role that allows it.
            You may not change the configuration of a project. Ask an owner of this installation for a role that allows it."#]]
        .assert_eq(&reasons.join("\n"));
        let changed = store.engineer.save_tag(save(&project, Some(&saved.id), "Triaged", "teal")).await.unwrap();
        assert_eq!((changed.description.as_str(), changed.position, changed.created), ("What Triaged means.", 2, saved.created));
        assert_eq!(store.viewer.tag(&saved.id).await.unwrap(), changed);
        assert_eq!(store.viewer.tags(&project.id).await.unwrap(), [other, changed.clone()]);
        assert_eq!(store.viewer.tags(&foreign.id).await.unwrap(), []);
        // The same name means nothing in another project.
        store.engineer.save_tag(save(&foreign, None, "Triaged", "blue")).await.unwrap();

        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "t", "tags": ["Triaged"]})]).await;
        assert_eq!(store.engineer.delete_tag(DeleteTag { tag: saved.id.clone() }).await.unwrap(), changed);
        assert!(missing(store.engineer.delete_tag(DeleteTag { tag: saved.id.clone() }).await));
        assert!(missing(store.viewer.tag(&saved.id).await));
        assert_eq!(store.span(&project, "r").await.said.tags, ["Triaged"], "spans keep it");
    }
}

#[tokio::test]
async fn tags_are_put_in_order() {
    for store in stores().await {
        let project = store.project("order").await;
        let mut ids = Vec::new();
        for name in ["a", "b", "c"] {
            ids.push(store.engineer.save_tag(save(&project, None, name, "grey")).await.unwrap().id);
        }
        let order =
            |places: &[usize]| OrderTags { project: project.id.clone(), tags: places.iter().map(|place| ids[*place].clone()).collect() };
        let ordered = store.engineer.order_tags(order(&[2, 0, 1])).await.unwrap();
        assert_eq!(names(&ordered), [("c", 1), ("a", 2), ("b", 3)]);
        // Changing one leaves it where it is, and a new one is the last.
        store.engineer.save_tag(save(&project, Some(&ids[2]), "z", "grey")).await.unwrap();
        store.engineer.save_tag(save(&project, None, "d", "grey")).await.unwrap();
        let expected = [("z", 1), ("a", 2), ("b", 3), ("d", 4)];
        assert_eq!(names(&store.viewer.tags(&project.id).await.unwrap()), expected);

        let foreign = store.project("foreign").await;
        let stranger = store.engineer.save_tag(save(&foreign, None, "a", "grey")).await.unwrap();
        let with_stranger = OrderTags { project: project.id.clone(), tags: vec![ids[1].clone(), stranger.id] };
        assert!(missing(store.engineer.order_tags(with_stranger).await));
        assert!(missing(store.engineer.order_tags(OrderTags { project: foreign.id.clone(), ..order(&[0]) }).await));
        assert!(missing(store.engineer.order_tags(OrderTags { project: "none".into(), tags: Vec::new() }).await));
        assert!(store.reviewer.order_tags(order(&[0, 1, 2])).await.is_err());
        assert_eq!(names(&store.viewer.tags(&project.id).await.unwrap()), expected, "half an order was kept");

        store.owner.delete_project(DeleteProject { project: project.id.clone() }).await.unwrap();
        assert!(missing(store.viewer.tag(&ids[0]).await), "the tags of a deleted project are gone with it");
        assert!(missing(store.engineer.delete_tag(DeleteTag { tag: ids[0].clone() }).await));
    }
}
