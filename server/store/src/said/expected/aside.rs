//! What a direct edit of `expected` puts aside: the answers and gold values that lay there, and the base under them. They are remembered,
//! so that taking the edit back brings all of it back.

use super::{Shown, edit_of, write_base};
use crate::content::judgement::{Content, Field};
use crate::ground::database::{all, one, run, values};
use crate::ground::places::{FoundSpan, Home, project_of};
use crate::said::golds;
use crate::said::versions::{self, Table};
use crate::writing::activity::{NewActivity, record};
use crate::writing::once::link_entry;
use crate::writing::writer::Change;
use crate::{Actor, Result};
use indexmap::IndexMap;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde_json::value::RawValue;
use shared::permissions::Action;
use shared::questions::{Definition, QuestionKind};
use shared::{Problem, ProjectId, RowId};

/// The action of an entry that tells whose answers no longer count: `from` is an object of answers by the ids of who gave them.
const SET_ASIDE: &str = "set_aside";

/// The action of an entry that tells whose answers count again: `to` is such an object.
const COUNT_AGAIN: &str = "count_again";

/// The action of an entry that tells which gold value no longer counts.
const CLEAR_GOLD: &str = "clear_gold";

/// A question whose answers lie on `expected`.
struct Asked {
    id: String,
    name: String,
}

impl Asked {
    /// How the activity calls it.
    fn path(&self) -> String {
        format!("answers.{}", self.name)
    }

    /// An entry about it. `reason` is that of a gold value.
    fn tell(&self, actor: &Actor, span: i64, action: &'static str, change: [Option<String>; 2], reason: Option<String>) -> NewActivity {
        let [from, to] = change;
        let (actor, source) = (Some(actor.person.id.clone()), actor.source());
        NewActivity { span, actor, external: None, source, action, path: self.path(), from, to, reason }
    }
}

/// The questions whose answers lie on `expected`, and that somebody has answered or settled on a span.
async fn asked(connection: &impl ConnectionTrait, project: &ProjectId, span: i64) -> Result<Vec<Asked>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
        name: String,
        definition: String,
    }
    let text = "SELECT q.id, q.name, v.definition FROM questions q JOIN question_versions v ON v.question_id = q.id AND v.version = q.version \
                WHERE q.project_id = ? AND q.id IN (SELECT question_id FROM answers WHERE project = ? AND span = ? UNION SELECT question_id FROM golds WHERE project = ? AND span = ?) \
                ORDER BY q.position, q.created";
    let short = project_of(span);
    let mut questions = Vec::new();
    for row in all::<Row>(connection, text, values![project.as_str(), short, span, short, span]).await? {
        if matches!(serde_json::from_str::<Definition>(&row.definition)?.kind, QuestionKind::Expected { .. }) {
            questions.push(Asked { id: row.id, name: row.name });
        }
    }
    Ok(questions)
}

/// Whether anybody has said anything on a span to a question whose answers lie on `expected`.
pub(super) async fn is_spoken_of(connection: &impl ConnectionTrait, project: &ProjectId, span: i64) -> Result<bool> {
    Ok(!asked(connection, project, span).await?.is_empty())
}

/// Makes answers or gold values count or not from now on. The condition is one on columns of the table.
async fn set_active(change: &mut Change, home: &Home, table: Table, active: bool, condition: &str, bound: Vec<Value>) -> Result<u64> {
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

async fn gold(connection: &impl ConnectionTrait, span: i64, question: &Asked, counts: bool) -> Result<Option<Settled>> {
    let text = "SELECT value, reason FROM golds WHERE project = ? AND span = ? AND question_id = ? AND active = ?";
    one::<Settled>(connection, text, values![project_of(span), span, question.id.as_str(), counts]).await
}

/// Answers and gold values that lie on `expected` are remembered, and no longer count. The entries tell which.
///
/// # Errors
/// [`Problem::Forbidden`] if a gold value lies there and the actor may not settle.
pub(super) async fn put(change: &mut Change, actor: &Actor, home: &Home, span: i64) -> Result<Vec<NewActivity>> {
    #[derive(FromQueryResult)]
    struct Said {
        person_id: String,
        value: String,
    }
    let mut entries = Vec::new();
    for question in asked(&change.transaction, &home.project, span).await? {
        let id = question.id.as_str();
        let text = "SELECT person_id, value FROM answers WHERE project = ? AND span = ? AND question_id = ? AND active = ? ORDER BY first_transaction";
        let said = all::<Said>(&change.transaction, text, values![home.short(), span, id, true]).await?;
        if !said.is_empty() {
            let said = said.into_iter().map(|said| Ok((said.person_id, RawValue::from_string(said.value)?)));
            let said = serde_json::to_string(&said.collect::<Result<IndexMap<_, _>>>()?)?;
            entries.push(question.tell(actor, span, SET_ASIDE, [Some(said), None], None));
            let counting = values![span, id, true];
            set_active(change, home, Table::Answers, false, "span = ? AND question_id = ? AND active = ?", counting).await?;
        }
        if let Some(gold) = gold(&change.transaction, span, &question, true).await? {
            require_settling(actor)?;
            entries.push(question.tell(actor, span, CLEAR_GOLD, [Some(gold.value), None], None));
            set_active(change, home, Table::Golds, false, "span = ? AND question_id = ?", values![span, id]).await?;
        }
    }
    if !entries.is_empty() {
        versions::mark(change, home, span).await?;
    }
    Ok(entries)
}

/// What is settled is changed by who may settle.
fn require_settling(actor: &Actor) -> Result<()> {
    if actor.may(Action::Settle) {
        return Ok(());
    }
    Err(Problem::forbidden("edit expected where a gold value settles it").into())
}

/// Remembers what an edit put aside.
///
/// `entry` and `last` are the entries that tell it, `base` what lay under it, and `informed` says whether who wrote that saw what others had
/// said there. Where nothing was put aside there is nothing to remember.
pub(super) async fn remember(
    change: &Change,
    home: &Home,
    span: i64,
    (entry, last): (i64, i64),
    base: Option<&str>,
    informed: bool,
) -> Result<()> {
    if last == entry {
        return Ok(());
    }
    let text = "INSERT INTO set_aside (entry, last, project, object, span, base, informed) VALUES (?, ?, ?, ?, ?, ?, ?)";
    run(&change.transaction, text, values![entry, last, home.short(), home.key, span, base, informed]).await.map(|_| ())
}

/// What an edit put aside.
#[derive(FromQueryResult)]
pub(crate) struct SetAside {
    entry: i64,
    last: i64,
    base: Option<String>,
    informed: bool,
}

/// What the edit with this entry put aside; none if it did not put anything aside, or was taken back.
pub(crate) async fn of_edit(connection: &impl ConnectionTrait, entry: i64) -> Result<Option<SetAside>> {
    one::<SetAside>(connection, "SELECT entry, last, base, informed FROM set_aside WHERE project = ? AND entry = ?", values![project_of(entry), entry]).await
}

impl SetAside {
    /// Brings it back: its base, and on it the answers and gold values that nobody has changed since.
    ///
    /// # Errors
    /// [`Problem::Conflict`] if by now something else stands there than `to`, [`Problem::NotYours`] where more stands than the actor may
    /// see, [`Problem::Forbidden`] if a gold value was put aside and the actor may not settle.
    pub(crate) async fn bring_back(
        self,
        change: &mut Change,
        actor: &Actor,
        (home, span, row): (Home, FoundSpan, RowId),
        to: Option<&str>,
        client_id: Option<&str>,
    ) -> Result<()> {
        let shown = Shown::read(change, actor, &home, span.key).await?;
        shown.require(to)?;
        shown.require_whole()?;
        let again = self.count_again(change, actor, &home, span.key).await?;
        let base = self.base.map(RawValue::from_string).transpose()?;
        let person = &actor.person.id;
        write_base(change, actor, (&home, &span, &row), shown.base.as_deref(), base, self.informed).await?;
        let text = "DELETE FROM set_aside WHERE project = ? AND entry = ?";
        run(&change.transaction, text, values![home.short(), self.entry]).await?;
        let now = super::text(Content::of_span(&change.transaction, span.key).await?.whole_field(Field::Expected)?);
        let mut entries = vec![edit_of(actor, span.key, shown.stored, now)];
        entries.extend(again);
        let entry = record(change, &home, entries).await?;
        link_entry(change, person, client_id, entry).await
    }

    /// What was put aside counts again. The entries tell what.
    async fn count_again(&self, change: &mut Change, actor: &Actor, home: &Home, span: i64) -> Result<Vec<NewActivity>> {
        #[derive(FromQueryResult)]
        struct Told {
            action: String,
            path: String,
            from_value: Option<String>,
        }
        let text = "SELECT action, path, from_value FROM activity WHERE project = ? AND id > ? AND id <= ? ORDER BY id";
        let told = all::<Told>(&change.transaction, text, values![project_of(span), self.entry, self.last]).await?;
        let mut entries = Vec::new();
        for question in asked(&change.transaction, &home.project, span).await? {
            let id = question.id.as_str();
            for told in told.iter().filter(|told| told.path == question.path()) {
                let Some(from) = told.from_value.as_deref() else { continue };
                if told.action == CLEAR_GOLD {
                    let Some(gold) = gold(&change.transaction, span, &question, false).await?.filter(|gold| gold.value == from) else {
                        continue;
                    };
                    require_settling(actor)?;
                    set_active(change, home, Table::Golds, true, "span = ? AND question_id = ?", values![span, id]).await?;
                    entries.push(question.tell(actor, span, "gold", [None, Some(gold.value)], golds::told_reason(gold.reason)));
                    continue;
                }
                let mut again = IndexMap::new();
                for (person, value) in serde_json::from_str::<IndexMap<String, Box<RawValue>>>(from)? {
                    let condition = "span = ? AND question_id = ? AND person_id = ? AND value = ? AND active = ?";
                    let bound = values![span, id, person.as_str(), value.get(), false];
                    if set_active(change, home, Table::Answers, true, condition, bound).await? > 0 {
                        again.insert(person, value);
                    }
                }
                if !again.is_empty() {
                    entries.push(question.tell(actor, span, COUNT_AGAIN, [None, Some(serde_json::to_string(&again)?)], None));
                }
            }
        }
        if !entries.is_empty() {
            versions::mark(change, home, span).await?;
        }
        Ok(entries)
    }
}
