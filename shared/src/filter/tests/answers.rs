//! What queries are answered on a handful of rows, in clauses and in SQL.

use super::corpus::{answer, answered};
use super::queries::EXAMPLES;
use crate::filter::{Query, SampleSize, Select, Shape, UnpivotNames, parse_query, parse_query_with_hints, query_from_json, query_to_json};
use expect_test::{Expect, expect, expect_file};

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&answered(text));
}

#[test]
fn every_example_is_answered() {
    let mut answers = String::new();
    for text in EXAMPLES.lines() {
        answers.push_str(&format!("{text}\n"));
        answered(text).lines().for_each(|row| answers.push_str(&format!("    {row}\n")));
    }
    expect_file!["answers.txt"].assert_eq(&answers);
}

/// The same query in the words of SQL, where SQL has words for it.
fn in_sql(query: &Query) -> Option<String> {
    if query.infer.is_some() || query.preview_length.is_some() {
        return None;
    }
    let Select { star, columns } = query.select.clone().unwrap_or_default();
    let star = (star || !query.is_aggregated() && columns.is_empty()).then(|| "*".to_owned());
    let spread = |name: &str| query.pivot.iter().any(|pivoted| pivoted.name() == name);
    let (pivoted, measures): (Vec<_>, Vec<_>) = query.measures.iter().partition(|measure| spread(&measure.name()));
    let groups = if query.pivot.is_empty() { query.dimensions.as_slice() } else { &query.dimensions[..query.dimensions.len() - 1] };
    let selected = columns.iter().chain(groups).chain(measures).map(ToString::to_string);
    let selected: Vec<String> = star.into_iter().chain(selected).collect();
    let ids: Vec<String> = query.from.ids.iter().map(|id| format!("'{id}'")).collect();
    let shape = if query.from.shape == Shape::Spans { String::new() } else { format!(", shape => '{}'", query.from.shape.name()) };
    let mut text = format!("SELECT {} FROM {}({}{shape})", selected.join(", "), query.from.kind.name(), ids.join(", "));
    if !query.pivot.is_empty() {
        let pivoted: Vec<String> = pivoted.iter().map(ToString::to_string).collect();
        text = text.replacen("SELECT  FROM", "SELECT * FROM", 1);
        text.push_str(&format!(" PIVOT ({} FOR {} IN (ANY))", pivoted.join(", "), query.dimensions.last()?.expression));
    }
    for unpivot in &query.unpivot {
        text.push_str(&match &unpivot.names {
            UnpivotNames::Item(item) => format!(" UNPIVOT ({item} IN ({}))", unpivot.expression),
            UnpivotNames::Member { key, value } => format!(" UNPIVOT ({value} FOR {key} IN ({}))", unpivot.expression),
        });
    }
    if let Some(sample) = &query.sample {
        text.push_str(&match sample.size {
            SampleSize::Rate(_) => format!(" TABLESAMPLE BERNOULLI ({})", sample.to_string().trim_end_matches('%')),
            SampleSize::Count(count) => format!(" TABLESAMPLE ({count} ROWS)"),
        });
    }
    let clause = |name: &str, written: Option<String>| written.map(|written| format!(" {name} {written}")).unwrap_or_default();
    text.push_str(&clause("WHERE", query.filter.as_ref().map(ToString::to_string)));
    let groups: Vec<String> = groups.iter().map(|group| group.expression.to_string()).collect();
    text.push_str(&clause("GROUP BY", (!groups.is_empty()).then(|| groups.join(", "))));
    text.push_str(&clause("HAVING", query.final_filter.as_ref().map(ToString::to_string)));
    let sort: Vec<String> = query.sort.iter().map(ToString::to_string).collect();
    text.push_str(&clause("ORDER BY", (!sort.is_empty()).then(|| sort.join(", "))));
    text.push_str(&clause("LIMIT", query.limit.map(|limit| limit.to_string())));
    text.push_str(&clause("OFFSET", query.cursor.as_ref().map(|cursor| format!("'{cursor}'"))));
    Some(text)
}

#[test]
fn every_example_is_the_same_query_in_sql_and_in_json() {
    let mut without = String::new();
    for text in EXAMPLES.lines() {
        let query = parse_query(text).unwrap();
        assert_eq!(query_from_json(&query_to_json(&query)).as_ref(), Ok(&query), "{text}");
        let Some(sql) = in_sql(&query) else {
            without.push_str(&format!("{text}\n"));
            continue;
        };
        let read = parse_query(&sql).unwrap_or_else(|found| panic!("{sql}: {found:?}"));
        let mut query = query;
        if let (false, Some(spread)) = (query.pivot.is_empty(), query.dimensions.last_mut()) {
            // What is spread has no column of its own, and hence no name.
            spread.alias = None;
        }
        // What nothing is selected of is everything, in one form or the other.
        let select = read.select.clone().filter(|select| query.select.is_some() || !select.star);
        assert_eq!(Query { select, ..read.clone() }, query, "{text}\n{sql}");
        assert_eq!(answer(&read), answer(&query), "{sql}");
    }
    expect![[r#"
        select: * | from: project_logs('P') summary | preview_length: 1024 | limit: 10
        infer: metadata, scores | from: project_logs('P') | limit: 500
    "#]]
    .assert_eq(&without);
}

#[test]
fn groups_are_chosen_spread_and_grouped_again() {
    check(
        "dimensions: metadata.model as m | measures: count(1) as n, avg(scores.F) as f | from: project_logs('P') | having: n > 1 | sort: m",
        &expect![[r#"
                {"f":0.875,"m":"gpt-4o","n":3}
        "#]],
    );
    check(
        "dimensions: metadata.model as m | measures: avg(scores.F) as f | from: project_logs('P') | final_filter: count(1) = 1 and m is not null",
        &expect![[r#"
                {"f":0.5,"m":"gpt-4o-mini"}
        "#]],
    );
    check(
        "dimensions: is_root, metadata.model as m | measures: count(1) as n, max(scores.F) as f, sum(metrics.tokens) as tokens \
         | pivot: n, f | from: project_logs('P') | sort: tokens desc",
        &expect![[r#"
                {"gpt-4o_f":0.95,"gpt-4o_n":2,"is_root":true,"null_f":null,"null_n":1,"tokens":1200}
                {"gpt-4o-mini_f":0.5,"gpt-4o-mini_n":1,"gpt-4o_f":null,"gpt-4o_n":1,"is_root":false,"tokens":10}
        "#]],
    );
    check(
        "dimensions: root_span_id as t | measures: count(1) as n | final_dimensions: n | final_measures: count(1) as traces \
         | from: project_logs('P') | sort: traces desc",
        &expect![[r#"
                {"n":2,"traces":2}
                {"n":1,"traces":1}
        "#]],
    );
    check(
        "dimensions: metadata.model as m | measures: count(1) as n | from: project_logs('P') | sort: max(scores.F) desc, lower(m)",
        &expect![[r#"
                {"m":"gpt-4o","n":3}
                {"m":"gpt-4o-mini","n":1}
                {"m":null,"n":1}
        "#]],
    );
}

#[test]
fn lists_and_objects_are_unpivoted_one_inside_the_other() {
    check(
        "select: id, tag, score, value | unpivot: tags as (tag), scores as (score, value) | from: project_logs('P') \
         | filter: score = 'F' and is_root and tag != 'prod' | sort: value desc, tag",
        &expect![[r#"
                {"id":"a1","score":"F","tag":"Triage","value":0.95}
                {"id":"b1","score":"F","tag":"triage","value":0.8}
        "#]],
    );
    check(
        "select: *, item | unpivot: input.messages as item | from: project_logs('P')",
        &expect![[r#"
            {"id":"a1","item":{"content":"My credit card was charged twice","role":"user"}}
    "#]],
    );
    check("select: id, k | unpivot: tags as (k, v), metadata.model as (m) | from: project_logs('P')", &expect![""]);
}

#[test]
fn rows_are_sorted_by_anything_and_nulls_come_last() {
    check(
        "select: id | from: project_logs('P') | sort: scores.F desc, id",
        &expect![[r#"
            {"id":"a1"}
            {"id":"b1"}
            {"id":"a2"}
            {"id":"b2"}
            {"id":"c1"}
    "#]],
    );
    check(
        "select: id | from: project_logs('P') | sort: scores.F, id desc | limit: 4",
        &expect![[r#"
            {"id":"a2"}
            {"id":"b1"}
            {"id":"a1"}
            {"id":"c1"}
    "#]],
    );
    check(
        "select: id, len(tags) as n | from: project_logs('P') | sort: n desc, metadata.region",
        &expect![[r#"
            {"id":"a1","n":2}
            {"id":"b2","n":2}
            {"id":"b1","n":1}
            {"id":"a2","n":null}
            {"id":"c1","n":null}
    "#]],
    );
    check(
        "select: id | custom_columns: upper(metadata.model) as m | weighted_scores: 0.5 * scores.F + 0.5 * scores.Preference as w \
         | comparison_key: metadata.user_id | from: project_logs('P') | filter: w > 0",
        &expect![[r#"
                {"comparison_key":"u1","id":"a1","m":"GPT-4O","w":0.875}
                {"comparison_key":"u3","id":"b1","m":"GPT-4O","w":0.5}
        "#]],
    );
}

#[test]
fn what_people_did_is_asked_by_name() {
    for (filter, rows) in [
        ("review.status = 'PENDING' and review.lists includes 'Review'", vec!["a1"]),
        ("review.status = 'backlog' and review.status in ['pending', 'Parked'] and review.status != 'complete'", vec!["a1"]),
        ("review.reviewers includes 'leo@example.com' and not review.assignees includes 'leo@example.com'", vec!["a1"]),
        ("answers.Tone.count = 2 and answers.Tone.spread >= 50% and answers.Tone.mine = 0.5 and answers.Tone.version = 3", vec!["a1"]),
        ("answers.\"Tone\".by('Mia@Example.com') < answers.Tone.by('leo@example.com')", vec!["a1"]),
        ("answers.Tone includes 1", vec!["a1"]),
        ("answers.Tone is null", vec!["a2", "b2", "b1", "c1"]),
        ("not answers.Tone includes 0", vec!["a2", "a1", "b2", "b1", "c1"]),
        ("comments.text ilike '%WRONG%'", vec!["a1"]),
        ("comments.text match 'agreed' and comments.author = 'Leo'", vec!["a1"]),
        ("comments.author in ['nobody', 'mia@example.com']", vec!["a1"]),
        ("comments.author != 'leo@example.com'", vec![]),
        ("not comments.author = 'leo@example.com'", vec![]),
        ("comments.author is null", vec!["a2", "b2", "b1", "c1"]),
        ("comments.created > now() - interval 1 hour", vec!["a1"]),
        ("comments.created between '2026-03-09' and '2026-03-10'", vec!["a1"]),
        ("comments.created between '2026-03-09T11:00:00Z' and '2026-03-10'", vec![]),
        ("classifications.Intent.label = 'complaint'", vec!["a1"]),
        ("classifications.Intent.label includes 'billing'", vec!["a1"]),
        ("reported.Preference < gold.Preference", vec!["a1"]),
        ("not tags includes 'prod'", vec!["a2", "b2", "b1", "c1"]),
        ("not (tags includes 'prod' or input match 'hello')", vec!["a2", "b2", "c1"]),
        ("match(input, output) against ('refund')", vec!["a1", "b2"]),
    ] {
        let query =
            parse_query(&format!("select: id | from: project_logs('P') | filter: {filter}")).unwrap_or_else(|e| panic!("{filter}: {e:?}"));
        let found: Vec<String> = answer(&query).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found, rows, "{filter}");
    }
}

#[test]
fn a_trace_may_be_chosen_in_steps() {
    check(
        "select: id | from: project_logs('P') traces | span_filter: error is not null | filter: is_root",
        &expect![[r#"
            {"id":"a2"}
            {"id":"a1"}
    "#]],
    );
    check(
        "select: id | from: project_logs('P') summary | trace_filter: metrics.errors > 0",
        &expect![[r#"
            {"id":"a1"}
    "#]],
    );
}

#[test]
fn fields_are_discovered() {
    check(
        "infer: metadata.model, scores, tags, span_attributes.type | from: project_logs('P')",
        &expect![[r#"
            {"count":4,"name":["metadata","model"],"top_values":[{"count":3,"value":"gpt-4o"},{"count":1,"value":"gpt-4o-mini"}],"type":"string"}
            {"count":3,"name":["scores","F"],"top_values":[{"count":1,"value":0.5},{"count":1,"value":0.95},{"count":1,"value":0.8}],"type":"number"}
            {"count":4,"name":["span_attributes","type"],"top_values":[{"count":1,"value":"score"},{"count":1,"value":"llm"},{"count":1,"value":"review"},{"count":1,"value":"task"}],"type":"string"}
            {"count":2,"name":["scores","Factuality"],"top_values":[{"count":1,"value":0.9},{"count":1,"value":0.4}],"type":"number"}
            {"count":2,"name":["scores","Preference"],"top_values":[{"count":1,"value":0.8},{"count":1,"value":0.2}],"type":"number"}
            {"count":1,"name":["scores","response quality"],"top_values":[{"count":1,"value":0.7}],"type":"number"}
            {"count":3,"name":["tags"],"top_values":[],"type":"array"}
    "#]],
    );
    check(
        "infer: metrics | from: project_logs('P') | inference_budget: 1",
        &expect![[r#"
            {"count":1,"name":["metrics","end"],"top_values":[{"count":1,"value":7}],"type":"integer"}
            {"count":1,"name":["metrics","latency"],"top_values":[{"count":1,"value":1.5}],"type":"number"}
            {"count":1,"name":["metrics","start"],"top_values":[{"count":1,"value":6}],"type":"integer"}
            {"count":1,"name":["metrics","tokens"],"top_values":[{"count":1,"value":10}],"type":"integer"}
    "#]],
    );
}

#[test]
fn sql_is_read_with_hints() {
    let hints = |text: &str| {
        let (_, hints) = parse_query_with_hints(text).unwrap_or_else(|found| panic!("{found:?}"));
        super::render_all(text, &hints)
    };
    expect![[r#"
        hint: Other servers of this language refuse this word in SQL.
        1 | SELECT id FROM project_logs('P') WHERE tags INCLUDES 'Triage' AND metadata NOT CONTAINS 'x';
          |                                             ^^^^^^^^ accepted here
          = help: Everywhere works: includes(tags, 'Triage')
        hint: Other servers of this language refuse this word in SQL.
        1 | SELECT id FROM project_logs('P') WHERE tags INCLUDES 'Triage' AND metadata NOT CONTAINS 'x';
          |                                                                                ^^^^^^^^ accepted here
          = help: Everywhere works: not includes(metadata, 'x')
    "#]]
    .assert_eq(&hints("SELECT id FROM project_logs('P') WHERE tags INCLUDES 'Triage' AND metadata NOT CONTAINS 'x';"));
    assert_eq!(hints("SELECT id FROM project_logs('P') WHERE includes(tags, 'Triage')"), "");
    assert_eq!(hints("select: id | from: project_logs('P') | filter: tags includes 'Triage'"), "");
}
