//! Blind review: what somebody may see of what others say.
//!
//! In a project whose reviews are blind, the value of a question means nothing on a span to who has not answered it there:
//! neither what others said, nor what it came to, nor what a scorer reported or end users said under the same name. Whatever leaves the store
//! about spans goes through [`Sight`], which every reader of spans asks for; who may see through blindness sees all.
//!
//! Reviewers, viewers and keys narrowed to what these may do are blind; an engineer's key sees through with the scope `write`. Masking
//! comes before everything that reads: the evaluator sees masked spans, SQL does not narrow by what may be hidden, a trace's mean and a
//! summary are made of the spans where the person has answered, and live events say only *which* spans changed (`LiveChange::Veiled`).
//!
//! Comments of other members on a span are hidden until the person has answered all required questions that they are asked there; if
//! none is required, all that they are asked; if they are asked none, all that anybody is asked. How many comments there are, and those
//! of end users, are no secret. A question with a condition is not waited for, because it is not known beforehand which spans it is
//! asked about, unless every question has one. An archived question stays hidden from who has not answered it. A base that somebody
//! wrote who saw what lay there is hidden like the answers, because it may repeat them; one that was written blindly, or by the API, is
//! not. Clearing one's answer hides the others' again.
//!
//! The spans of scorers are hidden like the scores that they report: see [`super::veil`].
//!
//! What is known although others did it:
//! - That somebody did something: live events name the spans, `_xact_id` moves, and numbers of transactions, events and entries leave gaps.
//!   A page could not stay right, and a fetch could not be of one version, without.
//! - How many comments there are, and that one was mentioned: both are invitations to look.
//! - Tags: they are queues that everybody puts rows into.
//! - That `expected` or a text was edited, without what it was and became; that one's own answer is put aside by that; and that an edit is
//!   refused until one has answered. Otherwise it would be lost. An edit that is withheld also says that others had spoken of `expected`
//!   before: one that can repeat nobody is shown, because most rows are only ever edited.
//! - That a scorer made a span: its ids, name, kind, time and place in the tree, its tags, and that it counts as a span. Who reads a trace
//!   finds their way by it, and which questions scorers answer is configured, not said.
//! - Where a page of rows ends because its bytes are enough, and an event that is too large to send.
//!
//! What somebody else wrote and may not be seen is not there, whatever is asked of it: an entry, a comment and what was changed by it are
//! refused in the words for what nobody ever wrote.
//!
//! `tests/blindness/ways.rs` lists every method of a desk and fails for one that is not decided; the server's tests do the same for
//! routes and server functions.

mod passing;

use crate::content::judgement::{Content, Field};
use crate::content::scores::{self, StoredScore, trace_scores};
use crate::content::traces::{self, ListedTrace};
use crate::ground::body::{Object, Raw};
use crate::ground::database::{all, list, values};
use crate::ground::keys::{ObjectKey, SpanKey, TraceKey, bound, project_of};
use crate::ground::places::Home;
use crate::looking::veil;
use crate::people::names::folded;
use crate::projects::settings;
use crate::{Actor, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::PersonId;
use shared::answers::{Answer, Gold};
use shared::audit::{Activity, Deed, Source, Subject};
use shared::comments::Comment;
use shared::permissions::Action;
use shared::questions::Definition;
use shared::summary::{Nano, Rollup};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Spans or traces in one query.
const CHUNK: usize = 400;

/// What somebody may see in an object.
pub(crate) enum Sight {
    /// Everything.
    All,
    /// Of each question only where they have answered it.
    Blind(Blind),
}

/// Somebody who sees of each question only what they have answered.
pub(crate) struct Blind {
    person: PersonId,
    /// The key of the object.
    object: ObjectKey,
    questions: Vec<Hidden>,
    /// Whether scorers of these questions have spans of their own in the object.
    has_scorers: bool,
}

/// A question whose value is hidden.
struct Hidden {
    id: String,
    name: String,
    /// Its name as people see it: a score whose name only looks the same is hidden, too.
    folded: String,
    field: Option<Field>,
    /// Whether comments are shown only after it is answered.
    before_comments: bool,
}

/// What somebody may see of some spans.
pub(crate) struct Seen<'a> {
    blind: Option<&'a Blind>,
    /// Spans with the ids of questions that are answered there.
    answered: HashSet<(SpanKey, String)>,
    /// Spans of scorers that are hidden.
    veiled: HashSet<SpanKey>,
}

impl Sight {
    /// What an actor may see in an object.
    pub(crate) async fn of(connection: &impl ConnectionTrait, actor: &Actor, home: &Home) -> Result<Self> {
        #[derive(FromQueryResult)]
        struct Row {
            id: String,
            name: String,
            archived: bool,
            definition: String,
        }
        if !settings::blinds(connection, actor, &home.project).await? {
            return Ok(Self::All);
        }
        let text = "SELECT q.id, q.name, q.archived, v.definition FROM questions q \
                    JOIN question_versions v ON v.question_id = q.id AND v.version = q.version WHERE q.project_id = ?";
        let mut questions = Vec::new();
        // Which questions are asked here: of the person and required, of the person, of anybody.
        let mut asked: [Vec<usize>; 3] = Default::default();
        for row in all::<Row>(connection, text, values![home.project.as_str()]).await? {
            let definition: Definition = serde_json::from_str(&row.definition)?;
            if !row.archived && definition.fits(home.kind) {
                // Where a question has a condition it is not known here which spans it is asked about, so comments do not wait for it.
                let of_person = actor.may(Action::Review) && definition.audience.includes(&actor.person) && definition.condition.is_empty();
                for (asked, is) in asked.iter_mut().zip([of_person && definition.required, of_person, true]) {
                    if is {
                        asked.push(questions.len());
                    }
                }
            }
            let (folded, field) = (folded(&row.name), Field::of(&definition.kind));
            questions.push(Hidden { id: row.id, name: row.name, folded, field, before_comments: false });
        }
        for place in asked.into_iter().find(|asked| !asked.is_empty()).unwrap_or_default() {
            if let Some(question) = questions.get_mut(place) {
                question.before_comments = true;
            }
        }
        let mut blind = Blind { person: actor.person.id.clone(), object: home.key, questions, has_scorers: false };
        blind.has_scorers = veil::is_in(connection, home, |name| blind.question(name)).await?;
        Ok(Self::Blind(blind))
    }

    fn blind(&self) -> Option<&Blind> {
        match self {
            Self::All => None,
            Self::Blind(blind) => Some(blind),
        }
    }

    /// Whether something may be hidden, so that what is stored must not decide alone what matches.
    pub(crate) fn is_blind(&self) -> bool {
        self.blind().is_some()
    }

    /// Whether scores and errors may be hidden on spans of scorers, whatever their names.
    pub(crate) fn veils_spans(&self) -> bool {
        self.blind().is_some_and(|blind| blind.has_scorers)
    }

    /// Whether the score of that name is hidden on some span.
    pub(crate) fn hides_score(&self, name: &str) -> bool {
        let hides = |blind: &Blind| {
            let name = folded(name);
            blind.questions.iter().any(|question| question.folded == name)
        };
        self.blind().is_some_and(hides)
    }

    /// Whether the mean of that score is the same for them as it is stored, in the row of every trace.
    pub(crate) fn sees_score(&self, name: &str) -> bool {
        !self.veils_spans() && !self.hides_score(name)
    }

    /// What may be seen of some spans.
    pub(crate) async fn of_spans(&self, connection: &impl ConnectionTrait, spans: &[SpanKey]) -> Result<Seen<'_>> {
        let mut seen = Seen::new(self.blind());
        let Some(blind) = seen.blind else { return Ok(seen) };
        for spans in spans.chunks(CHUNK) {
            let places = list(spans.len());
            seen.add(connection, blind, &format!("project = ? AND span IN ({places})"), bound(spans)).await?;
            let traces = format!(" AND s.trace IN (SELECT x.trace FROM spans x WHERE x.project = ? AND x.key IN ({places}))");
            seen.veil(connection, blind, &traces, bound(spans)).await?;
        }
        Ok(seen)
    }

    /// What may be seen of the spans of some traces.
    pub(crate) async fn of_traces(&self, connection: &impl ConnectionTrait, traces: &[TraceKey]) -> Result<Seen<'_>> {
        let mut seen = Seen::new(self.blind());
        let Some(blind) = seen.blind else { return Ok(seen) };
        for traces in traces.chunks(CHUNK) {
            let places = list(traces.len());
            let answers = format!("project = ? AND span IN (SELECT x.key FROM spans x WHERE x.project = ? AND x.trace IN ({places}))");
            let project = traces.first().map(|trace| project_of(*trace));
            seen.add(connection, blind, &answers, values![project].into_iter().chain(bound(traces)).collect()).await?;
            let these = traces.iter().copied().map(Value::from).collect();
            seen.veil(connection, blind, &format!(" AND s.trace IN ({places})"), these).await?;
        }
        Ok(seen)
    }

    /// What may be seen of the spans of an object.
    pub(crate) async fn of_object(&self, connection: &impl ConnectionTrait, object: ObjectKey) -> Result<Seen<'_>> {
        let mut seen = Seen::new(self.blind());
        if let Some(blind) = seen.blind {
            seen.add(connection, blind, "project = ? AND object = ?", bound(&[object])).await?;
            seen.veil(connection, blind, "", Vec::new()).await?;
        }
        Ok(seen)
    }

    /// Leaves in rows of traces what may be seen: the means of scores over the spans where they may, and what the spans that are not hidden
    /// come to.
    pub(crate) async fn traces<'row>(
        &self,
        connection: &impl ConnectionTrait,
        rows: impl Iterator<Item = &'row mut ListedTrace>,
    ) -> Result<()> {
        let hides = |listed: &&mut ListedTrace| self.veils_spans() || listed.row.scores.keys().any(|name| self.hides_score(name));
        let mut hiding: Vec<_> = rows.filter(hides).collect();
        for rows in hiding.chunks_mut(CHUNK) {
            let keys: Vec<TraceKey> = rows.iter().map(|listed| listed.key()).collect();
            let seen = self.of_traces(connection, &keys).await?;
            let mut scores = scores::of_traces(connection, &keys).await?;
            seen.scores(&mut scores);
            let (mut visible, mut shown) = (trace_scores(scores), seen.shown(connection, &keys).await?);
            for listed in rows {
                if let Some(shown) = shown.remove(&listed.key()) {
                    **listed = shown;
                }
                listed.row.scores = visible.remove(&listed.key()).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// Leaves in the scores of a whole object what may be seen: of hidden ones, the values on spans where the question is answered.
    pub(crate) async fn rollups(
        &self,
        connection: &impl ConnectionTrait,
        object: ObjectKey,
        rollups: &mut BTreeMap<String, Rollup>,
    ) -> Result<()> {
        let Some(blind) = self.blind().filter(|blind| !blind.questions.is_empty()) else { return Ok(()) };
        self.forget_scores(rollups);
        let left = if blind.has_scorers {
            // What is left of each score is known only span by span.
            let seen = self.of_object(connection, object).await?;
            let mut values = scores::values_in(connection, object).await?;
            values.retain(|score| seen.score(score.span, &score.name));
            values
        } else {
            scores::values_answered(connection, object, &blind.person, blind.ids().collect()).await?
        };
        for score in left {
            rollups.entry(score.name).or_default().add(Nano(score.value), 1);
        }
        Ok(())
    }

    /// Takes out the scores that are hidden on some span.
    pub(crate) fn forget_scores(&self, rollups: &mut BTreeMap<String, Rollup>) {
        rollups.retain(|name, _| !self.veils_spans() && !self.hides_score(name));
    }
}

impl Blind {
    /// The ids of all questions.
    fn ids(&self) -> impl Iterator<Item = Value> {
        self.questions.iter().map(|question| Value::from(question.id.as_str()))
    }

    /// The id of the question with a name that looks like this.
    fn question(&self, name: &str) -> Option<String> {
        let name = folded(name);
        self.questions.iter().find(|question| question.folded == name).map(|question| question.id.clone())
    }
}

impl<'a> Seen<'a> {
    fn new(blind: Option<&'a Blind>) -> Self {
        Self { blind, answered: HashSet::new(), veiled: HashSet::new() }
    }

    /// Finds the spans of scorers that are hidden, in traces for which a condition on `s` holds.
    async fn veil(&mut self, connection: &impl ConnectionTrait, blind: &Blind, condition: &str, more: Vec<Value>) -> Result<()> {
        if !blind.has_scorers {
            return Ok(());
        }
        let needs = veil::of(connection, blind.object, condition, more, |name| blind.question(name)).await?;
        let places: BTreeSet<SpanKey> = needs.values().map(|need| need.place).collect();
        let places: Vec<SpanKey> = places.into_iter().collect();
        for places in places.chunks(CHUNK) {
            self.add(connection, blind, &format!("project = ? AND span IN ({})", list(places.len())), bound(places)).await?;
        }
        let answered = |place: SpanKey, question: &String| self.answered.contains(&(place, question.clone()));
        let hidden = needs.iter().filter(|(_, need)| !need.questions.iter().all(|question| answered(need.place, question)));
        let hidden: Vec<SpanKey> = hidden.map(|(span, _)| *span).collect();
        self.veiled.extend(hidden);
        Ok(())
    }

    /// Whether a span is hidden that a scorer made.
    pub(crate) fn hides(&self, span: SpanKey) -> bool {
        self.veiled.contains(&span)
    }

    /// Hides what a span says that is gone, where it is not known any more what it hung on: all but tops of traces that no scorer made.
    pub(crate) fn hide_gone(&mut self, span: SpanKey, is_top: bool, kind: &str) {
        if self.blind.is_some() && (!is_top || kind == veil::SCORER) {
            self.veiled.insert(span);
        }
    }

    /// The rows of those of some traces in which spans are hidden, made of the others.
    pub(crate) async fn shown(&self, connection: &impl ConnectionTrait, traces: &[TraceKey]) -> Result<HashMap<TraceKey, ListedTrace>> {
        if self.veiled.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = traces::compute(connection, traces, |span| self.hides(span)).await?;
        Ok(rows.into_iter().map(|listed| (listed.key(), listed)).collect())
    }

    async fn add(&mut self, connection: &impl ConnectionTrait, blind: &Blind, condition: &str, bound: Vec<Value>) -> Result<()> {
        #[derive(FromQueryResult)]
        struct Row {
            span: SpanKey,
            question_id: String,
        }
        if blind.questions.is_empty() {
            return Ok(());
        }
        let places = list(blind.questions.len());
        let text = format!("SELECT span, question_id FROM answers WHERE person_id = ? AND question_id IN ({places}) AND {condition}");
        let rows =
            all::<Row>(connection, &text, values![blind.person.as_str()].into_iter().chain(blind.ids()).chain(bound).collect()).await?;
        self.answered.extend(rows.into_iter().map(|row| (row.span, row.question_id)));
        Ok(())
    }

    /// Whether every question of these is answered on a span.
    fn open(&self, span: SpanKey, questions: impl Fn(&Hidden) -> bool) -> bool {
        let hidden = self.blind.map_or(&[][..], |blind| &blind.questions);
        hidden.iter().filter(|question| questions(question)).all(|question| self.answered.contains(&(span, question.id.clone())))
    }

    /// Whether the score of that name may be seen.
    pub(crate) fn score(&self, span: SpanKey, name: &str) -> bool {
        let Some(_) = self.blind else { return true };
        if self.hides(span) {
            return false;
        }
        let name = folded(name);
        self.open(span, |question| question.folded == name)
    }

    /// Whether everything may be seen that lies or lay on a field by answers.
    pub(crate) fn field(&self, span: SpanKey, field: Field) -> bool {
        self.open(span, |question| question.field == Some(field))
    }

    /// Leaves the scores that may be seen.
    pub(crate) fn scores(&self, scores: &mut Vec<StoredScore>) {
        scores.retain(|score| self.score(score.span, &score.name));
    }

    /// Whether an answer to a question may be seen; one's own always are.
    pub(crate) fn answer(&self, span: SpanKey, question: &str) -> bool {
        self.open(span, |asked| asked.id == question)
    }

    /// Leaves the answers that may be seen; one's own are among them.
    pub(crate) fn answers(&self, span: SpanKey, answers: &mut Vec<Answer>) {
        answers.retain(|answer| self.answer(span, answer.question.as_str()));
    }

    /// Leaves the gold values that may be seen.
    pub(crate) fn golds(&self, span: SpanKey, golds: &mut Vec<Gold>) {
        golds.retain(|gold| self.answer(span, gold.question.as_str()));
    }

    /// Whether a comment may be seen: one's own and those of end users, and once one has answered what is asked, all.
    pub(crate) fn comment(&self, span: SpanKey, author: Option<&PersonId>, external: Option<&str>) -> bool {
        let own = |blind: &Blind| author.map_or(external.is_some(), |author| *author == blind.person);
        self.blind.is_none_or(own) || self.open(span, |question| question.before_comments)
    }

    /// Leaves the comments that may be seen.
    pub(crate) fn comments(&self, span: SpanKey, comments: &mut Vec<Comment>) {
        comments.retain(|comment| self.comment(span, comment.author.as_ref().map(|author| &author.id), comment.external.as_deref()));
    }

    /// Leaves the entries of the activity that may be seen, without the values of fields that others' answers may lie on.
    pub(crate) fn activity(&self, span: SpanKey, activity: &mut Vec<Activity>) {
        activity.retain_mut(|entry| {
            let own = self.blind.is_none_or(|blind| entry.actor.as_ref().is_some_and(|actor| actor.id == blind.person));
            let visible = self.entry(span, own, entry.source, &entry.action, &entry.path);
            if visible == Visible::Withheld {
                // The last two are made of the values.
                (entry.from, entry.to, entry.cut, entry.reason, entry.hash) = (None, None, false, None, None);
            }
            visible != Visible::No
        });
    }

    /// How much of an entry of the activity may be seen.
    pub(crate) fn entry(&self, span: SpanKey, own: bool, source: Source, deed: &Deed, subject: &Subject) -> Visible {
        let says_oneself = match deed {
            Deed::Answer | Deed::Clear => own,
            Deed::Gold
            | Deed::ClearGold
            | Deed::SetAside
            | Deed::CountAgain
            | Deed::Edit
            | Deed::Comment
            | Deed::EditComment
            | Deed::DeleteComment
            | Deed::RestoreComment
            | Deed::Flag
            | Deed::Unflag
            | Deed::Assign
            | Deed::Complete
            | Deed::Prefer
            | Deed::Skip
            | Deed::Close
            | Deed::Reopen
            | Deed::SetStatus
            | Deed::Erase => false,
            // Who merges may have replaced what a scorer reported, and an end user's score may be what was asked.
            Deed::Merge | Deed::Feedback | Deed::Delete | Deed::Restore => false,
            Deed::Other(_) if self.blind.is_some() => return Visible::No,
            Deed::Other(_) => false,
        };
        let field = |field| if !self.hides(span) && self.field(span, field) { Visible::Whole } else { Visible::Withheld };
        let open = match subject {
            Subject::Score(name) | Subject::Answer(name) => says_oneself || self.score(span, name),
            Subject::Comment(_) => own || source == Source::External || self.open(span, |question| question.before_comments),
            Subject::Expected => return field(Field::Expected),
            // Of what is hidden not even the keys are known.
            Subject::Metadata(_) if self.hides(span) => false,
            Subject::Metadata(_) => return field(Field::Metadata),
            // Who reviews what, and who is done, is no secret; what is better of a pair stays theirs, why they left a row as a comment.
            Subject::Review(_) if matches!(deed, Deed::Prefer | Deed::Skip) && !own => {
                let open = self.blind.is_none() || *deed == Deed::Skip && self.open(span, |question| question.before_comments);
                return if open { Visible::Whole } else { Visible::Withheld };
            }
            Subject::Tags | Subject::Review(_) | Subject::Row => true,
            // Of spans these are never told.
            Subject::Name | Subject::Description | Subject::Base | Subject::Other(_) => self.blind.is_none(),
        };
        if open { Visible::Whole } else { Visible::No }
    }

    /// The content of a row as far as it may be seen: its base with what lies there of the questions that may be seen. A base that was
    /// written by a person who saw what others had said may repeat it, and is left out until all of that may be seen.
    pub(crate) fn content(&self, span: SpanKey, content: Content) -> Result<Object> {
        let content = if self.hides(span) { content.bare() } else { content };
        let base = self.base(span, &content, Field::Expected);
        content.fold(|question| self.answer(span, question), base)
    }

    /// One field of it.
    pub(crate) fn content_of(&self, span: SpanKey, content: &Content, field: Field) -> Result<Option<Raw>> {
        content.field(field, |question| self.answer(span, question), self.base(span, content, field))
    }

    /// Whether something lies on a field that people said and that may be seen.
    pub(crate) fn sees_said(&self, span: SpanKey, content: &Content, field: Field) -> bool {
        content.is_covered(field, |question| self.answer(span, question))
    }

    /// Whether something lies on a field that may not be seen: what others said, or a base that may repeat it. What it is plays no part, so
    /// that a refusal tells nothing of it.
    pub(crate) fn withholds(&self, span: SpanKey, content: &Content, field: Field) -> bool {
        !self.base(span, content, field) || content.is_covered(field, |question| !self.answer(span, question))
    }

    /// Whether the base of a field may be seen.
    fn base(&self, span: SpanKey, content: &Content, field: Field) -> bool {
        let repeats = field == Field::Expected && content.is_informed() && !self.field(span, field);
        !repeats && !self.hides(span)
    }

    /// Reads the content of a row as far as it may be seen.
    pub(crate) async fn read_content(&self, connection: &impl ConnectionTrait, span: SpanKey) -> Result<Object> {
        self.content(span, Content::of_span(connection, span).await?)
    }
}

/// How much of an entry of the activity may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visible {
    /// All of it.
    Whole,
    /// That something was changed, and not from what to what.
    Withheld,
    /// Nothing.
    No,
}
