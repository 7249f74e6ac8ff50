//! What a direct edit of `expected` puts aside: the answers and gold values that lay there, and the base under them. They are remembered,
//! so that taking the edit back brings all of it back.

use super::{Shown, write_base};
use crate::Result;
use crate::content::judgement::{Content, Field};
use crate::ground::database::{all, one, run, values};
use crate::ground::keys::{EntryId, SpanKey, project_of};
use crate::ground::upsert::Upsert;
use crate::said::golds;
use crate::said::versions::{self, Table};
use crate::writing::activity::NewActivity;
use crate::writing::turn::Turn;
use indexmap::IndexMap;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde_json::value::RawValue;
use shared::ProjectId;
use shared::audit::{Deed, Subject};
use shared::permissions::Action;
use shared::questions::{Definition, QuestionKind};

/// What only who may settle can do.
const SETTLED: &str = "edit expected where a gold value settles it";

/// A question whose answers lie on `expected`.
struct Asked {
    id: String,
    name: String,
}

impl Asked {
    /// An entry about it. `reason` is that of a gold value.
    fn tell(&self, turn: &Turn<'_>, deed: Deed, [from, to]: [Option<String>; 2], reason: Option<String>) -> NewActivity {
        NewActivity { reason, ..turn.entry(deed, Subject::Answer(self.name.clone()), from, to) }
    }
}

/// The questions whose answers lie on `expected`, and that somebody has answered or settled on a span.
async fn asked(connection: &impl ConnectionTrait, project: &ProjectId, span: SpanKey) -> Result<Vec<Asked>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
        name: String,
        definition: String,
    }
    let text = "SELECT q.id, q.name, v.definition FROM questions q JOIN question_versions v ON v.question_id = q.id AND v.version = q.version \
                WHERE q.project_id = ? AND q.id IN (SELECT question_id FROM answers WHERE project = ? AND span = ? UNION SELECT question_id FROM golds WHERE project = ? AND span = ?) \
                ORDER BY q.position, q.created";
    let mut questions = Vec::new();
    for row in all::<Row>(connection, text, values![project.as_str(), project_of(span), span, project_of(span), span]).await? {
        if matches!(serde_json::from_str::<Definition>(&row.definition)?.kind, QuestionKind::Expected { .. }) {
            questions.push(Asked { id: row.id, name: row.name });
        }
    }
    Ok(questions)
}

/// Whether anybody has said anything on a span to a question whose answers lie on `expected`.
pub(super) async fn is_spoken_of(connection: &impl ConnectionTrait, project: &ProjectId, span: SpanKey) -> Result<bool> {
    Ok(!asked(connection, project, span).await?.is_empty())
}

/// Makes answers or gold values count or not from now on. The condition is one on columns of the table.
async fn set_active(turn: &mut Turn<'_>, table: Table, active: bool, condition: &str, bound: Vec<Value>) -> Result<u64> {
    let Turn { change, home, .. } = turn;
    versions::keep(change, home, table, condition, bound.clone()).await?;
    let name = match table {
        Table::Answers => "answers",
        Table::Golds => "golds",
    };
    let transaction = change.transaction_id(&home.project).await?;
    let text = format!("UPDATE {name} SET active = ?, transaction_id = ? WHERE project = ? AND {condition}");
    run(&change.transaction, &text, values![active, transaction, home.short()].into_iter().chain(bound).collect()).await
}

#[derive(FromQueryResult)]
struct Settled {
    value: String,
    reason: String,
}

async fn gold(connection: &impl ConnectionTrait, span: SpanKey, question: &Asked, counts: bool) -> Result<Option<Settled>> {
    let text = "SELECT value, reason FROM golds WHERE project = ? AND span = ? AND question_id = ? AND active = ?";
    one::<Settled>(connection, text, values![project_of(span), span, question.id.as_str(), counts]).await
}

/// Answers and gold values that lie on `expected` are remembered, and no longer count. The entries tell which.
///
/// # Errors
/// [`shared::Problem::Forbidden`] if a gold value lies there and the actor may not settle.
pub(super) async fn put(turn: &mut Turn<'_>) -> Result<Vec<NewActivity>> {
    #[derive(FromQueryResult)]
    struct Said {
        person_id: String,
        value: String,
    }
    let span = turn.span.key;
    let mut entries = Vec::new();
    for question in asked(&turn.change.transaction, &turn.home.project, span).await? {
        let id = question.id.as_str();
        let text = "SELECT person_id, value FROM answers WHERE project = ? AND span = ? AND question_id = ? AND active = ? ORDER BY first_transaction";
        let said = all::<Said>(&turn.change.transaction, text, values![project_of(span), span, id, true]).await?;
        if !said.is_empty() {
            let said = said.into_iter().map(|said| Ok((said.person_id, RawValue::from_string(said.value)?)));
            let said = serde_json::to_string(&said.collect::<Result<IndexMap<_, _>>>()?)?;
            entries.push(question.tell(turn, Deed::SetAside, [Some(said), None], None));
            let counting = values![span, id, true];
            set_active(turn, Table::Answers, false, "span = ? AND question_id = ? AND active = ?", counting).await?;
        }
        if let Some(gold) = gold(&turn.change.transaction, span, &question, true).await? {
            turn.actor.require(Action::Settle, SETTLED)?;
            entries.push(question.tell(turn, Deed::ClearGold, [Some(gold.value), None], None));
            set_active(turn, Table::Golds, false, "span = ? AND question_id = ?", values![span, id]).await?;
        }
    }
    if !entries.is_empty() {
        versions::mark(turn.change, &turn.home, span).await?;
    }
    Ok(entries)
}

/// Remembers what an edit put aside.
///
/// `entry` and `last` are the entries that tell it, `base` what lay under it, and `informed` says whether who wrote that saw what others had
/// said there. Where nothing was put aside there is nothing to remember.
pub(super) async fn remember(turn: &Turn<'_>, (entry, last): (EntryId, EntryId), base: Option<&str>, informed: bool) -> Result<()> {
    if last == entry {
        return Ok(());
    }
    let Turn { change, home, span, .. } = turn;
    Upsert::into("set_aside")
        .set("project", home.short())
        .set("object", home.key)
        .set("span", span.key)
        .set("entry", entry)
        .set("last", last)
        .set("base", base)
        .set("informed", informed)
        .insert(&change.transaction)
        .await
}

/// What an edit put aside.
#[derive(FromQueryResult)]
pub(crate) struct SetAside {
    entry: EntryId,
    last: EntryId,
    base: Option<String>,
    informed: bool,
}

/// What the edit with this entry put aside; none if it did not put anything aside, or was taken back.
pub(crate) async fn of_edit(connection: &impl ConnectionTrait, entry: EntryId) -> Result<Option<SetAside>> {
    one::<SetAside>(
        connection,
        "SELECT entry, last, base, informed FROM set_aside WHERE project = ? AND entry = ?",
        values![project_of(entry), entry],
    )
    .await
}

impl SetAside {
    /// Brings it back: its base, and on it the answers and gold values that nobody has changed since.
    ///
    /// # Errors
    /// [`shared::Problem::Conflict`] if by now something else stands there than `to`, [`shared::Problem::NotYours`] where more stands than the actor may
    /// see, [`shared::Problem::Forbidden`] if a gold value was put aside and the actor may not settle.
    pub(crate) async fn bring_back(self, turn: &mut Turn<'_>, to: Option<&str>) -> Result<()> {
        let shown = Shown::read(turn).await?;
        shown.require(to)?;
        shown.require_whole()?;
        let again = self.count_again(turn).await?;
        let base = self.base.map(RawValue::from_string).transpose()?;
        write_base(turn, shown.base.as_deref(), base, self.informed).await?;
        let text = "DELETE FROM set_aside WHERE project = ? AND entry = ?";
        run(&turn.change.transaction, text, values![turn.home.short(), self.entry]).await?;
        let now = Content::of_span(&turn.change.transaction, turn.span.key).await?.whole_field(Field::Expected)?;
        let mut entries = vec![turn.entry(Deed::Edit, Subject::Expected, shown.stored, super::text(now))];
        entries.extend(again);
        turn.tell(entries).await.map(|_| ())
    }

    /// What was put aside counts again. The entries tell what.
    async fn count_again(&self, turn: &mut Turn<'_>) -> Result<Vec<NewActivity>> {
        #[derive(FromQueryResult)]
        struct Told {
            action: String,
            path: String,
            from_value: Option<String>,
        }
        let text = "SELECT action, path, from_value FROM activity WHERE project = ? AND id > ? AND id <= ? ORDER BY id";
        let span = turn.span.key;
        let told = all::<Told>(&turn.change.transaction, text, values![project_of(span), self.entry, self.last]).await?;
        let mut entries = Vec::new();
        for question in asked(&turn.change.transaction, &turn.home.project, span).await? {
            let id = question.id.as_str();
            for told in told.iter().filter(|told| Subject::from(told.path.clone()) == Subject::Answer(question.name.clone())) {
                let Some(from) = told.from_value.as_deref() else { continue };
                if Deed::from(told.action.clone()) == Deed::ClearGold {
                    let Some(gold) = gold(&turn.change.transaction, span, &question, false).await?.filter(|gold| gold.value == from) else {
                        continue;
                    };
                    turn.actor.require(Action::Settle, SETTLED)?;
                    set_active(turn, Table::Golds, true, "span = ? AND question_id = ?", values![span, id]).await?;
                    entries.push(question.tell(turn, Deed::Gold, [None, Some(gold.value)], golds::told_reason(gold.reason)));
                    continue;
                }
                let mut again = IndexMap::new();
                for (person, value) in serde_json::from_str::<IndexMap<String, Box<RawValue>>>(from)? {
                    let condition = "span = ? AND question_id = ? AND person_id = ? AND value = ? AND active = ?";
                    let bound = values![span, id, person.as_str(), value.get(), false];
                    if set_active(turn, Table::Answers, true, condition, bound).await? > 0 {
                        again.insert(person, value);
                    }
                }
                if !again.is_empty() {
                    entries.push(question.tell(turn, Deed::CountAgain, [None, Some(serde_json::to_string(&again)?)], None));
                }
            }
        }
        if !entries.is_empty() {
            versions::mark(turn.change, &turn.home, span).await?;
        }
        Ok(entries)
    }
}
