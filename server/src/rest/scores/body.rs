//! A question as scripts write it: `score_type`, `categories` and `config` in each way in which they are written.

use serde::Deserialize;
use serde_json::{Map, Value};
use shared::objects::ObjectKind;
use shared::people::Role;
use shared::questions::{Audience, Condition, Definition, LETTERS, MetadataPath, QuestionKind, QuestionOption};
use shared::{PersonId, Problem, ProjectId};

/// What a body can hold.
#[derive(Deserialize)]
pub struct Score {
    /// Where.
    pub project_id: Option<ProjectId>,
    /// The key in `scores`.
    pub name: Option<String>,
    /// Markdown.
    pub description: Option<String>,
    /// `slider`, `categorical` or `free-form`.
    pub score_type: Option<String>,
    /// The options.
    pub categories: Option<Value>,
    /// Where answers go, and the further settings.
    pub config: Option<Map<String, Value>>,
}

/// The word for a kind in `score_type`.
pub fn word(kind: &QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Continuous => "slider",
        QuestionKind::Categorical { .. } | QuestionKind::Expected { .. } => "categorical",
        QuestionKind::Text { .. } => "free-form",
    }
}

/// An option, with its value where one is given.
type Category = (String, Option<f64>);

impl Score {
    /// What is asked. `kept` is what a body that names only changes starts from.
    ///
    /// # Errors
    /// When the body does not say it, or says something that no question can be.
    pub fn kind(&self, kept: Option<&QuestionKind>) -> Result<QuestionKind, Problem> {
        let score_type = self.score_type.as_deref().or_else(|| kept.map(word));
        // Options and places belong to the type that they were written for.
        let kept = kept.filter(|kept| score_type == Some(word(kept)));
        let (categories, destination, multiple) = (self.categories(kept)?, self.destination(kept)?, self.multiple(kept)?);
        if multiple && (score_type != Some("categorical") || destination.is_none()) {
            return Err(Problem::invalid("config.multi_select", "Several options are chosen only where they are written to expected."));
        }
        let no_categories = |kind: &str| {
            let reason = format!("A {kind} has no categories. Leave them out, or use score_type categorical.");
            if categories.is_empty() { Ok(()) } else { Err(Problem::invalid("categories", reason)) }
        };
        match (score_type, destination) {
            (Some("slider"), None) => no_categories("slider").map(|()| QuestionKind::Continuous),
            (Some("slider"), Some(_)) => Err(Problem::invalid(
                "config.destination",
                "A slider is written to scores. Leave the destination out, or use another score_type.",
            )),
            (Some("categorical"), None) => Ok(QuestionKind::Categorical { options: with_values(categories)? }),
            (Some("categorical"), Some(destination)) if destination == "expected" => {
                Ok(QuestionKind::Expected { options: categories.into_iter().map(|(name, _)| name).collect(), multiple })
            }
            (Some("categorical"), Some(other)) => {
                let reason = format!("Options are written to scores or to expected, not to {other}. Say expected, or leave it out.");
                Err(Problem::invalid("config.destination", reason))
            }
            (Some("free-form"), Some(path)) => no_categories("text").map(|()| QuestionKind::Text { path: MetadataPath::of(&path) }),
            (Some("free-form"), None) => Err(Problem::invalid(
                "config.destination",
                "Say where under metadata the text is written, for example metadata.review.reason.",
            )),
            (Some(computed @ ("weighted" | "minimum" | "maximum" | "online")), _) => {
                let reason =
                    format!("A score of type {computed} is computed, and people are asked here. Use slider, categorical or free-form.");
                Err(Problem::invalid("score_type", reason))
            }
            (Some(other), _) => {
                Err(Problem::invalid("score_type", format!("There is no score type {other}. Use slider, categorical or free-form.")))
            }
            (None, _) => Err(Problem::invalid("score_type", "Say slider, categorical or free-form.")),
        }
    }

    fn setting(&self, key: &str) -> Option<&Value> {
        self.config.as_ref().and_then(|config| config.get(key))
    }

    fn destination(&self, kept: Option<&QuestionKind>) -> Result<Option<String>, Problem> {
        match self.setting("destination") {
            Some(Value::String(destination)) => Ok(Some(destination.clone())),
            Some(Value::Null) => Ok(None),
            Some(_) => Err(Problem::invalid("config.destination", "Send a text: expected, or a place like metadata.review.reason.")),
            None => Ok(kept.filter(|kept| !kept.is_score()).map(|kept| kept.destination(""))),
        }
    }

    fn multiple(&self, kept: Option<&QuestionKind>) -> Result<bool, Problem> {
        match self.setting("multi_select") {
            Some(value) => flag("multi_select", value).map(|flag| flag.unwrap_or(false)),
            None => Ok(matches!(kept, Some(QuestionKind::Expected { multiple: true, .. }))),
        }
    }

    /// A list of names and values, a list of names, or an object of values by their names.
    fn categories(&self, kept: Option<&QuestionKind>) -> Result<Vec<Category>, Problem> {
        let shape = || {
            let reason = r#"Send a list like [{"name": "Good", "value": 1}], with values from 0 to 1."#;
            Problem::invalid("categories", reason)
        };
        let one = |category: &Value| match category {
            Value::String(name) => Ok((name.clone(), None)),
            Value::Object(category) => {
                let name = category.get("name").and_then(Value::as_str).ok_or_else(shape)?;
                match category.get("value") {
                    None | Some(Value::Null) => Ok((name.to_owned(), None)),
                    Some(value) => Ok((name.to_owned(), Some(value.as_f64().ok_or_else(shape)?))),
                }
            }
            _ => Err(shape()),
        };
        match self.categories.as_ref().filter(|categories| !categories.is_null()) {
            None => Ok(match kept {
                Some(QuestionKind::Categorical { options }) => {
                    options.iter().map(|option| (option.name.clone(), Some(option.value))).collect()
                }
                Some(QuestionKind::Expected { options, .. }) => options.iter().map(|name| (name.clone(), None)).collect(),
                _ => Vec::new(),
            }),
            Some(Value::Array(categories)) => categories.iter().map(one).collect(),
            Some(Value::Object(values)) => {
                let read = |(name, value): (&String, &Value)| Ok((name.clone(), Some(value.as_f64().ok_or_else(shape)?)));
                let mut categories = values.iter().map(read).collect::<Result<Vec<Category>, Problem>>()?;
                // The keys of an object have no order of their own.
                categories.sort_by(|one, other| one.1.partial_cmp(&other.1).unwrap_or(std::cmp::Ordering::Equal));
                Ok(categories)
            }
            Some(_) => Err(shape()),
        }
    }

    /// A body that names only changes of what stands in `config`, with what its settings leave out.
    pub fn completed(mut self, config: &Value) -> Self {
        for (key, sent) in self.config.iter_mut().flatten() {
            if let Some(kept) = config.get(key) {
                complete(sent, kept);
            }
        }
        self
    }

    /// Changes the settings that `config` names; the others stay.
    ///
    /// # Errors
    /// For a setting that there is not, or a value that it cannot have.
    pub fn apply_settings(&self, definition: &mut Definition) -> Result<(), Problem> {
        for (key, value) in self.config.iter().flatten() {
            match key.as_str() {
                "destination" | "multi_select" => {}
                "object_types" => definition.objects = object_types(value)?,
                "visibility" => definition.audience = audience(value)?,
                "required" => definition.required = flag(key, value)?.unwrap_or(false),
                "asks_sureness" => definition.asks_sureness = flag(key, value)?.unwrap_or(false),
                "higher_is_better" => definition.higher_is_better = flag(key, value)?.unwrap_or(true),
                "hotkey" => definition.hotkey = hotkey(value)?,
                "condition" => definition.condition = condition(value)?,
                _ if matches!(value, Value::Null | Value::Bool(false)) => {}
                _ => {
                    let reason = "There is no such setting. The settings are destination, multi_select, object_types, visibility, required, \
                                  higher_is_better, asks_sureness, hotkey and condition.";
                    return Err(Problem::invalid(format!("config.{key}"), reason));
                }
            }
        }
        Ok(())
    }
}

/// Gives an object the keys that it leaves out, and the objects in it too.
fn complete(sent: &mut Value, kept: &Value) {
    let (Value::Object(sent), Value::Object(kept)) = (sent, kept) else { return };
    for (key, kept) in kept {
        complete(sent.entry(key).or_insert_with(|| kept.clone()), kept);
    }
}

fn with_values(categories: Vec<Category>) -> Result<Vec<QuestionOption>, Problem> {
    let option = |(name, value): Category| match value {
        Some(value) => Ok(QuestionOption { name, value }),
        None => Err(Problem::invalid("categories", format!("Give {name} a value from 0 to 1, or say config.destination expected."))),
    };
    categories.into_iter().map(option).collect()
}

fn flag(key: &str, value: &Value) -> Result<Option<bool>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(*flag)),
        _ => Err(Problem::invalid(format!("config.{key}"), "Send true or false.")),
    }
}

/// A list of words; none for null.
fn words(field: &str, value: &Value) -> Result<Vec<String>, Problem> {
    let shape = || Problem::invalid(field, "Send a list of texts, or null.");
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(words) => words.iter().map(|word| word.as_str().map(str::to_owned).ok_or_else(shape)).collect(),
        _ => Err(shape()),
    }
}

fn object_types(value: &Value) -> Result<Vec<ObjectKind>, Problem> {
    let field = "config.object_types";
    let read = |word: String| {
        let reason = || format!("There is no object type {word}. Use project_logs, experiment or dataset.");
        ObjectKind::parse(&word).ok_or_else(|| Problem::invalid(field, reason()))
    };
    words(field, value)?.into_iter().map(read).collect()
}

fn audience(value: &Value) -> Result<Audience, Problem> {
    let field = "config.visibility";
    let Value::Object(visibility) = value else {
        return if value.is_null() {
            Ok(Audience::default())
        } else {
            Err(Problem::invalid(field, "Send an object with users and groups, or null."))
        };
    };
    let of = |key: &str| words(&format!("{field}.{key}"), visibility.get(key).unwrap_or(&Value::Null));
    let role = |word: String| {
        let reason = || format!("There is no group {word}. The groups are viewer, reviewer, engineer and owner.");
        Role::parse(&word).ok_or_else(|| Problem::invalid(format!("{field}.groups"), reason()))
    };
    let people = of("users")?.into_iter().map(PersonId).collect();
    Ok(Audience { people, roles: of("groups")?.into_iter().map(role).collect::<Result<_, _>>()? })
}

/// `{when: {clauses, subspan_clauses, trace_clauses}, behavior: "hidden"}`, each a list of filters; null for none.
fn condition(value: &Value) -> Result<Condition, Problem> {
    let field = "config.condition";
    let shape = || Problem::invalid(field, r#"Send {"when": {"clauses": ["a filter"]}, "behavior": "hidden"}, or null."#);
    if value.is_null() {
        return Ok(Condition::default());
    }
    if value.get("behavior").is_some_and(|behavior| behavior != "hidden") {
        return Err(Problem::invalid("config.condition.behavior", "A question is hidden where its condition does not hold. Say hidden."));
    }
    let when = value.get("when").and_then(Value::as_object).ok_or_else(shape)?;
    let of = |key: &str| words(&format!("{field}.when.{key}"), when.get(key).unwrap_or(&Value::Null));
    Ok(Condition { span: of("clauses")?, below: of("subspan_clauses")?, trace: of("trace_clauses")? })
}

fn hotkey(value: &Value) -> Result<Option<char>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::String(key) if key.chars().count() == 1 => Ok(key.chars().next()),
        _ => Err(Problem::invalid("config.hotkey", format!("Send one letter of these: {}.", LETTERS.map(String::from).join(" ")))),
    }
}
