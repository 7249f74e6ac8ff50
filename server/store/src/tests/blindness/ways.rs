//! Every method of a desk, as far as blind review goes.

use super::others::{ENGINEERS, PEOPLE, WRITES, others};
use super::{World, deeds, groups::groups, nodes::nodes, written};
use crate::{Desk, LiveEvents, RowSearch};
use futures::future::BoxFuture;
use shared::address::{ComparisonAddress, RowsShown};
use shared::audit::{ListActivity, ListTraceActivity, ReadChange};
use shared::comparison::OpenComparison;
use shared::experiments::ScoreTrend;
use shared::filter::{Context, parse_expression, parse_query};
use shared::objects::{FieldName, ObjectKind};
use shared::said::KnownSaid;
use shared::spans::{
    FindInTrace, KnownBeside, KnownContent, ListTraces, OpenTrace, ReadField, ReadPiece, Rendering, RereadTrace, SortTraces, TraceMeasure,
    TraceSort,
};
use shared::texts::{PreviewText, ReadText, TextFormat};
use shared::{ObjectId, RowId};

/// Asks in one way and writes down everything that came back.
pub(crate) type Probe = for<'a> fn(&'a World, &'a Desk) -> BoxFuture<'a, String>;

/// A method of a desk, as far as blind review goes.
pub(crate) enum Way {
    /// Leads out: who has not answered finds no secret, who sees through or has answered finds the same.
    Out(Probe),
    /// Leads out, and tells also who has answered less than who sees through.
    Veiled(Probe),
    /// Tells nothing about what stands on spans, because of this.
    Harmless(&'static str),
}

const CONFIGURED: Way = Way::Harmless("what is configured, or what SDKs and engineers say about experiments");

/// The traces that are looked at.
fn traces(world: &World) -> [(ObjectId, &'static str); 3] {
    [(world.project.logs(), "one"), (world.project.logs(), "two"), (world.experiment.clone(), "tried")]
}

/// Every method of a desk. A new one has to be decided here.
pub(crate) fn ways() -> Vec<(&'static str, Way)> {
    use Way::{Harmless, Out, Veiled};
    let mut ways = vec![
        (
            "activity",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for row in [world.row("one"), world.row("two"), world.tried()] {
                        all += &written(&desk.activity(ListActivity { row, before: None, limit: 1000 }).await.unwrap());
                    }
                    all
                })
            }),
        ),
        ("answers", Out(|world, desk| Box::pin(async move { written(&desk.answers(&world.row("one")).await.unwrap()) }))),
        (
            "standing",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for row in [world.row("one"), world.row("two"), world.tried()] {
                        all += &written(&desk.standing(&row).await.unwrap());
                    }
                    all
                })
            }),
        ),
        ("golds", Out(|world, desk| Box::pin(async move { written(&desk.golds(&world.row("two")).await.unwrap()) }))),
        (
            "summary",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for (object, filter) in
                        [(world.project.logs(), ""), (world.project.logs(), "metadata.model = 'm'"), (world.experiment.clone(), "")]
                    {
                        all += &written(&desk.summary(&object, filter).await.unwrap());
                    }
                    all
                })
            }),
        ),
        (
            "summary_of_rows",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for filter in ["", "metadata.model = 'm'", "len(tags) > 0 or metadata.model = 'm'"] {
                        for object in [world.project.logs(), world.experiment.clone()] {
                            all += &written(&desk.summary_of_rows(&object, filter).await.unwrap());
                        }
                    }
                    all
                })
            }),
        ),
        (
            "sort_traces",
            Veiled(|world, desk| {
                Box::pin(async move {
                    // Whoever may not see a score is not told who has more of it.
                    let mut all = String::new();
                    for by in [TraceMeasure::Score("Tone".to_owned()), TraceMeasure::Score("Speed".to_owned()), TraceMeasure::Duration] {
                        let sort = TraceSort { by, descending: true };
                        let query = SortTraces {
                            object: world.project.logs(),
                            filter: String::new(),
                            sort,
                            after: None,
                            limit: 10,
                            columns: Vec::new(),
                        };
                        all += &desk.sort_traces(query).await.map_or_else(|_| String::new(), |page| written(&page.rows));
                    }
                    all
                })
            }),
        ),
        ("group_traces", Veiled(|world, desk| Box::pin(groups(world, desk)))),
        ("score_kinds", Harmless("which scores there are, and who gives them, as the summary tells it")),
        ("unknown_names", Harmless("names that nobody carries, of what whoever asks may see; see the test of it")),
        ("unknown_names_in", Harmless("the same, of one condition")),
        ("filter_names", Harmless("reads names and values as whoever asks sees them; the histories of twins ask it, too")),
        ("understand", Harmless("reads names and values as whoever asks sees them; the histories of twins ask it, too")),
        (
            "compared_summaries",
            Veiled(|world, desk| {
                Box::pin(async move {
                    written(&desk.compared_summaries(&world.project.logs()).await.unwrap())
                        + &written(&desk.compared_summaries(&world.experiment).await.unwrap())
                })
            }),
        ),
        (
            "object_summaries",
            Out(|world, desk| {
                Box::pin(async move { written(&desk.object_summaries(ObjectKind::Experiment, &world.project.id).await.unwrap()) })
            }),
        ),
        (
            "compare_experiments",
            Out(|world, desk| {
                Box::pin(async move { written(&desk.compare_experiments(&world.experiment, Some(&world.base)).await.unwrap()) })
            }),
        ),
        (
            "open_comparison",
            Out(|world, desk| {
                Box::pin(async move {
                    let with = vec!["new".to_owned()];
                    let changed = |change| RowsShown::Changed { change, score: "Tone".to_owned(), experiment: "new".to_owned() };
                    let mut all = String::new();
                    for shown in ScoreTrend::ALL.map(|change| Some(changed(change))).into_iter().chain([None]) {
                        let address = ComparisonAddress { with: with.clone(), shown, worst_first: true, ..ComparisonAddress::default() };
                        let query = OpenComparison { project: world.project.id.clone(), base: "base".to_owned(), address };
                        all += &written(&desk.open_comparison(query).await.unwrap());
                    }
                    all
                })
            }),
        ),
        (
            "compared_scores",
            Out(|world, desk| {
                Box::pin(async move {
                    let address = ComparisonAddress { with: vec!["new".to_owned()], ..ComparisonAddress::default() };
                    let query = OpenComparison { project: world.project.id.clone(), base: "base".to_owned(), address };
                    written(&desk.compared_scores(query).await.unwrap())
                })
            }),
        ),
        (
            "list_traces",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    // What the whole of `answers` says is another thing for each who asks: one's own answer stands in it.
                    let columns = [
                        "scores",
                        "answers.Tone.count",
                        "answers.Tone.spread",
                        "answers.Intent.by('anna@example.com')",
                        "answers.Reason.by('anna@example.com')",
                        "comments",
                        "review",
                        "metadata",
                        "metrics",
                        "any_span(scores.Tone > 0)",
                        "expected",
                    ];
                    for filter in ["", "metadata.model = 'm'"] {
                        let columns = columns.map(str::to_owned).to_vec();
                        let query =
                            ListTraces { object: world.project.logs(), filter: filter.to_owned(), before: None, limit: 10, columns };
                        all += &written(&desk.list_traces(query).await.unwrap().rows);
                    }
                    all
                })
            }),
        ),
        (
            "open_trace",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for (object, root) in traces(world) {
                        all += &written(
                            &desk.open_trace(OpenTrace { object, root_span_id: root.to_owned(), span_id: None, form: None }).await.unwrap(),
                        );
                    }
                    all
                })
            }),
        ),
        (
            "reread_trace",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for (object, root) in traces(world) {
                        for content in [None, Some(KnownContent { tree: 0, fields: Vec::new() })] {
                            let (object, root_span_id, said) = (object.clone(), root.to_owned(), KnownSaid::default());
                            let query = RereadTrace {
                                object,
                                root_span_id,
                                span_id: None,
                                form: None,
                                said,
                                beside: KnownBeside::default(),
                                content,
                            };
                            all += &written(&desk.reread_trace(query).await.unwrap());
                        }
                    }
                    all
                })
            }),
        ),
        (
            "read_field",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for field in [FieldName::Expected, FieldName::Metadata] {
                        let (object, row_id, find) = (world.project.logs(), RowId::from("one"), String::new());
                        let query = ReadField { object, row_id, field, rendering: Rendering::Json, whole: true, find };
                        all += &desk.read_field(query).await.map_or_else(|error| error.to_string(), |field| written(&field));
                    }
                    all
                })
            }),
        ),
        (
            "read_node",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for query in nodes(world, desk).await {
                        all += &desk.read_node(query).await.map_or_else(|error| error.to_string(), |node| written(&node));
                    }
                    all
                })
            }),
        ),
        (
            "read_node_text",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for query in nodes(world, desk).await {
                        all += &desk.read_node_text(query).await.map_or_else(|error| error.to_string(), |node| written(&node));
                    }
                    all
                })
            }),
        ),
        ("read_file", Harmless("these rows hold no file; see the tests of scorers")),
        ("showing", Harmless("how fields are shown")),
        (
            "find_in_trace",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for words in ["zebra", "0.4217", "e"] {
                        let query = FindInTrace { object: world.project.logs(), root_span_id: "one".to_owned(), words: words.to_owned() };
                        all += &written(&desk.find_in_trace(query).await.unwrap());
                    }
                    all
                })
            }),
        ),
        (
            "search_rows",
            Out(|world, desk| {
                Box::pin(async move {
                    let last = desk.last_transaction().await.unwrap();
                    let mut all = String::new();
                    for version in [None, Some(world.before_answers), Some(last)] {
                        for whole_traces in [false, true] {
                            for object in [world.project.logs(), world.experiment.clone()] {
                                all += &written(
                                    &desk.search_rows(RowSearch { whole_traces, version, ..RowSearch::of(object) }).await.unwrap().rows,
                                );
                            }
                        }
                    }
                    all
                })
            }),
        ),
        (
            "query",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for (object, id) in [("project_logs", world.project.id.as_str()), ("experiment", world.experiment.as_str())] {
                        for text in [
                            format!("select: * | from: {object}('{id}')"),
                            format!("select: * | from: {object}('{id}') traces"),
                            format!("select: * | from: {object}('{id}') summary"),
                            format!("select: scores, reported, expected, metadata, comments | from: {object}('{id}')"),
                            format!(
                                "dimensions: expected, metadata, scores, comments | measures: avg(scores.Tone) | from: {object}('{id}')"
                            ),
                        ] {
                            let query = parse_query(&text).unwrap();
                            all += &written(&desk.query(&query, None, Context::at(crate::now())).await.unwrap().rows);
                        }
                    }
                    all
                })
            }),
        ),
        (
            "activity_page",
            Out(|world, desk| {
                Box::pin(async move {
                    written(&desk.activity_page(ListActivity { row: world.row("one"), before: None, limit: 100 }).await.unwrap())
                })
            }),
        ),
        (
            "trace_activity",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for (object, root) in traces(world) {
                        let query = ListTraceActivity { object, root_span_id: root.to_owned(), before: None, limit: 1000 };
                        all += &written(&desk.trace_activity(query).await.unwrap());
                    }
                    all
                })
            }),
        ),
        ("project_activity", Out(|world, desk| Box::pin(deeds::listed(world, desk)))),
        ("project_activity_page", Out(|world, desk| Box::pin(deeds::shown(world, desk)))),
        (
            "read_change",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    // The numbers of the first project.
                    for id in (1..200).map(|number| (1 << 40) + number) {
                        let change = desk.read_change(ReadChange { row: world.row("one"), id }).await;
                        all += &change.map_or_else(|error| error.to_string(), |change| written(&change));
                    }
                    all
                })
            }),
        ),
        (
            "read_text",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for field in [FieldName::Expected, FieldName::Metadata] {
                        all += &written(&desk.read_text(ReadText { row: world.row("one"), field, format: None }).await.unwrap());
                    }
                    all
                })
            }),
        ),
        (
            "preview_text",
            Out(|world, desk| {
                Box::pin(async move {
                    let (format, text) = (TextFormat::Json, "1".to_owned());
                    let query = PreviewText { row: world.row("one"), format, text, into: format, before: None };
                    written(&desk.preview_text(query).await.unwrap())
                })
            }),
        ),
        (
            "read_piece",
            Out(|world, desk| {
                Box::pin(async move {
                    let mut all = String::new();
                    for field in [FieldName::Expected, FieldName::Metadata] {
                        let query = ReadPiece { object: world.project.logs(), row_id: RowId::from("one"), field, from: 0 };
                        all += &desk.read_piece(query).await.map_or_else(|error| error.to_string(), |piece| written(&piece));
                    }
                    all
                })
            }),
        ),
        ("read_conversation", Harmless("what models were asked and answered; of what is hidden see the tests of scorers")),
        ("read_tree", Harmless("names and times of spans; of those that are hidden see the tests of scorers")),
        ("inbox", Harmless("one's own; see the test of mentions")),
        (
            "count_rows",
            Out(|world, desk| {
                Box::pin(async move {
                    // What is counted is a secret only by the filter that finds it.
                    let mut all = String::new();
                    for (filter, secret) in
                        [("scores.Tone > 0.1", "0.4217"), ("expected = 'zebra'", "zebra"), ("comments match 'hushed'", "hushed")]
                    {
                        let filter = parse_expression(filter).unwrap();
                        if desk.count_rows(&world.project.logs(), Some(&filter)).await.unwrap() > 0 {
                            all += secret;
                        }
                    }
                    all
                })
            }),
        ),
        (
            "follow",
            Veiled(|world, desk| {
                Box::pin(async move {
                    let mut subscription = desk.follow(&world.project.id, 0).await.unwrap();
                    let (_, head) = desk.summary(&world.project.logs(), "").await.unwrap();
                    let mut all = String::new();
                    loop {
                        let LiveEvents::Event(published) = subscription.next().await.unwrap() else { panic!("nothing was missed") };
                        all += &written(&published.event);
                        if published.sequence == head {
                            return all;
                        }
                    }
                })
            }),
        ),
        ("next", Harmless("of a subscription; see follow")),
        ("locate_row", Harmless("ids only")),
        ("objects", CONFIGURED),
        ("object", CONFIGURED),
        ("object_by_name", CONFIGURED),
        ("object_metadata", CONFIGURED),
        ("object_activity", CONFIGURED),
        ("base_experiment", CONFIGURED),
        ("deleted_objects", ENGINEERS),
        ("restore_object", ENGINEERS),
        ("edit_metadata", ENGINEERS),
        ("require_object", Harmless("whether it is there")),
        ("last_transaction", Harmless("a number")),
        ("version", Harmless("a number")),
        ("actor", PEOPLE),
        ("organization", PEOPLE),
        ("attachment", Harmless("files that came with spans")),
        ("functions", CONFIGURED),
        ("function", CONFIGURED),
        ("questions", CONFIGURED),
        ("question", CONFIGURED),
        ("question_versions", CONFIGURED),
        ("question_setting", ENGINEERS),
        ("preview_description", ENGINEERS),
        ("tags", CONFIGURED),
        ("tag", CONFIGURED),
        ("settings", CONFIGURED),
        ("set_default_view", ENGINEERS),
        ("projects", CONFIGURED),
        ("project", CONFIGURED),
        ("project_by_name", CONFIGURED),
        ("members", PEOPLE),
        ("people", PEOPLE),
        ("sessions", PEOPLE),
        ("keys", PEOPLE),
        ("mentionable", PEOPLE),
        ("unread_mentions", Harmless("a number")),
        ("read_mentions", WRITES),
        ("review_lists", CONFIGURED),
        ("review_list", CONFIGURED),
        ("save_review_list", ENGINEERS),
        ("list_setting", ENGINEERS),
        ("edit_review_list", ENGINEERS),
        ("archive_review_list", ENGINEERS),
        ("review_list_named", CONFIGURED),
        ("review_list_of_row", CONFIGURED),
        ("members_named", PEOPLE),
        ("review_item", Harmless("who reviews and who is done is no secret; why somebody skipped is hidden, see the tests of reviews")),
        ("review_items", Harmless("as review_item")),
        ("review_items_that_match", Harmless("rows are looked for as whoever asks sees them; the histories of twins ask it, too")),
    ];
    ways.extend(others());
    ways
}
