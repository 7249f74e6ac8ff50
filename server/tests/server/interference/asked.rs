//! Everything that leads out of the server, asked about the project of a history.

use super::world::{ROWS, World};
use http::Method;
use serde_json::{Value, json};
use shared::CommentId;
use shared::audit::Subject;
use shared::commands::Command;
use shared::comments::{DeleteComment, EditComment};
use shared::objects::{ObjectKind, RowAddress};
use std::collections::BTreeSet;
use store::entry_text;

/// What is asked: the route it goes to, the path, and the body if one is sent.
pub struct Question {
    pub route: &'static str,
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
}

fn get(route: &'static str, path: impl Into<String>) -> Question {
    Question { route, method: Method::GET, path: path.into(), body: None }
}

fn post(route: &'static str, path: impl Into<String>, body: Value) -> Question {
    Question { route, method: Method::POST, path: path.into(), body: Some(body) }
}

fn call(route: &'static str, body: Value) -> Question {
    post(route, route, body)
}

/// All questions that need not be looked up.
pub fn questions(world: &World<'_>) -> Vec<Question> {
    [rows(world), summaries(world), queries(world), functions(world), of_rows(world), configured(world), pages(world)]
        .into_iter()
        .flatten()
        .collect()
}

fn rows(world: &World<'_>) -> Vec<Question> {
    let World { project, experiment, dataset, version, .. } = world;
    let limited = json!({ "limit": 1 });
    vec![
        get("/v1/project_logs/{id}/fetch", format!("/v1/project_logs/{project}/fetch")),
        get("/v1/project_logs/{id}/fetch", format!("/v1/project_logs/{project}/fetch?version={version}")),
        post("/v1/project_logs/{id}/fetch", format!("/v1/project_logs/{project}/fetch"), limited.clone()),
        get("/v1/experiment/{id}/fetch", format!("/v1/experiment/{experiment}/fetch")),
        post("/v1/experiment/{id}/fetch", format!("/v1/experiment/{experiment}/fetch"), limited.clone()),
        get("/v1/dataset/{id}/fetch", format!("/v1/dataset/{dataset}/fetch")),
        post("/v1/dataset/{id}/fetch", format!("/v1/dataset/{dataset}/fetch"), limited),
    ]
}

fn summaries(world: &World<'_>) -> Vec<Question> {
    let World { project, experiment, dataset, .. } = world;
    let summary = |kind: ObjectKind, filter: &str| {
        let path = format!("/v1/summary?object_type={}&object_id={}{filter}", kind.as_str(), world.object(kind));
        get("/v1/summary", path)
    };
    let english = "text=rated%20over%2040%25%20and%20tagged%20a%20and%20not%20reviewed%20by%20anybody";
    let mut questions = vec![
        get("/v1/translate", format!("/v1/translate?object_type=project_logs&object_id={project}&{english}")),
        get("/v1/experiment/{id}/summarize", format!("/v1/experiment/{experiment}/summarize?summarize_scores=true")),
        get("/v1/dataset/{id}/summarize", format!("/v1/dataset/{dataset}/summarize?summarize_data=true")),
        get("/dataset-summary", format!("/dataset-summary?dataset_id={dataset}")),
        get("/experiment-comparison2", format!("/experiment-comparison2?experiment_id={experiment}&base_experiment_id={experiment}")),
        get("/live/{project}", format!("/live/{project}?after=0")),
        get("/xact-id", "/xact-id"),
    ];
    for kind in [ObjectKind::ProjectLogs, ObjectKind::Experiment, ObjectKind::Dataset] {
        questions.extend(["", "&filter=span_id%20is%20not%20null", "&filter=scores.Tone%20%3E%200.5"].map(|filter| summary(kind, filter)));
    }
    questions
}

/// Filters that look where something may be hidden.
const FILTERS: [&str; 13] = [
    "scores.Tone > 0.5",
    "scores.Tone is null",
    "reported.Tone < 0.5",
    "scores.Raw > 0.5",
    "scores.Kind = 1",
    "expected = 'zebra' or expected match 'text'",
    "comments is not null",
    "comments match 'text'",
    "error is not null",
    "output.score > 0.5",
    "metadata.review.reason is not null",
    "metrics.estimated_cost > 0.1",
    "metrics.tokens > 1000 or any_span(metrics.tokens > 1000)",
];

fn queries(world: &World<'_>) -> Vec<Question> {
    let btql = |query: String| post("/btql", "/btql", json!({ "query": query }));
    let mut questions = Vec::new();
    for (kind, shapes) in
        [("project_logs", &["", " spans", " traces", " summary"][..]), ("experiment", &["", " summary"][..]), ("dataset", &[""][..])]
    {
        let object = world.object(ObjectKind::parse(kind).unwrap());
        for shape in shapes {
            questions.push(btql(format!("from: {kind}('{object}'){shape} | select: *")));
        }
        questions.push(btql(format!(
            "from: {kind}('{object}') | dimensions: expected, error | measures: count(1) as rows, avg(scores.Tone) as tone, avg(scores.Raw) as raw, \
             max(reported.Tone) as top, sum(metrics.tokens) as tokens, sum(metrics.estimated_cost) as cost, max(metrics.end) as ends"
        )));
        questions.push(btql(format!("from: {kind}('{object}') | select: id, expected | sort: created asc | limit: 1")));
        for filter in FILTERS {
            questions.push(btql(format!("from: {kind}('{object}') | select: id | filter: {filter}")));
            questions.push(btql(format!("from: {kind}('{object}') | measures: count(1) as rows | filter: {filter}")));
        }
    }
    questions
}

fn functions(world: &World<'_>) -> Vec<Question> {
    let World { project, experiment, .. } = world;
    let mut questions = Vec::new();
    for filter in std::iter::once("").chain(FILTERS) {
        questions.push(call("/fn/spans/list", json!({ "query": { "object": project, "filter": filter, "before": null, "limit": 10 } })));
    }
    questions.push(call("/fn/spans/list", json!({ "query": { "object": experiment, "filter": "", "before": null, "limit": 1 } })));
    let columns =
        json!(["scores", "answers", "comments", "review", "metadata", "metrics", "expected", "any_span(scores.Tone > 0)", "tags"]);
    for object in [project, experiment] {
        let list = json!({ "object": object, "filter": "", "before": null, "limit": 10, "columns": columns });
        questions.push(call("/fn/spans/list", json!({ "query": list })));
    }
    for by in [json!("duration"), json!({ "score": "Tone" }), json!({ "score": "Speed" })] {
        let sort = json!({ "by": by, "descending": true });
        let query = json!({ "object": project, "filter": "", "sort": sort, "after": null, "limit": 10 });
        questions.push(call("/fn/spans/sort", json!({ "query": query })));
    }
    for by in ["tags", "scores.Tone", "answers.Tone.count", "expected", "comments", "review.status"] {
        let query = json!({ "object": project, "filter": "", "by": by });
        questions.push(call("/fn/spans/group", json!({ "query": query })));
    }
    questions.push(call("/fn/filters/names", json!({ "object": project })));
    let english = "rated over 40 percent and tagged a, not reviewed by anybody";
    questions.push(call("/fn/filters/understand", json!({ "query": { "object": project, "text": english, "offset_minutes": 0 } })));
    questions.push(get("/v1/job", format!("/v1/job?project_id={project}")));
    questions.push(call("/fn/jobs/list", json!({ "project": project })));
    questions.push(call("/fn/views/list", json!({ "project": project, "view_type": "logs", "shown": null })));
    let open = |object: &str, root: &str, span: &str| json!({ "object": object, "root_span_id": root, "span_id": span });
    for (object, root, span) in [
        (project, "one", "one"),
        (project, "one", "one.part"),
        (project, "one", "one.scorer"),
        (project, "one", "one.asked"),
        (project, "two", "two"),
        (project, "free", "free"),
        (experiment, "tried", "tried"),
        (experiment, "tried", "tried.scorer"),
    ] {
        questions.push(call("/fn/spans/open", json!({ "query": open(object, root, span) })));
        let mut reread = open(object, root, span);
        reread["content"] = json!({ "tree": 0, "fields": [] });
        reread["said"] = json!({ "scores": [], "tags": [], "unasked": [], "answers": [], "golds": [], "comments": [], "activity": [] });
        questions.push(call("/fn/spans/reread", json!({ "query": reread })));
        let mut beside = open(object, root, root);
        beside["form"] = json!(span);
        questions.push(call("/fn/spans/open", json!({ "query": beside })));
    }
    for range in ["", "1d"] {
        let query = json!({ "project": project, "actor": null, "action": null, "range": range, "before": null });
        questions.push(call("/fn/activity/project", json!({ "query": query })));
    }
    for more in
        ["", "&limit=1", "&limit=3", "&action=answer", "&action=edit&limit=1", "&actor=nobody", "&since=2020-01-01&until=2020-01-02"]
    {
        questions.push(get("/v1/activity", format!("/v1/activity?project_id={project}{more}")));
    }
    for (object, root) in [(project, "one"), (experiment, "tried")] {
        questions.push(call("/fn/spans/tree", json!({ "query": { "object": object, "root_span_id": root, "first": 0 } })));
        questions.push(call("/fn/spans/conversation", json!({ "query": { "object": object, "root_span_id": root, "first": 0 } })));
        let query = json!({ "object": object, "root_span_id": root, "before": null, "limit": 100 });
        questions.push(call("/fn/activity/trace", json!({ "query": query })));
        for words in ["zebra", "text", "0."] {
            questions.push(call("/fn/spans/find", json!({ "query": { "object": object, "root_span_id": root, "words": words } })));
        }
    }
    let logs = json!({ "project": project, "rows": "logs", "filter": "", "before": null, "limit": 10, "open": open(project, "one", "one"), "row": null });
    questions.push(call("/fn/logs/open", json!({ "query": logs })));
    let compared = json!({ "with": [], "shown": null, "differences": true, "worst_first": true, "after": null });
    questions.push(call("/fn/objects/comparison", json!({ "query": { "project": project, "base": "new", "address": compared } })));
    questions.push(call("/fn/objects/against", json!({ "experiment": experiment })));
    for kind in ["experiment", "dataset"] {
        questions.push(call("/fn/objects/list", json!({ "project": project, "kind": kind })));
        let object = world.object(ObjectKind::parse(kind).unwrap());
        let query = json!({ "kind": kind, "object": object, "before": null, "limit": 100 });
        questions.push(call("/fn/objects/activity", json!({ "query": query })));
    }
    questions.extend([
        call("/fn/comments/mentionable", json!({})),
        call("/fn/home/load", json!({})),
        call("/fn/inbox/load", json!({})),
        call("/fn/inbox/returned", json!({})),
        call("/fn/inbox/reviews", json!({})),
        call("/fn/inbox/unread", json!({})),
        call("/fn/reviews/flagging", json!({ "project": project })),
        call("/fn/reviews/open", json!({ "query": { "project": project, "list": null, "shown": "all", "after": null } })),
        call(
            "/fn/reviews/open",
            json!({ "query": { "project": project, "list": null, "shown": "all", "after": null, "board": [9, 9, 9] } }),
        ),
        call("/fn/reviews/pace", json!({ "query": { "project": project, "list": null, "day": 0 } })),
        call("/fn/projects/open", json!({ "organization": "touchstone", "name": world.name })),
        call("/fn/projects/list", json!({ "organization": "touchstone" })),
        call("/fn/projects/settings", json!({ "project": project })),
        call("/fn/questions/list", json!({ "project": project })),
        call("/fn/questions/versions", json!({ "question": world.questions[World::TONE] })),
        call("/fn/tags/list", json!({ "project": project })),
    ]);
    questions
}

fn of_rows(world: &World<'_>) -> Vec<Question> {
    let mut questions = Vec::new();
    for row in addresses(world) {
        let RowAddress { object_type, object_id: object, id } = &row;
        let address = format!("object_type={}&object_id={object}&id={id}", object_type.as_str());
        questions.push(get("/v1/answer", format!("/v1/answer?{address}")));
        questions.push(get("/v1/activity", format!("/v1/activity?{address}")));
        questions.push(get("/v1/activity", format!("/v1/activity?{address}&limit=1")));
        questions.push(call("/fn/activity/list", json!({ "query": { "row": row, "before": null, "limit": 100 } })));
        questions.push(call("/fn/jobs/places", json!({ "row": row })));
        for field in ["output", "expected", "metadata"] {
            let read = json!({ "object": object, "row_id": id, "field": field, "rendering": "json", "whole": true });
            questions.push(call("/fn/spans/field", json!({ "query": read })));
            questions.push(call("/fn/spans/piece", json!({ "query": { "object": object, "row_id": id, "field": field, "from": 0 } })));
            let node = json!({ "object": object, "row_id": id, "field": field, "at": 0, "stamp": 0, "rendering": "json", "from": 0 });
            questions.push(call("/fn/spans/node", json!({ "query": node })));
            questions.push(call("/fn/spans/copied", json!({ "query": node })));
            questions.push(get("/file", format!("/file?object={object}&row={id}&field={field}&at=0&number=0&stamp=0")));
            questions.push(call("/fn/texts/read", json!({ "query": { "row": row, "field": field, "format": null } })));
        }
        let preview = json!({ "row": row, "format": "json", "text": "1", "into": "json", "before": "\"sent\"" });
        questions.push(call("/fn/texts/preview", json!({ "query": preview })));
    }
    questions
}

/// The rows that are asked about, also those that nobody speaks of.
fn addresses(world: &World<'_>) -> Vec<RowAddress> {
    let asked = ["one.asked", "tried.scorer"].into_iter().zip([ObjectKind::ProjectLogs, ObjectKind::Experiment]);
    let rows = ROWS.iter().map(|row| (row.id, row.kind)).chain(asked);
    rows.map(|(id, kind)| RowAddress { object_type: kind, object_id: world.object(kind).into(), id: id.into() }).collect()
}

/// What each entry of the activity changed that the blind reviewer is told of.
pub async fn changes(world: &World<'_>) -> Vec<Question> {
    let mut questions = Vec::new();
    for row in addresses(world) {
        questions.extend(world.entries_seen(row.clone()).await.into_iter().map(|id| change(&row, id)));
    }
    questions
}

fn change(row: &RowAddress, id: i64) -> Question {
    call("/fn/activity/change", json!({ "query": { "row": row, "id": id } }))
}

/// Pairs of something that the blind reviewer is not told of, and of something that is not there: what an entry changed, taking it back, and
/// what may be done with a comment. Of each kind of entry one on each row.
pub async fn absent(world: &World<'_>) -> Vec<[Question; 2]> {
    let mut pairs = Vec::new();
    for row in addresses(world) {
        let seen = world.entries_seen(row.clone()).await;
        let mut hidden = world.entries(row.clone()).await;
        let mut kinds = BTreeSet::new();
        hidden.retain(|entry| !seen.contains(&entry.id) && kinds.insert((entry.action.to_string(), entry.path.to_string())));
        for entry in hidden {
            let nobodys = entry.id + 100_000;
            pairs.push([entry.id, nobodys].map(|id| change(&row, id)));
            let revert = |id| post("/v1/activity/{id}/revert", format!("/v1/activity/{}/revert", entry_text(id)), json!({}));
            pairs.push([entry.id, nobodys].map(revert));
            if let Subject::Comment(id) = &entry.path {
                let ids = [id.clone(), format!("{id}.none")].map(CommentId);
                let person = &world.people.blind_person;
                let run = |command: Command| call("/fn/commands/run", json!({ "person": person, "command": command }));
                let (text, before) = ("mine".to_owned(), "theirs".to_owned());
                pairs.push(ids.clone().map(|comment| {
                    let (row, text, before) = (row.clone(), text.clone(), before.clone());
                    run(Command::EditComment(EditComment { row, comment, text, before, client_id: None }))
                }));
                pairs.push(ids.map(|comment| run(Command::DeleteComment(DeleteComment { row: row.clone(), comment, client_id: None }))));
            }
        }
    }
    pairs
}

fn configured(world: &World<'_>) -> Vec<Question> {
    let World { name, project, experiment, dataset, .. } = world;
    let named = json!({ "project_name": name, "name": "new", "experiment_name": "new", "dataset_name": "new", "id": project, "project_id": project });
    vec![
        get("/v1/project", format!("/v1/project?project_name={name}")),
        get("/v1/project/{id}", format!("/v1/project/{project}")),
        get("/v1/experiment", format!("/v1/experiment?project_id={project}")),
        get("/v1/experiment/{id}", format!("/v1/experiment/{experiment}")),
        get("/v1/dataset", format!("/v1/dataset?project_id={project}")),
        get("/v1/dataset/{id}", format!("/v1/dataset/{dataset}")),
        get("/v1/project_score", format!("/v1/project_score?project_id={project}")),
        get("/v1/project_score/{id}", format!("/v1/project_score/{}", world.questions[World::TONE])),
        get("/v1/project_tag", format!("/v1/project_tag?project_id={project}")),
        get("/v1/view", format!("/v1/view?object_type=project&object_id={project}")),
        get("/v1/review_list", format!("/v1/review_list?project_id={project}")),
        get("/v1/review_list/{id}", format!("/v1/review_list/{project}")),
        get("/v1/review_item", format!("/v1/review_item?project_id={project}")),
        get("/v1/review_item", format!("/v1/review_item?project_id={project}&filter=scores.Tone%20%3E%200.5")),
        get("/v1/prompt", format!("/v1/prompt?project_id={project}")),
        get("/v1/function", format!("/v1/function?project_id={project}")),
        get("/api/project", format!("/api/project?id={project}")),
        post("/api/project", "/api/project", named.clone()),
        post("/api/project/get", "/api/project/get", named.clone()),
        post("/api/experiment/get", "/api/experiment/get", named.clone()),
        post("/api/dataset/get", "/api/dataset/get", named),
        post("/api/base_experiment/get_id", "/api/base_experiment/get_id", json!({ "id": experiment })),
        post("/api/self/get_object_info", "/api/self/get_object_info", json!({ "object_type": "experiment", "object_ids": [experiment] })),
    ]
}

fn pages(world: &World<'_>) -> Vec<Question> {
    let paths = [
        "logs",
        "logs?r=one",
        "logs?r=one&s=one.scorer",
        "logs?filter=scores.Tone%20%3E%200.5",
        "activity",
        "experiments",
        "experiments/new?r=tried",
        "datasets",
    ];
    paths.into_iter().map(|path| get("page", format!("/app/touchstone/p/{}/{path}", world.name))).collect()
}

/// Routes and server functions that are asked nothing here, with the reason. A name stands for itself and everything below it.
pub const APART: &[(&str, &str)] = &[
    ("/fn/{*name}", "every server function is asked for by its own name"),
    ("/fn/commands/run", "the blind reviewer's commands go through it"),
    ("/v1/answer/gold", "the blind reviewer tries it"),
    ("/v1/activity/{id}/revert", "the blind reviewer tries it"),
    ("/v1/project_logs/{id}/feedback", "what it answers is about what was sent; it is sent in the histories"),
    ("/v1/experiment/{id}/feedback", "as of logs"),
    ("/v1/dataset/{id}/feedback", "as of logs"),
    ("/healthz", "the process"),
    ("/readyz", "the process"),
    ("/metrics", "the process, for who runs it"),
    ("/assets", "files of the program"),
    ("/login", "signing in"),
    ("/logout", "signing in"),
    ("/setup", "signing in"),
    ("/join", "signing in"),
    ("/reset", "signing in"),
    ("/", "leads to pages"),
    ("/app", "leads to pages"),
    ("/api/apikey/login", "who one is"),
    ("/ping", "who one is"),
    ("/version", "the program"),
    ("/attachment", "files that came with rows, by keys that stand in them"),
    ("/v1", "a greeting"),
    ("/logs3", "refused: reviewers send no rows"),
    ("/api/project/register", "refused: reviewers send no rows"),
    ("/api/experiment/register", "refused: reviewers send no rows"),
    ("/api/dataset/register", "refused: reviewers send no rows"),
    ("/v1/project_logs/{id}/insert", "refused: reviewers send no rows"),
    ("/v1/experiment/{id}/insert", "refused: reviewers send no rows"),
    ("/v1/dataset/{id}/insert", "refused: reviewers send no rows"),
    ("/v1/dataset/{id}/upload", "refused: for who sees through"),
    ("/v1/dataset_version", "names, times and numbers of rows, which are asked of the dataset"),
    ("/v1/prompt/{id}", "what SDKs keep, not about rows"),
    ("/v1/function/{id}", "what SDKs keep, not about rows"),
    ("/v1/review_item/{id}", "as of the list, which is asked; what one does with an item is tried in the tests of review items"),
    ("/v1/review_item/next", "as of an item"),
    ("/fn/reviews/next", "as of an item"),
    ("/fn/reviews/pair-experiments", "refused: for who sees through"),
    ("/fn/reviews/open-pair", "what came out of both rows, and nothing that people said"),
    ("/fn/reviews/next-pair", "as a pair that is opened"),
    ("/fn/reviews/prefer", "as a pair that is opened"),
    ("/fn/reviews/pair-totals", "nothing but for who sees through"),
    ("/v1/review_list/{id}/pair", "nothing but for who sees through"),
    ("/v1/review_item/{id}/pair", "what came out of both rows, and nothing that people said"),
    ("/fn/reviews/keep", "a time"),
    ("/fn/reviews/hold", "as an item"),
    ("/fn/reviews/release", "nothing but whether one had it"),
    ("/fn/reviews/setting", "refused: for who sees through"),
    ("/fn/reviews/save", "refused: for who sees through"),
    ("/fn/reviews/archive", "refused: for who sees through"),
    ("/fn/reviews/fill", "refused: for who sees through"),
    ("/fn/reviews/rules", "refused: for who sees through"),
    ("/fn/reviews/save-rule", "refused: for who sees through"),
    ("/fn/reviews/try-rule", "refused: for who sees through"),
    ("/fn/reviews/delete-rule", "refused: for who sees through"),
    ("/v1/review_list/{id}/fill", "refused: for who sees through"),
    ("/v1/review_list/{id}/rule", "refused: for who sees through"),
    ("/v1/project_tag/{id}", "what is configured; the list is asked"),
    ("/v1/view/{id}", "as of the views, which are asked"),
    ("/v1/job/{id}", "as of the jobs, which are asked"),
    ("/fn/jobs/start", "what it answers is about what was sent"),
    ("/fn/jobs/preview", "refused: for who sees through"),
    ("/fn/jobs/cancel", "a job of one's own"),
    ("/fn/jobs/undo", "a job of one's own"),
    ("/v1/feedback_link", "a link to say something"),
    ("/v1/feedback/{token}", "writes, and answers whether it was taken"),
    ("/v1/erase", "refused: for who sees through"),
    ("/v1/export", "refused: for who sees through"),
    ("/v1/import", "refused: for owners"),
    ("/fn/people", "people and what they sign in with"),
    ("/fn/inbox/read", "marks one's own mentions"),
    ("/fn/objects/change", "refused: for who sees through"),
    ("/fn/objects/delete", "refused: for who sees through"),
    ("/fn/objects/deleted", "refused: for who sees through"),
    ("/fn/objects/metadata", "refused: for who sees through"),
    ("/fn/objects/register", "refused: for who sees through"),
    ("/fn/objects/restore", "refused: for who sees through"),
    ("/fn/projects/create", "refused: for who sees through"),
    ("/fn/projects/restore", "refused: for who sees through"),
    ("/fn/projects/delete", "refused: for who sees through"),
    ("/fn/projects/rename", "refused: for who sees through"),
    ("/fn/projects/set", "refused: for who sees through"),
    ("/fn/questions/archive", "refused: for who sees through"),
    ("/fn/questions/order", "refused: for who sees through"),
    ("/fn/questions/preview-description", "refused: for who sees through"),
    ("/fn/questions/save", "refused: for who sees through"),
    ("/fn/questions/setting", "refused: for who sees through"),
    ("/fn/cases/add", "refused: for who sees through"),
    ("/fn/cases/remove", "refused: for who sees through"),
    ("/fn/cases/text", "refused: for who sees through"),
    ("/fn/cases/change", "refused: for who sees through"),
    ("/fn/versions/list", "names, times and numbers of rows, which are asked of the dataset"),
    ("/fn/versions/save", "refused: for who sees through"),
    ("/fn/versions/delete", "refused: for who sees through"),
    ("/fn/versions/compare", "refused: for who sees through"),
    ("/fn/versions/restore", "refused: for who sees through"),
    ("/fn/views/default", "refused: for who sees through"),
    ("/fn/views/delete", "a view of one's own"),
    ("/fn/views/restore", "a view of one's own"),
    ("/fn/views/save", "a view of one's own"),
    ("/fn/tags/delete", "refused: for who sees through"),
    ("/fn/tags/order", "refused: for who sees through"),
    ("/fn/tags/save", "refused: for who sees through"),
];

/// Those that are meant alone, because what is below them is asked.
const ALONE: &[&str] = &["/", "/v1"];

/// Whether a route is asked nothing.
pub fn is_apart(route: &str) -> bool {
    let below = |name: &str| !ALONE.contains(&name) && route.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
    APART.iter().any(|(name, _)| route == *name || below(name))
}
