//! Whatever is read of an object, SQLite finds by keys and indexes.

use super::World;
use super::ways::{Way, ways};
use crate::ground::database::{STATEMENTS, all, values};
use crate::tests::{Place, stores};
use sea_orm::FromQueryResult;
use std::collections::BTreeSet;

const GROWING: [&str; 14] = [
    "activity",
    "answers",
    "commands",
    "comments",
    "events",
    "feedback",
    "golds",
    "said_versions",
    "span_payloads",
    "span_scores",
    "span_tags",
    "span_versions",
    "spans",
    "traces",
];

/// Whether a step of a plan goes through a table that grows from end to end.
fn goes_through(step: &str, text: &str) -> bool {
    let Some(name) = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next()) else { return false };
    let is_alias = |table: &&str| ["FROM", "JOIN"].iter().any(|word| text.contains(&format!("{word} {table} {name} ")));
    GROWING.contains(&name) || GROWING.iter().any(|table| is_alias(&table))
}

#[tokio::test]
async fn nobody_goes_through_a_table_that_grows() {
    #[derive(FromQueryResult)]
    struct Step {
        detail: String,
    }
    for store in stores().await {
        let Place::Folder(_) = &store.place else { continue };
        let world = World::new(&store).await;
        STATEMENTS.with_borrow_mut(Vec::clear);
        for (_, way) in ways() {
            if let Way::Out(probe) | Way::Veiled(probe) = way {
                probe(&world, &store.reviewer).await;
                probe(&world, &store.engineer).await;
            }
        }
        for question in store.engineer.questions(&world.project.id).await.unwrap() {
            store.reviewer.question(&question.id).await.unwrap();
            store.engineer.question_versions(&question.id).await.unwrap();
        }
        let statements: BTreeSet<String> = STATEMENTS.take().into_iter().map(|(text, _)| text).collect();
        assert!(statements.len() > 50, "{statements:#?}");
        let mut through = Vec::new();
        for text in statements.iter().filter(|text| text.starts_with("SELECT")) {
            let plan = all::<Step>(store.store.readers(), &format!("EXPLAIN QUERY PLAN {text}"), values![]).await.unwrap();
            through.extend(plan.into_iter().filter(|step| goes_through(&step.detail, text)).map(|step| (step.detail, text)));
        }
        assert!(through.is_empty(), "{through:#?}");
    }
}
