//! Answers that are no numbers: they lie on top of `expected` and `metadata`, which keep their base.
//!
//! The stored content of a row is what everybody reads: the base with the answers that count on it. Before a batch
//! changes a row the answers are lifted off, so that the API writes to the base; afterwards they are laid on again.

use crate::Result;
use crate::ground::body::{self, Object, Raw};
use crate::ground::database::{all, list, run, values};
use crate::ground::places::{self, Home};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::value::RawValue;
use shared::answers::AnswerValue;
use shared::expected;
use shared::questions::{Definition, MetadataPath, QuestionKind};
use std::collections::HashMap;

/// A field of a row that answers lie on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    Expected,
    Metadata,
}

impl Field {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Expected, Self::Metadata];

    /// The key in the row.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::Metadata => "metadata",
        }
    }

    /// Where answers of a kind lie; none for scores.
    pub(crate) fn of(kind: &QuestionKind) -> Option<Self> {
        match kind {
            QuestionKind::Continuous | QuestionKind::Categorical { .. } => None,
            QuestionKind::Expected { .. } => Some(Self::Expected),
            QuestionKind::Text { .. } => Some(Self::Metadata),
        }
    }
}

/// The bases of one span's fields. A base may be nothing.
pub(crate) type Bases = Vec<(Field, Option<Raw>)>;

/// The bases of some spans.
pub(crate) async fn bases(connection: &impl ConnectionTrait, spans: &[i64]) -> Result<HashMap<i64, Bases>> {
    #[derive(FromQueryResult)]
    struct Row {
        span: i64,
        field: String,
        value: Option<String>,
    }
    let text = format!("SELECT span, field, value FROM span_bases WHERE project = ? AND span IN ({})", list(spans.len()));
    let mut bases: HashMap<i64, Bases> = HashMap::new();
    for row in all::<Row>(connection, &text, places::bound(spans)).await? {
        let Some(field) = Field::ALL.into_iter().find(|field| field.key() == row.field) else { continue };
        let value = row.value.map(RawValue::from_string).transpose()?;
        bases.entry(row.span).or_default().push((field, value));
    }
    Ok(bases)
}

/// Lifts the answers off a row's content: what stands there is the base again. A base of nothing is null, so that the
/// key keeps its place.
pub(crate) fn lift(content: &mut Object, bases: &Bases) {
    for (field, base) in bases {
        let base = base.clone().unwrap_or_else(|| RawValue::NULL.to_owned());
        content.insert(field.key().to_owned(), base);
    }
}

/// What counts on a span beside its scores.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    expected: Vec<(String, AnswerValue)>,
    texts: Vec<(MetadataPath, AnswerValue)>,
}

impl Judgement {
    /// Reads what counts on a span: of each question that is wanted by its id, the gold value or what its answers come to.
    pub(crate) async fn of_span(connection: &impl ConnectionTrait, span: i64, wanted: impl Fn(&str) -> bool) -> Result<Self> {
        #[derive(FromQueryResult)]
        struct Asked {
            id: String,
            name: String,
            definition: String,
        }
        #[derive(FromQueryResult)]
        struct Said {
            question_id: String,
            value: String,
            updated: i64,
            definition: String,
        }
        let project = places::project_of(span);
        let asked = all::<Asked>(
            connection,
            "SELECT q.id, q.name, v.definition FROM questions q JOIN question_versions v ON v.question_id = q.id AND v.version = q.version \
             WHERE q.id IN (SELECT question_id FROM answers WHERE project = ? AND span = ? UNION SELECT question_id FROM golds WHERE project = ? AND span = ?) \
             ORDER BY q.position, q.created",
            values![project, span, project, span],
        )
        .await?;
        // A text stays at the place that the question had when it was given.
        let said = |table: &str, condition: &str| {
            format!(
                "SELECT s.question_id, s.value, s.updated, v.definition FROM {table} s \
                 JOIN question_versions v ON v.question_id = s.question_id AND v.version = s.version WHERE s.project = ? AND s.span = ? {condition}"
            )
        };
        let text = said("answers", "AND s.active = ? ORDER BY s.created, s.id");
        let answers = all::<Said>(connection, &text, values![project, span, true]).await?;
        let golds = all::<Said>(connection, &said("golds", "AND s.active = ?"), values![project, span, true]).await?;
        let mut judgement = Self::default();
        let mut texts = Vec::new();
        for question in asked.into_iter().filter(|question| wanted(&question.id)) {
            let kind = serde_json::from_str::<Definition>(&question.definition)?.kind;
            if kind.is_score() {
                continue;
            }
            let mut own: Vec<_> = answers.iter().filter(|said| said.question_id == question.id).collect();
            let gold = golds.iter().find(|gold| gold.question_id == question.id);
            if let QuestionKind::Text { .. } = kind {
                own.sort_by_key(|said| said.updated);
                if let Some(text) = expected::latest(gold, &own)
                    && let QuestionKind::Text { path } = serde_json::from_str::<Definition>(&text.definition)?.kind
                {
                    texts.push((text.updated, question.name, path, serde_json::from_str(&text.value)?));
                }
                continue;
            }
            let said = own.into_iter().map(|said| serde_json::from_str(&said.value));
            let said: Vec<AnswerValue> = said.collect::<std::result::Result<_, _>>()?;
            let said: Vec<_> = said.iter().collect();
            let gold = gold.map(|gold| serde_json::from_str::<AnswerValue>(&gold.value)).transpose()?;
            judgement.expected.extend(expected::most_frequent(gold.as_ref(), &said).map(|value| (question.name, value.clone())));
        }
        // Texts of different questions meet at one place when a question left it or was archived. What was said last lies on top,
        // whatever the order of the form has become.
        texts.sort_by(|(one, first, ..), (other, second, ..)| (one, first).cmp(&(other, second)));
        judgement.texts = texts.into_iter().map(|(_, _, path, text)| (path, text)).collect();
        Ok(judgement)
    }

    fn lies_on(&self, field: Field) -> bool {
        match field {
            Field::Expected => !self.expected.is_empty(),
            Field::Metadata => !self.texts.is_empty(),
        }
    }

    /// A field with the answers on it.
    pub(crate) fn project(&self, field: Field, base: Option<&RawValue>) -> Result<Option<Raw>> {
        Ok(match field {
            Field::Expected => {
                let answers: Vec<_> = self.expected.iter().map(|(name, value)| (name.as_str(), value)).collect();
                expected::project(base, &answers)?
            }
            Field::Metadata => {
                let texts: Vec<_> = self.texts.iter().map(|(path, text)| (path, text)).collect();
                expected::write_texts(base, &texts)?
            }
        })
    }

    /// Lays the answers on a row's content and remembers the bases under them. `lifted` are the bases from before.
    pub(crate) async fn lay_on(
        &self,
        connection: &impl ConnectionTrait,
        home: &Home,
        span: i64,
        content: &mut Object,
        lifted: &Bases,
    ) -> Result<()> {
        for field in Field::ALL {
            let key = field.key();
            let had_base = lifted.iter().any(|(known, _)| *known == field);
            let base = content.get(key).filter(|value| !body::is_null(value)).cloned();
            if self.lies_on(field) {
                let text = "INSERT INTO span_bases (span, field, project, value) VALUES (?, ?, ?, ?) \
                            ON CONFLICT (project, span, field) DO UPDATE SET value = excluded.value";
                let value = base.as_ref().map(|base| base.get().to_owned());
                run(connection, text, values![span, key, home.short(), value]).await?;
                if let Some(projected) = self.project(field, base.as_deref())? {
                    content.insert(key.to_owned(), projected);
                }
            } else if had_base {
                run(connection, "DELETE FROM span_bases WHERE project = ? AND span = ? AND field = ?", values![home.short(), span, key])
                    .await?;
                if base.is_none() {
                    content.shift_remove(key);
                }
            }
        }
        Ok(())
    }
}
