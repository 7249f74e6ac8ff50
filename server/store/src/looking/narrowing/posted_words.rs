//! What is known of words before a filter becomes SQL: which rows have those that it asks for, and of which rows that is not known.

use super::keys;
use super::posted::FEW;
use crate::Result;
use crate::content::words::postings::{self, block_of};
use crate::content::words::{WordField, WordIndex, is_kept_whole};
use crate::ground::database::{all, one, values};
use crate::ground::keys::{Key as _, SpanKey};
use crate::ground::places::Home;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Value};
use shared::filter::{BinaryOperator, Expression, Function, Kind, tokens};
use shared::questions::{Definition, QuestionKind};
use shared::reviews::{ASSIGNMENTS_KEY, DEFAULT_LIST, LISTS_KEY, ReviewStatus};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Words that are looked up, each in a field; others are left to the evaluator.
const MOST_WORDS: usize = 100;

/// Blocks of rows in which words are looked up; where there are more, the evaluator looks. So many are asked in one statement.
const MOST_BLOCKS: i64 = 2_000;
const BLOCKS_AT_ONCE: usize = 64;

/// People whose names are told apart from other words.
const MOST_PEOPLE: usize = 2_000;

/// Texts that the API calls a status in a project.
const MOST_STATUSES: usize = 50;

/// Keys of the JSON of a comment.
const OF_COMMENTS: &str = "id created text comment user name email external";

/// What is known of the words that a filter asks for.
#[derive(Debug, Default)]
pub(super) struct PostedWords {
    /// As a statement gives the keys that are bound to it as one text.
    select: &'static str,
    /// By the word as it is kept, the rows that have it; none for many.
    rows: HashMap<Vec<u8>, Option<BTreeSet<SpanKey>>>,
    /// Rows that are not in the index as they are now.
    open: BTreeSet<SpanKey>,
    /// Rows on which something lies that people wrote into `expected` or `metadata`; none for many.
    said: Option<BTreeSet<SpanKey>>,
    /// Words that reviews and comments say although nobody wrote them; none where it is not known which.
    unwritten: Option<HashSet<String>>,
}

/// Rows in which words may be found.
pub(super) struct RowsOfWords {
    /// Those that have them by the index.
    having: BTreeSet<SpanKey>,
    /// Those of which it is not known.
    open: BTreeSet<SpanKey>,
    /// Whether the others have them for sure.
    exact: bool,
}

#[derive(FromQueryResult)]
struct Row {
    key: SpanKey,
}

impl PostedWords {
    /// Looks up the words that a filter asks for.
    pub(super) async fn of(connection: &impl ConnectionTrait, home: &Home, filter: &Expression) -> Result<Self> {
        let mut posted = Self { select: select(connection), ..Self::default() };
        let asked = asked(filter);
        if asked.is_empty() {
            return Ok(posted);
        }
        let fields: BTreeSet<WordField> = asked.iter().map(|(field, _)| *field).collect();
        let index = WordIndex::of(connection, home.short()).await?;
        if block_of(index.mark) >= MOST_BLOCKS {
            return Ok(posted);
        }
        let Some(open) = open(connection, home, index.mark).await? else { return Ok(posted) };
        posted.open = open;
        if fields.contains(&WordField::Expected) || fields.contains(&WordField::Beside) {
            posted.said = said(connection, home).await?;
        }
        if fields.contains(&WordField::Comments) || fields.contains(&WordField::Beside) {
            posted.unwritten = unwritten(connection, home).await?;
        }
        let words = asked.into_iter().map(|(field, word)| field.key(&word)).chain(fields.into_iter().map(|field| field.key("")));
        posted.rows = words.map(|word| (word, Some(BTreeSet::new()))).collect();
        posted.look_up(connection, home, index.mark).await?;
        Ok(posted)
    }

    async fn look_up(&mut self, connection: &impl ConnectionTrait, home: &Home, mark: SpanKey) -> Result<()> {
        // Newest first, so that a common word is soon known for one.
        let blocks: Vec<i64> = (0..=block_of(mark)).rev().collect();
        for blocks in blocks.chunks(BLOCKS_AT_ONCE) {
            let words: Vec<Vec<u8>> = self.rows.iter().filter(|(_, rows)| rows.is_some()).map(|(word, _)| word.clone()).collect();
            let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
            for posting in postings::stored(connection, home.short(), blocks, &words).await? {
                if let Some(known) = self.rows.get_mut(&posting.word)
                    && let Some(rows) = known
                {
                    rows.extend(posting.spans(home.short())?);
                    if rows.len() > FEW {
                        *known = None;
                    }
                }
            }
        }
        Ok(())
    }

    /// Rows that have all of some words, each in one of some fields; none where they are many, or nothing is known.
    pub(super) fn having(&self, fields: &[WordField], words: &[String]) -> Option<RowsOfWords> {
        let (mut having, mut open, mut exact) = (None::<BTreeSet<SpanKey>>, self.open.clone(), true);
        for field in fields {
            match field {
                WordField::Input | WordField::Output => {}
                WordField::Expected => open.extend(self.said.as_ref()?),
                WordField::Beside => {
                    open.extend(self.said.as_ref()?);
                    (!self.has_unwritten(words)).then_some(())?;
                }
                WordField::Comments => (!self.has_unwritten(words)).then_some(())?,
            }
            open.extend(self.rows.get(&field.key(""))?.as_ref()?);
        }
        for word in words {
            exact = exact && is_kept_whole(word);
            let mut rows = BTreeSet::new();
            let mut is_known = true;
            for field in fields {
                match self.rows.get(&field.key(word))? {
                    Some(known) => rows.extend(known),
                    None => is_known = false,
                }
            }
            exact = exact && is_known;
            if is_known {
                having = Some(match having {
                    Some(having) => having.intersection(&rows).copied().collect(),
                    None => rows,
                });
            }
        }
        Some(RowsOfWords { having: having?, open, exact })
    }

    fn has_unwritten(&self, words: &[String]) -> bool {
        let is_time = |word: &String| word.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, 't' | 'z'));
        self.unwritten.as_ref().is_none_or(|unwritten| words.iter().any(|word| is_time(word) || unwritten.contains(word)))
    }

    /// A statement that gives some keys, with what it is bound to.
    pub(super) fn keys(&self, rows: &BTreeSet<SpanKey>) -> (&'static str, Vec<Value>) {
        let keys: Vec<String> = rows.iter().map(ToString::to_string).collect();
        (self.select, values![format!("[{}]", keys.join(","))])
    }
}

impl RowsOfWords {
    /// All in which the words may be, and whether they are in each of these for sure; none where these are many.
    pub(super) fn possible(&self) -> Option<(BTreeSet<SpanKey>, bool)> {
        let rows: BTreeSet<SpanKey> = self.having.union(&self.open).copied().collect();
        (rows.len() <= FEW).then_some((rows, self.exact && self.open.is_empty()))
    }

    /// Those that have the words for sure, and whether all others have not; none where that is not known.
    pub(super) fn sure(&self) -> Option<(BTreeSet<SpanKey>, bool)> {
        self.exact.then(|| (self.having.difference(&self.open).copied().collect(), self.open.is_empty()))
    }
}

fn select(connection: &impl ConnectionTrait) -> &'static str {
    match connection.get_database_backend() {
        DbBackend::Postgres => "SELECT CAST(j.value AS BIGINT) FROM json_array_elements_text(CAST(? AS JSON)) j",
        _ => "SELECT j.value FROM json_each(?) j",
    }
}

/// The words that a filter asks for, each in a field.
fn asked(filter: &Expression) -> BTreeSet<(WordField, String)> {
    let mut asked = BTreeSet::new();
    let _ = filter.clone().map(&mut |part| {
        let (fields, text) = match &part.kind {
            Kind::Binary { operator: BinaryOperator::Match, left, right } => match (&left.kind, &right.kind) {
                (Kind::Path(path), Kind::Text(text)) => {
                    (keys(path).first().and_then(|column| WordField::of(column)).into_iter().collect(), Some(text.as_str()))
                }
                _ => (Vec::new(), None),
            },
            Kind::Call { name, arguments } if Function::named(name) == Some(Function::Search) => {
                (WordField::ALL.to_vec(), arguments.first().and_then(|words| words.kind.text()))
            }
            _ => (Vec::new(), None),
        };
        for (field, text) in fields.into_iter().zip(std::iter::repeat(text)) {
            let room = MOST_WORDS.saturating_sub(asked.len());
            asked.extend(text.into_iter().flat_map(tokens).take(room).map(|word| (field, word)));
        }
        part
    });
    asked
}

/// The rows of a project that are not in the index as they are now; none where they are many.
async fn open(connection: &impl ConnectionTrait, home: &Home, mark: SpanKey) -> Result<Option<BTreeSet<SpanKey>>> {
    let limit = FEW + 1;
    let mark = mark.max(SpanKey::of(home.short(), 0));
    let text = format!("SELECT s.key FROM spans s WHERE s.project = ? AND s.key > ? ORDER BY s.key LIMIT {limit}");
    let mut rows = all::<Row>(connection, &text, values![home.short(), mark]).await?;
    let text = format!("SELECT key FROM word_changes WHERE project = ? AND key > ? ORDER BY key LIMIT {limit}");
    rows.extend(all::<Row>(connection, &text, values![home.short(), SpanKey::of(home.short(), 0)]).await?);
    let rows: BTreeSet<SpanKey> = rows.into_iter().map(|row| row.key).collect();
    Ok((rows.len() <= FEW).then_some(rows))
}

/// The rows of a project on which answers or gold values lie that are texts; none where they are many.
async fn said(connection: &impl ConnectionTrait, home: &Home) -> Result<Option<BTreeSet<SpanKey>>> {
    #[derive(FromQueryResult)]
    struct Question {
        id: String,
        definition: String,
    }
    let text = "SELECT q.id, v.definition FROM questions q JOIN question_versions v ON v.question_id = q.id WHERE q.project_id = ?";
    let mut questions: BTreeSet<String> = BTreeSet::new();
    for question in all::<Question>(connection, text, values![home.project.as_str()]).await? {
        match serde_json::from_str::<Definition>(&question.definition)?.kind {
            QuestionKind::Text { .. } | QuestionKind::Expected { .. } => {
                questions.insert(question.id);
            }
            QuestionKind::Continuous | QuestionKind::Categorical { .. } => {}
        }
    }
    let mut rows = BTreeSet::new();
    for question in &questions {
        for table in ["answers", "golds"] {
            let text = format!("SELECT span AS key FROM {table} WHERE project = ? AND question_id = ? LIMIT {}", FEW + 1);
            let of_question = all::<Row>(connection, &text, values![home.short(), question.as_str()]).await?;
            rows.extend(of_question.into_iter().map(|row| row.key));
            if rows.len() > FEW {
                return Ok(None);
            }
        }
    }
    Ok(Some(rows))
}

/// Words that rows say because they stand in review lists, and comments because of who wrote them; none where too many people might have.
async fn unwritten(connection: &impl ConnectionTrait, home: &Home) -> Result<Option<HashSet<String>>> {
    #[derive(FromQueryResult)]
    struct Person {
        id: String,
        name: String,
        email: String,
    }
    #[derive(FromQueryResult)]
    struct List {
        id: String,
    }
    let text = format!("SELECT id, name, email FROM people LIMIT {}", MOST_PEOPLE + 1);
    let people = all::<Person>(connection, &text, values![]).await?;
    if people.len() > MOST_PEOPLE {
        return Ok(None);
    }
    let lists = all::<List>(connection, "SELECT id FROM review_lists WHERE project_id = ?", values![home.project.as_str()]).await?;
    let mut texts =
        vec![OF_COMMENTS.to_owned(), "status".to_owned(), LISTS_KEY.to_owned(), ASSIGNMENTS_KEY.to_owned(), DEFAULT_LIST.to_owned()];
    for status in ReviewStatus::ALL {
        texts.extend([status.as_str(), status.text()].map(str::to_owned));
    }
    let Some(called) = called(connection, home).await? else { return Ok(None) };
    texts.extend(called);
    texts.extend(people.into_iter().flat_map(|person| [person.id, person.name, person.email]));
    texts.extend(lists.into_iter().map(|list| list.id));
    Ok(Some(texts.iter().flat_map(|text| tokens(text)).collect()))
}

/// What the API called the status of rows; none where it is many things.
async fn called(connection: &impl ConnectionTrait, home: &Home) -> Result<Option<Vec<String>>> {
    #[derive(FromQueryResult)]
    struct Status {
        status: Option<String>,
    }
    let text = "SELECT MIN(status) AS status FROM review_items WHERE project = ? AND status > ?";
    let mut called: Vec<String> = Vec::new();
    loop {
        let before = called.last().map_or("", String::as_str);
        let next = one::<Status>(connection, text, values![home.short(), before]).await?.and_then(|row| row.status);
        let Some(status) = next else { return Ok(Some(called)) };
        if called.len() >= MOST_STATUSES {
            return Ok(None);
        }
        called.push(status);
    }
}
