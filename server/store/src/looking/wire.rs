//! Spans in the form of the wire protocol: what arrived is handed through as text.

use crate::Result;
use crate::ground::body::{self, Object, Raw};
use crate::ground::places::Home;
use crate::looking::found::{FoundSpan, read};
use crate::looking::view::View;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::ObjectId;
use shared::ProjectId;
use shared::filter::{Expression, Fields, Kind, Step, evaluate};
use shared::objects::ObjectKind;
use std::borrow::Cow;

/// Columns that every row has, known without its content.
const FIRST: [&str; 7] = ["id", "_xact_id", "_pagination_key", "created", "span_id", "root_span_id", "is_root"];

/// Columns that every row has, null where nothing arrived.
const SECOND: [&str; 11] =
    ["input", "output", "expected", "error", "metadata", "tags", "metrics", "context", "span_parents", "span_attributes", "origin"];

/// Columns that tell where a row is.
pub(crate) const OF_HOME: [&str; 5] = ["project_id", "org_id", "log_id", "experiment_id", "dataset_id"];

/// A row of the wire protocol: columns in order, each as JSON text.
#[derive(Clone, Debug, Default)]
pub(crate) struct WireRow(Object);

impl WireRow {
    /// One of columns that are known.
    #[cfg(test)]
    pub(crate) fn of(columns: Object) -> Self {
        Self(columns)
    }

    /// A column as it stands there.
    pub(crate) fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.get(name).map(AsRef::as_ref)
    }

    /// Puts a value into a column.
    pub(crate) fn set(&mut self, name: &str, value: &Value) -> Result<()> {
        self.put(name, body::raw(value)?);
        Ok(())
    }

    /// Puts JSON into a column.
    pub(crate) fn put(&mut self, name: &str, value: Raw) {
        self.0.insert(name.to_owned(), value);
    }

    /// All its columns.
    pub(crate) fn columns(&self) -> Object {
        self.0.clone()
    }

    /// The row as JSON text.
    pub(crate) fn text(&self) -> Result<Raw> {
        Ok(body::raw(&self.0)?)
    }
}

impl Fields for WireRow {
    fn column(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.get(name).map(|raw| Cow::Owned(read(raw)))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.get(name).map(RawValue::get)
    }
}

/// Where rows are, as they tell it.
#[derive(Clone, Debug)]
pub(crate) struct Whereabouts {
    project: ProjectId,
    object: ObjectId,
    kind: ObjectKind,
    organization: String,
}

impl Whereabouts {
    /// Of the rows of a view.
    pub(crate) fn of(view: &View) -> Self {
        let Home { project, id, kind, .. } = &view.home;
        Self { project: project.clone(), object: id.clone(), kind: *kind, organization: view.organization.clone() }
    }

    /// An expression about rows that are here: what tells where they are is written out, and so is what is asked of it.
    pub(crate) fn bind(&self, expression: Expression) -> Expression {
        if !expression.any(&|part| home_column(part).is_some()) {
            return expression;
        }
        expression.map(&mut |part| {
            if let Some(name) = home_column(&part) {
                let text = self.column(name).and_then(|value| value.as_str().map(str::to_owned));
                return Expression::new(text.map_or(Kind::Null, Kind::Text), part.span);
            }
            let is_asked = match &part.kind {
                Kind::IsNull(operand) | Kind::IsNotNull(operand) => is_written_out(operand),
                Kind::Binary { left, right, .. } => is_written_out(left) && is_written_out(right),
                Kind::In { operand, list } => is_written_out(operand) && is_written_out(list),
                _ => false,
            };
            match is_asked.then(|| evaluate(&part, &WireRow::default(), 0)) {
                Some(Value::Bool(truth)) => Expression::new(Kind::Boolean(truth), part.span),
                Some(Value::Null) => Expression::new(Kind::Null, part.span),
                _ => part,
            }
        })
    }

    fn column(&self, name: &str) -> Option<Value> {
        match (name, self.kind) {
            ("project_id", _) => Some(json!(self.project)),
            ("org_id", ObjectKind::ProjectLogs) => Some(json!(self.organization)),
            ("log_id", ObjectKind::ProjectLogs) => Some(json!("g")),
            ("experiment_id", ObjectKind::Experiment) | ("dataset_id", ObjectKind::Dataset) => Some(json!(self.object)),
            _ => None,
        }
    }
}

/// The column that tells where a row is and that an expression names.
fn home_column(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        Kind::Path(steps) => match steps.as_slice() {
            [Step::Key(name)] if OF_HOME.contains(&name.as_str()) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an expression is written out, so that it says the same of every row.
fn is_written_out(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Null | Kind::Boolean(_) | Kind::Text(_) | Kind::Number(_) => true,
        Kind::Array(items) => items.iter().all(is_written_out),
        _ => false,
    }
}

/// A span with the columns that tell where it is.
pub(crate) struct Placed<'a> {
    pub(crate) span: &'a FoundSpan,
    pub(crate) whereabouts: &'a Whereabouts,
}

impl Fields for Placed<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, Value>> {
        if OF_HOME.contains(&name) { self.whereabouts.column(name).map(Cow::Owned) } else { self.span.column(name) }
    }

    fn text(&self, name: &str) -> Option<&str> {
        if OF_HOME.contains(&name) { None } else { self.span.text(name) }
    }
}

/// Columns that tell who judged a row how.
const JUDGED: [&str; 4] = ["answers", "reported", "feedback", "gold"];

impl FoundSpan {
    /// Tells a row who judged it how, each where somebody did.
    pub(crate) fn judge(&self, row: &mut WireRow) -> Result<()> {
        for name in JUDGED {
            if let Some(said) = self.column(name).filter(|said| !said.is_null() && said.as_object().is_none_or(|said| !said.is_empty())) {
                row.set(name, &said)?;
            }
        }
        Ok(())
    }

    /// The row in the form of the wire protocol.
    pub(crate) fn wire(&self, whereabouts: &Whereabouts) -> Result<WireRow> {
        let mut row = Object::new();
        let null = body::raw(&Value::Null)?;
        let column = |name: &str| body::raw(&self.column(name));
        for key in FIRST {
            row.insert(key.to_owned(), column(key)?);
        }
        row.extend(SECOND.map(|key| (key.to_owned(), null.clone())));
        for (key, value) in self.content() {
            if !FIRST.contains(&key.as_str()) && !["scores", "comments"].contains(&key.as_str()) {
                let missing = key == "tags" && body::list(value.get()).is_some_and(|tags| tags.is_empty());
                row.insert(key.clone(), if missing { null.clone() } else { value.clone() });
            }
        }
        let scores = self.column("scores").filter(|scores| !scores.is_null());
        row.insert("scores".to_owned(), body::raw(&scores.unwrap_or_else(|| Cow::Owned(json!({}))))?);
        row.insert("comments".to_owned(), column("comments")?);
        for name in OF_HOME {
            if let Some(value) = whereabouts.column(name) {
                row.insert(name.to_owned(), body::raw(&value)?);
            }
        }
        if whereabouts.kind == ObjectKind::Dataset {
            // A test case has no output; what is null here would only confuse SDKs that know older datasets.
            for key in ["output", "error", "metrics", "scores", "context", "span_attributes"] {
                if row.get(key).is_none_or(|value| ["null", "{}"].contains(&value.get().trim())) {
                    row.shift_remove(key);
                }
            }
        }
        Ok(WireRow(row))
    }
}
