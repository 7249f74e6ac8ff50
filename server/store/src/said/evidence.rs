//! How answers were given: as it is stored and told, and whether the words that are their evidence still stand in the row.

use crate::Result;
use crate::content::judgement::Content;
use crate::ground::body::{self, Object};
use crate::ground::database::{one, values};
use crate::ground::keys::{SpanKey, project_of};
use crate::looking::sight::Seen;
use crate::looking::work::aside;
use crate::render;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::value::RawValue;
use shared::answers::{Answer, Circumstances, Evidence};
use shared::filter::Step;
use std::borrow::Cow;
use std::collections::HashMap;

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

/// Bytes that are read to look for words, of all evidence together. What would take more is not said to have changed.
const LOOKED_THROUGH: usize = 4 << 20;

/// Says of all evidence whether its words still stand in the row, as far as the row may be seen.
pub(crate) async fn weigh(connection: &impl ConnectionTrait, seen: &Seen<'_>, span: SpanKey, answers: &mut [Answer]) -> Result<()> {
    if answers.iter().all(|answer| answer.circumstances.evidence.is_none()) {
        return Ok(());
    }
    let content = seen.content(span, Content::of_span(connection, span).await?)?;
    let mut all: Vec<Option<Vec<Evidence>>> = answers.iter_mut().map(|answer| answer.circumstances.evidence.take()).collect();
    let weighed = aside(move || {
        let mut place = Places { content: &content, texts: HashMap::new(), left: LOOKED_THROUGH };
        for evidence in all.iter_mut().flatten().flatten() {
            evidence.changed = place.stands(evidence) == Some(false);
        }
        all
    });
    for (answer, evidence) in answers.iter_mut().zip(weighed.await?) {
        answer.circumstances.evidence = evidence;
    }
    Ok(())
}

/// The places of a row that evidence points at, each read once.
struct Places<'a> {
    content: &'a Object,
    /// What is read at each path: as the page draws it, and its texts alone. None where nothing stands.
    texts: HashMap<String, Option<[String; 2]>>,
    /// Bytes that may still be read.
    left: usize,
}

impl Places<'_> {
    /// Whether the words of evidence stand at its place; none where it would take too long to tell.
    fn stands(&mut self, evidence: &Evidence) -> Option<bool> {
        if !self.texts.contains_key(&evidence.path) {
            let texts = self.read(evidence)?;
            self.texts.insert(evidence.path.clone(), texts);
        }
        let Some(Some(texts)) = self.texts.get(&evidence.path) else { return Some(false) };
        for text in texts {
            self.left = self.left.checked_sub(text.len())?;
            if evidence.stands_in(text) {
                return Some(true);
            }
        }
        Some(false)
    }

    fn read(&mut self, evidence: &Evidence) -> Option<Option<[String; 2]>> {
        let Some((field, steps)) = evidence.steps() else { return Some(None) };
        let Some(value) = self.content.get(field.key()) else { return Some(None) };
        let mut value = Cow::Borrowed(value.get());
        for step in &steps {
            self.left = self.left.checked_sub(value.len())?;
            match below(&value, step) {
                Some(found) => value = Cow::Owned(found),
                None => return Some(None),
            }
        }
        self.left = self.left.checked_sub(value.len())?;
        Some(Some([render::plain_text(&value), render::texts_in(&value)]))
    }
}

/// What lies under a step.
fn below(value: &str, step: &Step) -> Option<String> {
    let found = match step {
        Step::Key(key) => body::object(value)?.shift_remove(key)?,
        Step::Index(number) => body::list(value)?.into_iter().nth(usize::try_from(*number).ok()?)?,
    };
    Some(found.get().to_owned())
}
