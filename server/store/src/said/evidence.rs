//! How answers were given: as it is stored and told, and whether the words that are their evidence still stand in the row.

use crate::Result;
use crate::content::judgement::Content;
use crate::ground::body::{self, Object};
use crate::ground::database::{one, values};
use crate::ground::keys::{SpanKey, project_of};
use crate::looking::sight::Seen;
use crate::render;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::value::RawValue;
use shared::answers::{Answer, Circumstances, Evidence};
use shared::filter::Step;
use std::borrow::Cow;

/// How an answer was given, as it is stored.
#[derive(FromQueryResult)]
pub(crate) struct HowGiven {
    seconds: Option<i32>,
    /// As JSON.
    visible: Option<String>,
    sureness: Option<f64>,
    /// As JSON.
    evidence: Option<String>,
}

impl HowGiven {
    /// What it says.
    pub(crate) fn read(&self) -> Result<Circumstances> {
        Ok(Circumstances {
            seconds: self.seconds.and_then(|seconds| u32::try_from(seconds).ok()),
            visible: self.visible.as_deref().map(serde_json::from_str).transpose()?,
            sureness: self.sureness,
            evidence: self.evidence.as_deref().map(serde_json::from_str).transpose()?,
        })
    }

    /// As it is to be stored.
    pub(crate) fn of(circumstances: &Circumstances) -> Result<Self> {
        Ok(Self {
            // What was checked is no larger.
            seconds: circumstances.seconds.and_then(|seconds| i32::try_from(seconds).ok()),
            visible: circumstances.visible.as_ref().map(serde_json::to_string).transpose()?,
            sureness: circumstances.sureness,
            evidence: circumstances.evidence.as_ref().map(serde_json::to_string).transpose()?,
        })
    }

    /// Its columns in this order: seconds, visible, sureness, evidence.
    pub(crate) fn into_values(self) -> [sea_orm::Value; 4] {
        [self.seconds.into(), self.visible.into(), self.sureness.into(), self.evidence.into()]
    }

    /// What the activity tells of it, as JSON: how sure somebody is, and the evidence. None where nobody said either.
    pub(crate) fn told(sureness: Option<f64>, evidence: Option<&str>) -> Result<Option<String>> {
        #[derive(serde::Serialize)]
        struct Told<'a> {
            sureness: Option<f64>,
            evidence: Option<&'a RawValue>,
        }
        if sureness.is_none() && evidence.is_none() {
            return Ok(None);
        }
        let evidence = evidence.map(serde_json::from_str).transpose()?;
        Ok(Some(serde_json::to_string(&Told { sureness, evidence })?))
    }
}

/// The same of how an answer is given.
pub(crate) fn told(circumstances: &Circumstances) -> Result<Option<String>> {
    let stored = HowGiven::of(circumstances)?;
    HowGiven::told(stored.sureness, stored.evidence.as_deref())
}

/// How the answer was given that a transaction ended; nothing where there was none.
pub(crate) async fn before(
    connection: &impl ConnectionTrait,
    span: SpanKey,
    (question, person): (&str, &str),
    transaction: i64,
) -> Result<Circumstances> {
    let text = "SELECT v.seconds, v.visible, v.sureness, v.evidence FROM said_versions v JOIN questions q ON q.id = v.question_id \
                WHERE v.project = ? AND v.span = ? AND q.name = ? AND v.person_id = ? AND v.gold = ? AND v.superseded = ?";
    let bound = values![project_of(span), span, question, person, false, transaction];
    one::<HowGiven>(connection, text, bound).await?.map_or_else(|| Ok(Circumstances::default()), |given| given.read())
}

/// Says of all evidence whether its words still stand in the row, as far as the row may be seen.
pub(crate) async fn weigh(connection: &impl ConnectionTrait, seen: &Seen<'_>, span: SpanKey, answers: &mut [Answer]) -> Result<()> {
    if answers.iter().all(|answer| answer.circumstances.evidence.is_none()) {
        return Ok(());
    }
    let content = seen.content(span, Content::of_span(connection, span).await?)?;
    for answer in answers {
        for evidence in answer.circumstances.evidence.iter_mut().flatten() {
            evidence.changed = !stands(evidence, &content);
        }
    }
    Ok(())
}

fn stands(evidence: &Evidence, content: &Object) -> bool {
    let Some((field, steps)) = evidence.steps() else { return false };
    let Some(value) = content.get(field.key()) else { return false };
    let value = steps.iter().try_fold(Cow::Borrowed(value.get()), |value, step| below(&value, step).map(Cow::Owned));
    value.is_some_and(|value| evidence.stands_in(&render::plain_text(&value)) || evidence.stands_in(&render::texts_in(&value)))
}

/// What lies under a step.
fn below(value: &str, step: &Step) -> Option<String> {
    let found = match step {
        Step::Key(key) => body::object(value)?.shift_remove(key)?,
        Step::Index(number) => body::list(value)?.into_iter().nth(usize::try_from(*number).ok()?)?,
    };
    Some(found.get().to_owned())
}
