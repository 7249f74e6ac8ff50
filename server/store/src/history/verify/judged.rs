//! `expected` and `metadata`, computed from their bases and from what people said.

use super::{Named, Step, same};
use crate::ground::database::{all, values};
use crate::ground::places;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

#[derive(FromQueryResult)]
struct Said {
    span: i64,
    name: String,
    definition: String,
    value: String,
    created: i64,
    updated: i64,
    gold: i64,
}

#[derive(FromQueryResult)]
struct Base {
    span: i64,
    field: String,
    value: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    key: i64,
    row_id: String,
    object: i64,
    body: String,
}

/// What was said to one question.
#[derive(Default)]
struct Question {
    kind: Value,
    gold: Option<Told>,
    answers: Vec<(i64, Told)>,
}

/// A value with where it goes, as its version of the question says, and when it was said last.
struct Told {
    value: Value,
    path: String,
    updated: i64,
}

/// Looks at every row on which answers lie that are no numbers.
pub(super) async fn verify(connection: &impl ConnectionTrait, objects: &HashMap<i64, Named>) -> Step {
    let said = "SELECT a.span, q.name, v.definition, a.value, a.created, a.updated, CAST(0 AS BIGINT) AS gold FROM answers a \
                JOIN questions q ON q.id = a.question_id JOIN question_versions v ON v.question_id = q.id AND v.version = a.version \
                WHERE a.score IS NULL AND a.active = ? \
                UNION ALL SELECT g.span, q.name, v.definition, g.value, g.updated, g.updated, CAST(1 AS BIGINT) FROM golds g \
                JOIN questions q ON q.id = g.question_id JOIN question_versions v ON v.question_id = q.id AND v.version = g.version \
                WHERE g.score IS NULL AND g.active = ?";
    let mut of_spans: BTreeMap<i64, BTreeMap<String, Question>> = BTreeMap::new();
    for said in all::<Said>(connection, said, values![true, true]).await? {
        let definition: Value = serde_json::from_str(&said.definition)?;
        let question = of_spans.entry(said.span).or_default().entry(said.name).or_default();
        let path = definition["kind"]["text"]["path"].as_str().unwrap_or_default().to_owned();
        let told = Told { value: serde_json::from_str(&said.value)?, path, updated: said.updated };
        let is_text = definition["kind"].get("text").is_some();
        question.kind = definition["kind"].clone();
        if said.gold == 1 {
            question.gold = Some(told);
        } else {
            question.answers.push((if is_text { said.updated } else { said.created }, told));
        }
    }
    let mut bases: BTreeMap<(i64, String), Value> = BTreeMap::new();
    for base in all::<Base>(connection, "SELECT span, field, value FROM span_bases", values![]).await? {
        let value = base.value.as_deref().map(serde_json::from_str).transpose()?.unwrap_or(Value::Null);
        of_spans.entry(base.span).or_default();
        bases.insert((base.span, base.field), value);
    }
    for (span, questions) in of_spans {
        let text = "SELECT s.key, s.row_id, s.object, p.body FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key WHERE s.project = ? AND s.key = ?";
        // What was said about a row that is deleted lies on nothing.
        let Some(row) = all::<Row>(connection, text, places::bound(&[span])).await?.pop() else { continue };
        let content: Value = serde_json::from_str(&row.body)?;
        for field in ["expected", "metadata"] {
            let home = objects.get(&row.object).map_or("an unknown object", |home| home.id.as_str());
            let place = || format!("{field} of row {} of {home}", row.row_id);
            let kind = if field == "expected" { "expected" } else { "text" };
            let counting: Vec<_> = questions.iter().filter(|(_, question)| question.kind.get(kind).is_some()).collect();
            let base = bases.remove(&(row.key, field.to_owned()));
            same(|| format!("what lies under {}", place()), &base.is_some(), &!counting.is_empty())?;
            let Some(base) = base else { continue };
            let computed = if field == "expected" { on_expected(base, &counting) } else { on_metadata(base, &counting) };
            same(place, &content[field], &computed)?;
        }
    }
    Ok(())
}

fn on_expected(base: Value, questions: &[(&String, &Question)]) -> Value {
    let said: Vec<(&String, Value)> = questions.iter().filter_map(|(name, question)| Some((*name, question.frequent()?))).collect();
    match (base, said.as_slice()) {
        (Value::Null, [(_, only)]) => only.clone(),
        (base, said) => {
            let (mut object, kept) = match base {
                Value::Object(object) => (object, None),
                Value::Null => (Map::new(), None),
                other => (Map::new(), Some(other)),
            };
            object.extend(said.iter().map(|(name, value)| ((*name).clone(), value.clone())));
            object.extend(kept.map(|kept| ("expected".to_owned(), kept)));
            Value::Object(object)
        }
    }
}

fn on_metadata(base: Value, questions: &[(&String, &Question)]) -> Value {
    let mut metadata = base;
    // Of texts at one place the one that was said last is read. The questions come by name.
    let mut texts: Vec<&Told> = questions.iter().filter_map(|(_, question)| question.newest()).collect();
    texts.sort_by_key(|text| text.updated);
    for Told { value: text, path, .. } in texts {
        let keys: Vec<&str> = path.split('.').skip(1).collect();
        let free = (0..keys.len()).all(|depth| {
            let above = keys[..depth].iter().try_fold(&metadata, |value, key| value.get(key));
            above.is_none_or(|above| above.is_object() || above.is_null())
        });
        if !free {
            continue;
        }
        let mut place = &mut metadata;
        for key in keys {
            if !place.is_object() {
                *place = json!({});
            }
            place = &mut place[key];
        }
        *place = text.clone();
    }
    metadata
}

impl Question {
    /// The gold value, else the newest answer.
    fn newest(&self) -> Option<&Told> {
        let newest = || self.answers.iter().max_by_key(|(when, _)| *when).map(|(_, text)| text);
        self.gold.as_ref().or_else(newest)
    }

    /// The gold value, else the most frequent answer, of equally frequent ones the earliest.
    fn frequent(&self) -> Option<Value> {
        let mut counted: Vec<(usize, i64, &Value)> = Vec::new();
        for (when, Told { value, .. }) in &self.answers {
            match counted.iter_mut().find(|(_, _, known)| *known == value) {
                Some((count, first, _)) => (*count, *first) = (*count + 1, (*first).min(*when)),
                None => counted.push((1, *when, value)),
            }
        }
        counted.sort_by_key(|(count, first, _)| (std::cmp::Reverse(*count), *first));
        let gold = self.gold.as_ref().map(|gold| &gold.value);
        gold.or_else(|| counted.first().map(|(_, _, value)| *value)).cloned()
    }
}
