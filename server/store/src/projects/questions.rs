//! Questions and their versions.

mod letters;
mod versions;

use crate::content::judgement::Field;
use crate::ground::database::{all, exists, is_duplicate, one, run, values};
use crate::ground::upsert::Upsert;
use crate::people::names::{self, folded, normal};

use crate::projects::settings;
use crate::writing::writer::{ALL_TIME, Change};
use crate::{Desk, Result, render};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::filter::{Diagnostic, parse_expression};
use shared::live::LiveChange;
use shared::markup::Html;
use shared::permissions::Action;
use shared::questions::{
    ArchiveQuestion, Condition, Definition, OrderQuestions, Question, QuestionKind, QuestionSetting, SaveQuestion, mistakes,
};
use shared::{Micros, PersonId, Problem, ProjectId, QuestionId};
use std::collections::{HashMap, HashSet};

impl Desk {
    /// Every question of a project in the order of the form; archived ones too.
    ///
    /// # Errors
    /// When the caller may not read, or the database fails.
    pub async fn questions(&self, project: &ProjectId) -> Result<Vec<Question>> {
        self.require_configuration()?;
        let mut questions = of_project(self.store.readers(), project).await?;
        self.count_seen(project, &mut questions).await?;
        Ok(questions)
    }

    /// Counts the answers to questions as far as the caller may see that there are any.
    async fn count_seen(&self, project: &ProjectId, questions: &mut [Question]) -> Result<()> {
        if settings::blinds(self.store.readers(), &self.actor, project).await? {
            let mut own = counts(self.store.readers(), project, Some(&self.actor.person.id)).await?;
            questions.iter_mut().for_each(|question| question.answers = own.remove(question.id.as_str()).unwrap_or_default());
        }
        Ok(())
    }

    /// One question.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is none.
    pub async fn question(&self, id: &QuestionId) -> Result<Question> {
        self.require_configuration()?;
        let mut question = by_id(self.store.readers(), id).await?;
        let project = question.project.clone();
        self.count_seen(&project, std::slice::from_mut(&mut question)).await?;
        Ok(question)
    }

    /// What the dialog for a question has to know about a project.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for who may not configure, or when the database fails.
    pub async fn question_setting(&self, project: &ProjectId) -> Result<QuestionSetting> {
        #[derive(FromQueryResult)]
        struct Name {
            name: String,
        }
        self.require(Action::Configure)?;
        let text = "SELECT DISTINCT name FROM rollups WHERE project = (SELECT short FROM projects WHERE id = ?) AND object IN (SELECT key FROM objects WHERE project_id = ?) AND hour = ? ORDER BY name";
        let names = all::<Name>(self.store.readers(), text, values![project.as_str(), project.as_str(), ALL_TIME]).await?;
        Ok(QuestionSetting { people: self.active_people().await?, scores: names.into_iter().map(|row| row.name).collect() })
    }

    /// A description as reviewers will read it: HTML that is safe to put into a page.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for who may not configure.
    pub fn preview_description(&self, markdown: &str) -> Result<Html> {
        self.require(Action::Configure)?;
        Ok(render::description(markdown))
    }

    /// Who may change what is configured has to see it.
    pub(crate) fn require_configuration(&self) -> Result<()> {
        if self.actor.may(Action::Configure) { Ok(()) } else { self.require(Action::Read) }
    }

    /// Creates a question, or makes a new version of one.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], or [`Problem::Invalid`] at the field that is wrong.
    pub async fn save_question(&self, command: SaveQuestion) -> Result<Question> {
        self.require(Action::Configure)?;
        self.project(&command.project).await?;
        let person = self.actor.person.id.clone();
        let project = command.project.clone();
        let saved = self.store.write_in(&project, move |change| Box::pin(save(change, person, command))).await;
        self.saved_question(saved).await
    }

    /// Makes a new version of a question out of what it is when its turn comes, so that nobody's change is lost to another of the
    /// same moment. `edit` returns the name and the wording that it shall have.
    ///
    /// # Errors
    /// Those of [`Desk::save_question`], and what `edit` says.
    pub async fn edit_question(
        &self,
        id: QuestionId,
        edit: impl FnOnce(Question) -> std::result::Result<(String, Definition), Problem> + Send + 'static,
    ) -> Result<Question> {
        self.require(Action::Configure)?;
        let person = self.actor.person.id.clone();
        let lane = by_id(self.store.readers(), &id).await?.project;
        let saved = self
            .store
            .write_in(&lane, move |change| {
                Box::pin(async move {
                    let question = by_id(&change.transaction, &id).await?;
                    let project = question.project.clone();
                    let (name, definition) = edit(question)?;
                    save(change, person, SaveQuestion { project, question: Some(id), after: None, name, definition }).await
                })
            })
            .await;
        self.saved_question(saved).await
    }

    async fn saved_question(&self, saved: Result<QuestionId>) -> Result<Question> {
        match saved {
            Err(error) if is_duplicate(&error) => Err(Problem::invalid(
                "Name",
                "There is already a question whose name looks the same. Choose another name, or edit that question.",
            )
            .into()),
            saved => by_id(self.store.readers(), &saved?).await,
        }
    }

    /// Takes a question out of the forms, or puts it back.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], or [`Problem::Invalid`] if another question has its key or place by now.
    pub async fn archive_question(&self, command: ArchiveQuestion) -> Result<Question> {
        self.require(Action::Configure)?;
        let question = by_id(self.store.readers(), &command.question).await?;
        let (id, project) = (question.id.clone(), question.project.clone());
        let lane = project.clone();
        self.store
            .write_in(&lane, move |change| {
                Box::pin(async move {
                    if !command.archived {
                        // Its key or its place may have been given away meanwhile.
                        let question = by_id(&change.transaction, &id).await?;
                        let others = letters::others(change, &project, Some(&id)).await?;
                        let definition = Definition { letters: Vec::new(), ..question.definition.clone() };
                        require_own_place(&others, &definition)?;
                        let definition = letters::lettered(&others, Some(&question.definition), definition);
                        letters::change_letters(change, &question, &definition).await?;
                    }
                    let text = "UPDATE questions SET archived = ? WHERE id = ?";
                    run(&change.transaction, text, values![command.archived, id.as_str()]).await?;
                    configuration_changed(change, &project).await
                })
            })
            .await?;
        by_id(self.store.readers(), &question.id).await
    }

    /// What deleting a question means: it is archived, because the answers to it stay.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] or [`Problem::NotFound`].
    pub async fn delete_question(&self, id: &QuestionId) -> Result<Question> {
        self.archive_question(ArchiveQuestion { question: id.clone(), archived: true }).await
    }

    /// Puts the questions into the given order.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] or [`Problem::NotFound`].
    pub async fn order_questions(&self, command: OrderQuestions) -> Result<Vec<Question>> {
        self.require(Action::Configure)?;
        self.project(&command.project).await?;
        let (project, lane) = (command.project.clone(), command.project.clone());
        self.store
            .write_in(&lane, move |change| {
                Box::pin(async move {
                    for (position, question) in (1..).zip(&command.questions) {
                        let text = "UPDATE questions SET position = ? WHERE id = ? AND project_id = ?";
                        let changed =
                            run(&change.transaction, text, values![position, question.as_str(), command.project.as_str()]).await?;
                        if changed == 0 {
                            return Err(Problem::not_found(format!("question {question}")).into());
                        }
                    }
                    configuration_changed(change, &command.project).await
                })
            })
            .await?;
        of_project(self.store.readers(), &project).await
    }
}

/// Tells everybody that what a project asks or offers has changed.
pub(crate) async fn configuration_changed(change: &mut Change, project: &ProjectId) -> Result<()> {
    change.transaction_id(project).await?;
    change.publish(project, LiveChange::Configuration);
    Ok(())
}

/// Refuses an audience of people that there are not.
async fn require_people(change: &Change, command: &SaveQuestion) -> Result<()> {
    let people = &command.definition.audience.people;
    let known = names::people(&change.transaction, people.iter().map(|person| person.0.clone())).await?;
    match people.iter().find(|person| !known.contains_key(person)) {
        Some(unknown) => Err(Problem::invalid("Asked of", format!("There is no member {unknown}. Use the id of a member.")).into()),
        None => Ok(()),
    }
}

/// Refuses options that nobody could tell apart.
fn require_distinct_options(kind: &QuestionKind) -> Result<()> {
    let names: Vec<_> = kind.option_names().into_iter().map(folded).collect();
    for (index, name) in names.iter().enumerate() {
        if let Some(earlier) = names[..index].iter().position(|other| other == name) {
            let reason = format!("It looks like option {}. Give it a name that people can tell apart.", earlier + 1);
            return Err(Problem::invalid(format!("Option {}", index + 1), reason).into());
        }
    }
    Ok(())
}

/// Refuses a key or a place that another question of the project has, and a place inside another's or around it.
fn require_own_place(others: &[Question], definition: &Definition) -> Result<()> {
    letters::require_own_letters(others, definition)?;
    if let QuestionKind::Text { path } = &definition.kind
        && let Some(other) =
            others.iter().find(|other| matches!(&other.definition.kind, QuestionKind::Text { path: taken } if taken.overlaps(path)))
    {
        return Err(Problem::invalid("Metadata path", format!("{} is written there already. Choose another place.", other.name)).into());
    }
    Ok(())
}

/// Whether somebody has ever answered or settled a question: entries of the activity name it, also where nothing is left of it.
async fn was_said(change: &Change, question: &Question) -> Result<bool> {
    let [score, answer] = ["scores", "answers"].map(|kind| format!("{kind}.{}", question.name));
    let text = "SELECT 1 FROM activity WHERE project = (SELECT short FROM projects WHERE id = ?) AND path IN (?, ?) AND action IN ('answer', 'gold') LIMIT 1";
    exists(&change.transaction, text, values![question.project.as_str(), score, answer]).await
}

async fn save(change: &mut Change, person: PersonId, command: SaveQuestion) -> Result<QuestionId> {
    if let Some(mistake) = mistakes(&command.name, &command.definition).into_iter().next() {
        return Err(mistake.into());
    }
    require_distinct_options(&command.definition.kind)?;
    require_readable(&command.definition.condition)?;
    let others = letters::others(change, &command.project, command.question.as_ref()).await?;
    require_own_place(&others, &command.definition)?;
    require_people(change, &command).await?;
    let before = match &command.question {
        Some(id) => Some(by_id(&change.transaction, id).await?),
        None => None,
    };
    let definition = letters::lettered(&others, before.as_ref().map(|before| &before.definition), command.definition);
    let name = normal(&command.name).replace('\0', "");
    let (id, version) = match before {
        None => {
            let id = QuestionId(change.fate.id());
            let last = "(SELECT COALESCE(MAX(position), 0) + 1 FROM questions WHERE project_id = ?)";
            Upsert::into("questions")
                .set("id", id.as_str())
                .set("project_id", command.project.as_str())
                .set("name", name.as_str())
                .set("folded", folded(&name))
                .set("version", 1)
                .computed("position", last, values![command.project.as_str()])
                .set("archived", false)
                .set("created", change.now)
                .insert(&change.transaction)
                .await?;
            (id, 1)
        }
        Some(before) => {
            let id = before.id.clone();
            if before.project != command.project {
                return Err(Problem::not_found("question").into());
            }
            if command.after.is_some_and(|version| version != before.version) {
                return Err(Problem::Conflict { current: serde_json::to_string(&before)? }.into());
            }
            let is_said = before.answer_count() > 0 || is_settled_anywhere(&change.transaction, &id).await?;
            if before.name != name && (is_said || was_said(change, &before).await?) {
                let reason = "The name is the key of the stored scores, so it is fixed after the first answer. Duplicate the question under a new name instead.";
                return Err(Problem::invalid("Name", reason).into());
            }
            if is_said && Field::of(&before.definition.kind) != Field::of(&definition.kind) {
                let reason = "Its answers are stored in another place. Archive it and add another question instead.";
                return Err(Problem::invalid("Type", reason).into());
            }
            if before.name == name && before.definition.asks_the_same(&definition) {
                if letters::change_letters(change, &before, &definition).await? {
                    configuration_changed(change, &command.project).await?;
                }
                return Ok(id);
            }
            let version = before.version + 1;
            let text = "UPDATE questions SET name = ?, folded = ?, version = ? WHERE id = ?";
            run(&change.transaction, text, values![name.as_str(), folded(&name), version, id.as_str()]).await?;
            (id, version)
        }
    };
    Upsert::into("question_versions")
        .set("question_id", id.as_str())
        .set("version", version)
        .set("project_id", command.project.as_str())
        .set("definition", serde_json::to_string(&definition)?)
        .set("created_by", person.as_str())
        .set("created", change.now)
        .insert(&change.transaction)
        .await?;
    configuration_changed(change, &command.project).await?;
    Ok(id)
}

#[derive(FromQueryResult)]
pub(crate) struct StoredQuestion {
    id: String,
    project_id: String,
    name: String,
    version: i32,
    position: i32,
    archived: bool,
    created: Micros,
    definition: String,
}

impl StoredQuestion {
    /// The columns, where a question is looked up with something else: each with [`StoredQuestion::PREFIX`].
    pub(crate) const COLUMNS: &str = "q.id AS q_id, q.project_id AS q_project_id, q.name AS q_name, q.version AS q_version, q.position AS q_position, \
                                      q.archived AS q_archived, q.created AS q_created, v.definition AS q_definition";

    /// Its id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// What they begin with.
    pub(crate) const PREFIX: &str = "q_";

    /// The join on the project `p`, bound to what may be the id, and to the same folded, which may be the name.
    pub(crate) const JOIN: &str = "LEFT JOIN questions q ON q.project_id = p.id AND (q.id = ? OR q.folded = ?) \
                                   LEFT JOIN question_versions v ON v.question_id = q.id AND v.version = q.version";

    /// The question, without its answers counted and its description rendered.
    pub(crate) fn question(self) -> Result<Question> {
        Ok(Question {
            id: QuestionId(self.id),
            project: ProjectId(self.project_id),
            name: self.name,
            version: self.version,
            definition: serde_json::from_str(&self.definition)?,
            description_html: Html::default(),
            position: self.position,
            archived: self.archived,
            created: self.created,
            answers: Vec::new(),
        })
    }
}

/// The newest versions of questions, of projects that are not deleted.
const SELECT: &str = "SELECT q.id, q.project_id, q.name, q.version, q.position, q.archived, q.created, v.definition FROM questions q \
                      JOIN question_versions v ON v.question_id = q.id AND v.version = q.version \
                      JOIN projects p ON p.id = q.project_id AND p.deleted IS NULL";

/// How many answers stand under which version, by the ids of questions: everybody's, or somebody's.
async fn counts(connection: &impl ConnectionTrait, project: &ProjectId, of: Option<&PersonId>) -> Result<HashMap<String, Vec<(i32, i64)>>> {
    #[derive(FromQueryResult)]
    struct Count {
        question_id: String,
        version: i32,
        answers: i64,
    }
    let mut bound = values![project.as_str()];
    bound.extend(of.map(|person| sea_orm::Value::from(person.as_str())));
    let text = format!(
        "SELECT question_id, version, COUNT(*) AS answers FROM answers WHERE project = (SELECT short FROM projects WHERE id = ?){} \
         GROUP BY question_id, version ORDER BY version",
        if of.is_some() { " AND person_id = ?" } else { "" }
    );
    let mut answers: HashMap<String, Vec<(i32, i64)>> = HashMap::new();
    for count in all::<Count>(connection, &text, bound).await? {
        answers.entry(count.question_id).or_default().push((count.version, count.answers));
    }
    Ok(answers)
}

async fn read(connection: &impl ConnectionTrait, stored: Vec<StoredQuestion>, project: &ProjectId) -> Result<Vec<Question>> {
    let mut answers = counts(connection, project, None).await?;
    let questions = stored.into_iter().map(|row| {
        let answers = answers.remove(&row.id).unwrap_or_default();
        let question = row.question()?;
        let description_html = render::description(&question.definition.description);
        Ok(Question { answers, description_html, ..question })
    });
    questions.collect()
}

/// Every question of a project in the order of the form; archived ones too.
pub(crate) async fn of_project(connection: &impl ConnectionTrait, project: &ProjectId) -> Result<Vec<Question>> {
    let text = format!("{SELECT} WHERE q.project_id = ? ORDER BY q.position, q.created");
    let stored = all::<StoredQuestion>(connection, &text, values![project.as_str()]).await?;
    read(connection, stored, project).await
}

async fn by_id(connection: &impl ConnectionTrait, id: &QuestionId) -> Result<Question> {
    let stored = one::<StoredQuestion>(connection, &format!("{SELECT} WHERE q.id = ?"), values![id.as_str()]).await?;
    let stored = stored.ok_or_else(|| Problem::not_found("question"))?;
    let project = ProjectId(stored.project_id.clone());
    read(connection, vec![stored], &project).await?.pop().ok_or_else(|| Problem::not_found("question").into())
}

/// The question of a project by its id or its name, for a command: answers are not counted, nor the description rendered.
pub(crate) async fn find(connection: &impl ConnectionTrait, project: &ProjectId, id_or_name: &str) -> Result<Question> {
    let text = format!("{SELECT} WHERE q.project_id = ? AND (q.id = ? OR q.folded = ?)");
    let stored = one::<StoredQuestion>(connection, &text, values![project.as_str(), id_or_name, folded(id_or_name)]).await?;
    found(stored, id_or_name)
}

/// What was looked up by an id or a name.
///
/// # Errors
/// [`Problem::NotFound`] if there is no such question.
pub(crate) fn found(stored: Option<StoredQuestion>, id_or_name: &str) -> Result<Question> {
    stored.ok_or_else(|| Problem::not_found(format!("score named {id_or_name} in this project")))?.question()
}

/// The names of the scores of a project of which less is better.
pub(crate) async fn lower_is_better(connection: &impl ConnectionTrait, project: &ProjectId) -> Result<HashSet<String>> {
    #[derive(FromQueryResult)]
    struct Row {
        name: String,
        definition: String,
    }
    let text = "SELECT q.name, v.definition FROM questions q JOIN question_versions v ON v.question_id = q.id AND v.version = q.version \
                WHERE q.project_id = ?";
    let mut names = HashSet::new();
    for row in all::<Row>(connection, text, values![project.as_str()]).await? {
        if !serde_json::from_str::<Definition>(&row.definition)?.higher_is_better {
            names.insert(row.name);
        }
    }
    Ok(names)
}

/// Whether somebody has settled the question on any span.
pub(crate) async fn is_settled_anywhere(connection: &impl ConnectionTrait, question: &QuestionId) -> Result<bool> {
    let text = "SELECT 1 FROM questions q JOIN projects p ON p.id = q.project_id JOIN golds g ON g.project = p.short AND g.question_id = q.id \
                WHERE q.id = ? LIMIT 1";
    exists(connection, text, values![question.as_str()]).await
}

/// Refuses a condition that cannot be read, with its first mistake.
fn require_readable(condition: &Condition) -> Result<()> {
    for (field, filters) in Condition::FIELDS.into_iter().zip(condition.parts()) {
        for filter in filters {
            let mistakes = parse_expression(filter).err().unwrap_or_default();
            if let Some(Diagnostic { message, help, .. }) = mistakes.into_iter().next() {
                let help = help.map(|help| format!(" {help}")).unwrap_or_default();
                return Err(Problem::invalid(field, format!("{message}{help}")).into());
            }
        }
    }
    Ok(())
}
