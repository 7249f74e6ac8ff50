//! How projects, experiments, datasets, questions, tags and the rest look in JSON.

use crate::body::Query;
use serde_json::{Map, Value, json};
use shared::Problem;
use shared::filter::format_instant;
use shared::functions::ProjectFunction;
use shared::objects::{NamedObject, ObjectKind};
use shared::projects::Project;
use shared::questions::{Audience, Definition, Question, QuestionKind};
use shared::tags::{Tag, hexadecimal_color};
use store::Store;

/// A project.
pub fn project(project: &Project, store: &Store) -> Value {
    json!({
        "id": project.id, "org_id": store.organization_id(), "name": project.name, "description": null,
        "created": format_instant(project.created), "deleted_at": null, "user_id": null, "settings": project.settings,
    })
}

/// An experiment or a dataset.
pub fn object(object: &NamedObject) -> Value {
    let known = |key: &str| object.details.get(key).cloned().unwrap_or(Value::Null);
    let mut shape = json!({
        "id": object.id, "project_id": object.project, "name": object.name, "created": format_instant(object.created), "deleted_at": null,
        "user_id": object.created_by,
    });
    for key in details_of(object.kind) {
        shape[key] = known(key);
    }
    if object.kind == ObjectKind::Experiment {
        shape["public"] = json!(known("public") == json!(true));
        if shape["commit"].is_null() {
            shape["commit"] = object.details.get("repo_info").and_then(|info| info.get("commit")).cloned().unwrap_or(Value::Null);
        }
    } else {
        shape["url_slug"] = json!(object.name);
    }
    shape
}

/// What SDKs say about an object beside its name and its project, and want to be told again.
pub fn details_of(kind: ObjectKind) -> &'static [&'static str] {
    match kind {
        ObjectKind::ProjectLogs => &[],
        ObjectKind::Experiment => &[
            "description",
            "repo_info",
            "commit",
            "base_exp_id",
            "dataset_id",
            "dataset_version",
            "parameters_id",
            "parameters_version",
            "public",
            "metadata",
            "tags",
            "internal_metadata",
        ],
        ObjectKind::Dataset => &["description", "metadata", "tags"],
    }
}

/// What is kept of a prompt or a function beside its name, its slug and its project.
pub const FUNCTION_DETAILS: [&str; 8] =
    ["description", "prompt_data", "function_data", "function_type", "function_schema", "origin", "tags", "metadata"];

/// A prompt or a function.
pub fn function(function: &ProjectFunction, store: &Store) -> Value {
    let mut shape = json!({
        "id": function.id, "_xact_id": function.transaction.to_string(), "project_id": function.project, "log_id": "p",
        "org_id": store.organization_id(), "name": function.name, "slug": function.slug, "created": format_instant(function.created),
        "user_id": function.created_by,
    });
    for key in FUNCTION_DETAILS {
        shape[key] = function.details.get(key).cloned().unwrap_or(Value::Null);
    }
    shape
}

/// A question, as `project_score`.
pub fn project_score(question: &Question) -> Value {
    let categories = match &question.definition.kind {
        QuestionKind::Categorical { options } => json!(options),
        QuestionKind::Expected { options, .. } => {
            // They are worth nothing, but whoever reads categories expects a value at each.
            let last = options.len().saturating_sub(1).max(1);
            #[expect(clippy::cast_precision_loss, reason = "a question has few options")]
            let option = |(place, name): (usize, &String)| json!({ "name": name, "value": place as f64 / last as f64 });
            options.iter().enumerate().map(option).collect()
        }
        QuestionKind::Continuous | QuestionKind::Text { .. } => Value::Null,
    };
    json!({
        "id": question.id, "project_id": question.project, "user_id": null, "created": format_instant(question.created),
        "name": question.name, "description": question.definition.description, "score_type": super::scores::word(&question.definition.kind),
        "categories": categories, "config": config(&question.definition), "position": format!("{:010}", question.position),
    })
}

/// The settings of a question that are not what they are by themselves; null if there are none.
pub fn config(definition: &Definition) -> Value {
    let mut config = Map::new();
    match &definition.kind {
        QuestionKind::Continuous | QuestionKind::Categorical { .. } => {}
        QuestionKind::Expected { multiple, .. } => {
            config.insert("destination".to_owned(), json!("expected"));
            config.insert("multi_select".to_owned(), json!(multiple));
        }
        QuestionKind::Text { path } => {
            config.insert("destination".to_owned(), json!(path));
        }
    }
    if !definition.objects.is_empty() {
        config.insert("object_types".to_owned(), json!(definition.objects));
    }
    let Audience { people, roles } = &definition.audience;
    if !(people.is_empty() && roles.is_empty()) {
        config.insert("visibility".to_owned(), json!({ "users": people, "groups": roles }));
    }
    if definition.required {
        config.insert("required".to_owned(), json!(true));
    }
    if definition.asks_sureness {
        config.insert("asks_sureness".to_owned(), json!(true));
    }
    if !definition.higher_is_better {
        config.insert("higher_is_better".to_owned(), json!(false));
    }
    config.extend(definition.hotkey.map(|letter| ("hotkey".to_owned(), json!(letter))));
    let condition = &definition.condition;
    if !condition.is_empty() {
        let when = json!({ "clauses": condition.span, "subspan_clauses": condition.below, "trace_clauses": condition.trace });
        config.insert("condition".to_owned(), json!({ "when": when, "behavior": "hidden" }));
    }
    if config.is_empty() { Value::Null } else { Value::Object(config) }
}

/// A tag, as `project_tag`.
pub fn project_tag(tag: &Tag) -> Value {
    json!({
        "id": tag.id, "project_id": tag.project, "user_id": null, "created": format_instant(tag.created), "name": tag.name,
        "description": tag.description, "color": hexadecimal_color(&tag.color), "position": format!("{:010}", tag.position),
    })
}

/// A page of a list, newest first, as `limit`, `starting_after`, `ending_before` and `ids` ask for it.
///
/// # Errors
/// When a cursor is no object of the list, or the limit no number.
pub fn page<T>(mut objects: Vec<T>, query: &Query, id: impl Fn(&T) -> &str) -> Result<Vec<T>, Problem> {
    let wanted: Vec<&str> = query.all("ids").flat_map(|ids| ids.split(',')).map(str::trim).collect();
    if !wanted.is_empty() {
        objects.retain(|object| wanted.contains(&id(object)));
    }
    let place = |objects: &[T], key: &str, cursor: &str| {
        let found = objects.iter().position(|object| id(object) == cursor);
        found.ok_or_else(|| Problem::invalid(key, format!("{cursor} is not in the list. Use the id of an object of the page before.")))
    };
    let limit = query.number("limit")?.map_or(usize::MAX, |limit| limit as usize);
    match (query.text("starting_after"), query.text("ending_before")) {
        (Some(_), Some(_)) => return Err(Problem::invalid("starting_after", "Use either starting_after or ending_before.")),
        (Some(cursor), None) => {
            let place = place(&objects, "starting_after", cursor)?;
            objects.drain(..=place);
        }
        (None, Some(cursor)) => {
            let place = place(&objects, "ending_before", cursor)?;
            objects.truncate(place);
            objects.drain(..objects.len().saturating_sub(limit));
        }
        (None, None) => {}
    }
    objects.truncate(limit);
    Ok(objects)
}
