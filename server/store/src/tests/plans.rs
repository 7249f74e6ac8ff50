//! What a statement walks through does not grow with its project, unless it is named here.

use super::blindness::World;
use super::blindness::ways::{Way, ways};
use super::{Place, stores};
use crate::RowSearch;
use crate::ground::database::{STATEMENTS, all};
use expect_test::expect;
use sea_orm::{FromQueryResult, Value};
use serde_json::json;
use shared::filter::parse_expression;
use shared::spans::ListTraces;
use std::collections::BTreeSet;

/// Filters on values inside rows, and on words.
const VALUES: [&str; 9] = [
    "metadata.tier = 'gold'",
    "metadata.n > 3",
    "metadata.tier = 'gold' or metadata.n between 2 and 5",
    "metadata.n is null",
    "input match 'refund'",
    "not input match 'refund'",
    "any_span(expected match 'refund') or comments match 'refund'",
    "search('refund please')",
    "metadata match 'gold'",
];

#[derive(FromQueryResult)]
struct PlanStep {
    detail: String,
}

/// Whether a step of a plan looks at all that a project has in a table, or at more. What the statement itself made is as small as it.
fn walks(step: &PlanStep, plan: &[PlanStep]) -> bool {
    let made =
        |name: &str| plan.iter().any(|step| step.detail == format!("CO-ROUTINE {name}") || step.detail == format!("MATERIALIZE {name}"));
    match step.detail.strip_prefix("SCAN ") {
        Some(what) => {
            !what.ends_with("VALUES CLAUSE") && !what.starts_with("j VIRTUAL TABLE") && !what.contains("CONSTANT ROW") && !made(what)
        }
        None => step.detail.ends_with("(project=?)"),
    }
}

/// PostgreSQL plans by what it has counted; SQLite by what it is told, so its plans are the same in each installation.
#[tokio::test]
async fn no_statement_walks_a_whole_project() {
    for store in stores().await {
        let Place::Folder(_) = &store.place else { continue };
        // Those of the other database are not known here.
        STATEMENTS.take();
        let world = World::new(&store).await;
        for (_, way) in ways() {
            let (Way::Out(probe) | Way::Veiled(probe)) = way else { continue };
            probe(&world, &store.owner).await;
            probe(&world, &store.reviewer).await;
        }
        for filter in VALUES {
            for count in [1, 30] {
                // Few, and then many.
                let rows: Vec<_> = (0..count)
                    .map(|number| json!({"id": format!("v{number}"), "input": "refund", "metadata": {"tier": "gold", "n": number}}))
                    .collect();
                store.send(&world.project, &rows).await;
                store.index_words().await;
                let expression = parse_expression(filter).ok();
                let search = RowSearch { filter: expression.clone(), ..RowSearch::of(world.project.logs()) };
                store.engineer.search_rows(search).await.unwrap();
                let list =
                    ListTraces { object: world.project.logs(), filter: filter.to_owned(), before: None, limit: 50, columns: Vec::new() };
                store.engineer.list_traces(list).await.unwrap();
                store.engineer.count_rows(&world.project.logs(), expression.as_ref()).await.unwrap();
            }
        }
        let texts = STATEMENTS.take();
        // Projects and people are few, and who follows their events or their words asks whenever a second is over.
        let by_itself = [
            "SELECT id, event FROM projects WHERE deleted IS NULL",
            "SELECT id, short, transaction_id FROM projects",
            "SELECT id, name, email FROM people LIMIT 2001",
        ];
        let statements: BTreeSet<_> = texts.iter().flat_map(|(text, _)| text.split("; ")).map(str::trim).collect();
        let mut walking = String::new();
        for statement in statements.into_iter().filter(|text| !text.is_empty() && !by_itself.contains(text)) {
            let places = statement.matches('?').count();
            let text = format!("EXPLAIN QUERY PLAN {statement}");
            let plan = all::<PlanStep>(store.store.readers(), &text, vec![Value::from(1_i64); places])
                .await
                .unwrap_or_else(|error| panic!("{error}: {statement}"));
            for PlanStep { detail } in plan.iter().filter(|step| walks(step, &plan)) {
                walking += &format!("{detail}\n    {statement}\n");
            }
        }
        // Answers are counted where questions are configured.
        expect![[r#"
            SEARCH answers USING COVERING INDEX answers_by_question (project=?)
                SELECT question_id, version, COUNT(*) AS answers FROM answers WHERE project = (SELECT short FROM projects WHERE id = ?) GROUP BY question_id, version ORDER BY version
        "#]]
        .assert_eq(&walking);
    }
}
