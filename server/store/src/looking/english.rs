//! Filters in plain English: gathers what a project knows, as far as the asking person may see it, and lets the grammar in `shared`
//! read the text, or a language model that the operator set up. Nothing is applied here.

use crate::ground::time;
use crate::looking::found::{FoundSpan, Wanted};
use crate::looking::search::Scan;
use crate::{Desk, Result, Store};
use futures::future::BoxFuture;
use indexmap::IndexMap;
use serde_json::Value;
use shared::english::{
    Known, KnownKey, KnownPerson, KnownPick, KnownScore, KnownText, Understood, check_length, check_offset, instructions, proposed,
    understand,
};
use shared::filter::{Context, Fields, KnownNames, quote_path_step};
use shared::questions::{Question, QuestionKind};
use shared::{ObjectId, ProjectId};

/// Keys of the metadata that are looked at, and values of one.
const MOST_KEYS: usize = 200;
const MOST_VALUES: usize = 100;

/// Values of one key that are told to who types a filter.
const MOST_VALUES_NAMED: usize = 20;

/// What every span or trace may have measured.
const METRICS: [&str; 8] = ["duration", "tokens", "estimated_cost", "prompt_tokens", "completion_tokens", "total_tokens", "start", "end"];

/// How deep keys may stand inside one another, and how long a value may be.
const DEEPEST: usize = 3;
const LONGEST_VALUE: usize = 100;

/// Texts with how often they were seen.
type Counted = IndexMap<String, usize>;

/// What the newest rows of an object hold.
#[derive(Default)]
struct Sampled {
    metadata: IndexMap<Vec<String>, IndexMap<String, (Value, usize)>>,
    metrics: Counted,
    tags: Counted,
    kinds: Counted,
    names: Counted,
}

/// Reads English for who runs the server, elsewhere: a reply is checked like anything that somebody typed.
pub trait LanguageModel: Send + Sync + 'static {
    /// What it is called.
    fn name(&self) -> &str;

    /// What it replies to a text, after some instructions; else why there is no reply, for who runs the server.
    fn reply<'asked>(&'asked self, instructions: &'asked str, text: &'asked str) -> BoxFuture<'asked, std::result::Result<String, String>>;
}

impl Store {
    /// From now on texts in English are read by a language model, and by the grammar where that fails. The first one stays.
    pub fn read_english_by(&self, model: impl LanguageModel) {
        let _ = self.inner.language_model.set(Box::new(model));
    }
}

async fn ask(
    model: &dyn LanguageModel,
    text: &str,
    known: &Known,
    names: KnownNames,
    context: Context,
) -> std::result::Result<Understood, String> {
    let reply = model.reply(&instructions(known, context), text).await?;
    proposed(&reply, text, &names, model.name())
}

impl Desk {
    /// Makes a filter of a text in English, about the rows of an object. `offset_minutes` says where days begin, west positive.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown object, [`shared::Problem::Invalid`] for a text that is too long.
    pub async fn understand(&self, object: &ObjectId, text: &str, offset_minutes: i32) -> Result<Understood> {
        check_length(text)?;
        check_offset(offset_minutes)?;
        let (project, sampled) = self.sampled(object).await?;
        let metrics = measured(&sampled);
        let known = self.known_names(object, &project, sampled).await?;
        let context = Context { now_micros: time::now(), offset_minutes };
        if let Some(model) = self.store.inner.language_model.get() {
            let names = names(known.clone(), self.question_names(&project).await?, metrics);
            match ask(&**model, text, &known, names, context).await {
                Ok(understood) => return Ok(understood),
                Err(reason) => {
                    tracing::warn!(model = model.name(), reason, "the language model made no filter; the grammar reads the text")
                }
            }
        }
        Ok(understand(text, &known, context)?)
    }

    /// Names that may stand in a filter about the rows of an object, as far as the caller may see them: what is completed while one types.
    /// What lies inside the rows is known of the newest only.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown object.
    pub async fn filter_names(&self, object: &ObjectId) -> Result<KnownNames> {
        let (project, sampled) = self.sampled(object).await?;
        let questions = self.question_names(&project).await?;
        let metrics = measured(&sampled);
        let known = self.known_names(object, &project, sampled).await?;
        Ok(names(known, questions, metrics))
    }

    /// The questions that are asked now.
    async fn question_names(&self, project: &ProjectId) -> Result<Vec<String>> {
        Ok(self.questions(project).await?.into_iter().filter(|question| !question.archived).map(|question| question.name).collect())
    }

    /// A chunk of the newest rows, as the caller sees them.
    async fn sampled(&self, object: &ObjectId) -> Result<(ProjectId, Sampled)> {
        let view = self.search_view(object).await?;
        let mut scan = Scan::new(&view, None, Wanted::columns(["metadata", "metrics", "tags", "span_attributes"])).await?;
        let mut sampled = Sampled::default();
        for span in scan.next().await?.unwrap_or_default() {
            sampled.add(&span);
        }
        Ok((view.home.project.clone(), sampled))
    }

    async fn known_names(&self, object: &ObjectId, project: &ProjectId, sampled: Sampled) -> Result<Known> {
        let questions: Vec<Question> = self.questions(project).await?.into_iter().filter(|question| !question.archived).collect();
        let mut scores: Vec<KnownScore> = questions.iter().filter_map(score).collect();
        let main_score = scores.first().map(|score| score.name.clone());
        for name in self.summary(object, "").await?.0.scores.into_keys() {
            if scores.iter().all(|score| score.name != name) {
                scores.push(KnownScore { name, options: Vec::new() });
            }
        }
        let mut tags: Vec<String> = self.tags(project).await?.into_iter().map(|tag| tag.name).collect();
        for tag in commonest(sampled.tags) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        let people = self.people().await?.into_iter().map(|person| KnownPerson { name: person.name, email: person.email });
        let metadata = keys(sampled.metadata);
        Ok(Known {
            scores,
            main_score,
            picks: questions.iter().filter_map(pick).collect(),
            texts: questions.iter().filter_map(text).collect(),
            tags,
            models: models(&metadata),
            metadata,
            people: people.collect(),
            lists: self.review_lists(project).await?.into_iter().map(|list| list.name).collect(),
            span_types: commonest(sampled.kinds),
            span_names: commonest(sampled.names),
        })
    }
}

impl Sampled {
    fn add(&mut self, span: &FoundSpan) {
        if let Some(Value::Object(metadata)) = span.column("metadata").as_deref() {
            metadata.iter().for_each(|(key, value)| self.add_value(&mut vec![key.clone()], value));
        }
        if let Some(Value::Object(metrics)) = span.column("metrics").as_deref() {
            metrics.keys().for_each(|name| count(&mut self.metrics, name));
        }
        if let Some(Value::Array(tags)) = span.column("tags").as_deref() {
            tags.iter().filter_map(Value::as_str).for_each(|tag| count(&mut self.tags, tag));
        }
        if let Some(attributes) = span.column("span_attributes").as_deref() {
            for (key, counted) in [("type", &mut self.kinds), ("name", &mut self.names)] {
                if let Some(text) = attributes.get(key).and_then(Value::as_str) {
                    count(counted, text);
                }
            }
        }
    }

    fn add_value(&mut self, path: &mut Vec<String>, value: &Value) {
        if path.iter().any(|key| key.starts_with("~__bt_") || key.len() > LONGEST_VALUE) {
            return;
        }
        match value {
            Value::Object(members) if path.len() < DEEPEST => {
                for (key, member) in members {
                    path.push(key.clone());
                    self.add_value(path, member);
                    path.pop();
                }
            }
            Value::Object(_) | Value::Array(_) | Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                if self.metadata.len() < MOST_KEYS || self.metadata.contains_key(path) {
                    let values = self.metadata.entry(path.clone()).or_default();
                    let written = value.to_string();
                    if written.len() <= LONGEST_VALUE && (values.len() < MOST_VALUES || values.contains_key(&written)) {
                        values.entry(written).or_insert_with(|| (value.clone(), 0)).1 += 1;
                    }
                }
            }
        }
    }
}

fn count(counted: &mut Counted, text: &str) {
    if !text.is_empty() && text.len() <= LONGEST_VALUE && (counted.len() < MOST_VALUES || counted.contains_key(text)) {
        *counted.entry(text.to_owned()).or_default() += 1;
    }
}

/// What may have been measured: always the same, then what was seen.
fn measured(sampled: &Sampled) -> Vec<String> {
    let seen = commonest(sampled.metrics.clone()).into_iter().filter(|name| !METRICS.contains(&name.as_str()));
    METRICS.map(str::to_owned).into_iter().chain(seen).collect()
}

/// The texts, those that were seen most first.
fn commonest(mut counted: Counted) -> Vec<String> {
    counted.sort_by(|_, one, _, other| other.cmp(one));
    counted.into_keys().collect()
}

fn keys(sampled: IndexMap<Vec<String>, IndexMap<String, (Value, usize)>>) -> Vec<KnownKey> {
    let key = |(path, mut values): (Vec<String>, IndexMap<String, (Value, usize)>)| {
        values.sort_by(|_, one, _, other| other.1.cmp(&one.1));
        KnownKey { path, values: values.into_values().map(|(value, _)| value).collect() }
    };
    sampled.into_iter().map(key).collect()
}

fn names(known: Known, questions: Vec<String>, metrics: Vec<String>) -> KnownNames {
    let mut values = vec![("span_attributes.name".to_owned(), known.span_names), ("span_attributes.type".to_owned(), known.span_types)];
    for key in &known.metadata {
        let place = key.path.iter().fold("metadata".to_owned(), |place, step| format!("{place}.{}", quote_path_step(step)));
        let written =
            key.values.iter().take(MOST_VALUES_NAMED).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        values.push((place, written.collect()));
    }
    KnownNames {
        scores: Some(known.scores.into_iter().map(|score| score.name).collect()),
        questions: Some(questions),
        tags: Some(known.tags),
        lists: Some(known.lists),
        people: Some(known.people.into_iter().map(|person| person.email).collect()),
        metadata: Some(known.metadata.into_iter().map(|key| key.path).collect()),
        metrics: Some(metrics),
        classifications: None,
        values,
    }
}

fn models(metadata: &[KnownKey]) -> Vec<String> {
    let model = metadata.iter().filter(|entry| entry.path == ["model"]);
    model.flat_map(|entry| &entry.values).filter_map(Value::as_str).map(str::to_owned).collect()
}

fn score(question: &Question) -> Option<KnownScore> {
    let options = match &question.definition.kind {
        QuestionKind::Continuous => Vec::new(),
        QuestionKind::Categorical { options } => options.iter().map(|option| (option.name.clone(), option.value)).collect(),
        QuestionKind::Expected { .. } | QuestionKind::Text { .. } => return None,
    };
    Some(KnownScore { name: question.name.clone(), options })
}

fn text(question: &Question) -> Option<KnownText> {
    match &question.definition.kind {
        QuestionKind::Text { path } => Some(KnownText { name: question.name.clone(), path: path.keys().map(str::to_owned).collect() }),
        QuestionKind::Continuous | QuestionKind::Categorical { .. } | QuestionKind::Expected { .. } => None,
    }
}

fn pick(question: &Question) -> Option<KnownPick> {
    match &question.definition.kind {
        QuestionKind::Expected { options, .. } => Some(KnownPick { name: question.name.clone(), options: options.clone() }),
        QuestionKind::Continuous | QuestionKind::Categorical { .. } | QuestionKind::Text { .. } => None,
    }
}
