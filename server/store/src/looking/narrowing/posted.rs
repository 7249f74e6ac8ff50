//! What is known of values inside rows before a filter becomes SQL: which paths there are, and how many rows a condition finds.

use crate::Result;
use crate::content::ingest::values::{MOST_PATHS, count_paths, is_indexed, path_text, rest_of};
use crate::ground::database::{StatementPart, all, list, one, values};
use crate::ground::keys::ProjectShort;
use crate::ground::places::Home;
use crate::looking::narrowing::posted_words::PostedWords;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::filter::{Expression, Kind, ScalarRange, Step};
use shared::questions::{Definition, QuestionKind};
use std::collections::HashMap;

/// Rows that are looked up one by one instead of being met newest first. Tests need not send so many to have more.
pub(super) const FEW: usize = if cfg!(test) { 20 } else { 10_000 };

/// Paths of a filter that are looked up, and conditions on them that are counted; others are left to the evaluator.
const MOST: usize = 100;

/// Where values lie: at a path, from some bytes on and below others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PostedRange {
    path: i64,
    low: Vec<u8>,
    high: Vec<u8>,
}

impl PostedRange {
    /// A range at a path.
    pub(super) fn of(path: i64, range: &ScalarRange) -> Self {
        Self { path, low: range.low.clone(), high: range.high.clone() }
    }

    /// The keys of the rows, as a statement.
    pub(super) fn spans(&self, project: ProjectShort) -> StatementPart {
        let text = "SELECT v.span FROM span_values v WHERE v.project = ? AND v.path = ? AND v.value >= ? AND v.value < ?";
        (text.to_owned(), values![project, self.path, self.low.clone(), self.high.clone()])
    }
}

/// The few rows of which some are all that match.
#[derive(Clone, Debug, Default)]
pub(crate) struct FewRows {
    pub(super) count: usize,
    /// Statements that give their keys.
    parts: Vec<StatementPart>,
}

impl FewRows {
    /// Those that a statement gives, if they are few.
    pub(super) fn of(count: usize, keys: StatementPart) -> Option<Self> {
        (count <= FEW).then(|| Self { count, parts: vec![keys] })
    }

    /// These and those, if they are few.
    pub(super) fn and(mut self, other: Self) -> Option<Self> {
        self.count += other.count;
        self.parts.extend(other.parts);
        (self.count <= FEW).then_some(self)
    }

    /// Their keys, as a statement.
    pub(crate) fn spans(&self) -> StatementPart {
        let (texts, bound): (Vec<_>, Vec<_>) = self.parts.iter().cloned().unzip();
        (texts.join(" UNION "), bound.into_iter().flatten().collect())
    }
}

/// What is known of a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum PostedPlace {
    /// Nothing: the evaluator has to look.
    Unknown,
    /// No row has a value there but those of which not all is kept.
    Nowhere,
    /// Values are kept at the path with a number. `exact` says whether their bytes tell numbers apart.
    At { path: i64, exact: bool },
}

/// What is known of the places that a filter asks for.
#[derive(Debug)]
pub(crate) struct Posted {
    project: ProjectShort,
    places: HashMap<Vec<String>, PostedPlace>,
    /// Where those rows stand of which not all is kept, and how many they are; one more than few for many.
    rest: (i64, usize),
    counts: HashMap<PostedRange, usize>,
    /// What is known of its words.
    pub(super) words: PostedWords,
}

impl Posted {
    /// Nothing.
    pub(super) fn nothing() -> Self {
        Self { project: 0.into(), places: HashMap::new(), rest: (0, 0), counts: HashMap::new(), words: PostedWords::default() }
    }

    /// Looks up the places and the words that a filter asks for.
    pub(super) async fn of(connection: &impl ConnectionTrait, home: &Home, filter: &Expression) -> Result<Self> {
        let words = PostedWords::of(connection, home, filter).await?;
        let mut posted = Self { project: home.short(), rest: (rest_of(home.key), 0), words, ..Self::nothing() };
        let places = places(filter);
        if places.is_empty() {
            return Ok(posted);
        }
        let texts = places.iter().map(|place| path_text(place)).collect::<Result<Vec<_>>>()?;
        let stored = stored(connection, home, &texts).await?;
        let said = if places.iter().any(|place| place.first().is_some_and(|column| column == "metadata")) {
            places_of_texts(connection, home).await?
        } else {
            Vec::new()
        };
        let is_full = stored.len() < places.len() && count_paths(connection, home).await? >= MOST_PATHS;
        for (place, text) in places.into_iter().zip(texts) {
            // What people wrote lies on what is kept.
            let is_covered = said.iter().any(|said| said.iter().zip(&place).all(|(one, other)| one == other));
            let known = match stored.get(&text) {
                _ if is_covered => PostedPlace::Unknown,
                Some((path, exact)) => PostedPlace::At { path: *path, exact: *exact },
                None if is_full => PostedPlace::Unknown,
                None => PostedPlace::Nowhere,
            };
            posted.places.insert(place, known);
        }
        posted.rest.1 = count(connection, posted.project, &posted.rest_range()).await?;
        Ok(posted)
    }

    /// Counts the rows in some ranges.
    pub(super) async fn count(&mut self, connection: &impl ConnectionTrait, ranges: Vec<PostedRange>) -> Result<()> {
        for range in ranges.into_iter().take(MOST) {
            let rows = count(connection, self.project, &range).await?;
            self.counts.insert(range, rows);
        }
        Ok(())
    }

    pub(super) fn project(&self) -> ProjectShort {
        self.project
    }

    pub(super) fn place(&self, place: &[&str]) -> PostedPlace {
        let place: Vec<String> = place.iter().map(|key| (*key).to_owned()).collect();
        self.places.get(&place).copied().unwrap_or(PostedPlace::Unknown)
    }

    /// The rows in a range, where they are few.
    pub(super) fn few(&self, range: &PostedRange) -> Option<FewRows> {
        FewRows::of(self.counts.get(range).copied()?, range.spans(self.project))
    }

    /// The path at which those rows stand of which not all is kept; none where all is kept of every row.
    pub(super) fn rest(&self) -> Option<i64> {
        (self.rest.1 > 0).then_some(self.rest.0)
    }

    /// Those rows, where they are few.
    pub(super) fn few_of_rest(&self) -> Option<FewRows> {
        FewRows::of(self.rest.1, self.rest_range().spans(self.project))
    }

    fn rest_range(&self) -> PostedRange {
        PostedRange { path: self.rest.0, low: Vec::new(), high: vec![0] }
    }
}

/// The places that a filter asks for of which values are kept.
fn places(filter: &Expression) -> Vec<Vec<String>> {
    let mut places: Vec<Vec<String>> = Vec::new();
    let _ = filter.clone().map(&mut |part| {
        if let Kind::Path(path) = &part.kind {
            let keys: Option<Vec<&str>> = path.iter().map(Step::key).collect();
            if let Some(keys) = keys.filter(|keys| places.len() < MOST && is_indexed(keys)) {
                let place: Vec<String> = keys.into_iter().map(str::to_owned).collect();
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        part
    });
    places
}

async fn stored(connection: &impl ConnectionTrait, home: &Home, texts: &[String]) -> Result<HashMap<String, (i64, bool)>> {
    #[derive(FromQueryResult)]
    struct Row {
        path: String,
        id: i64,
        exact: bool,
    }
    let text = format!("SELECT path, id, exact FROM value_paths WHERE project = ? AND object = ? AND path IN ({})", list(texts.len()));
    let bound = values![home.short(), home.key].into_iter().chain(texts.iter().map(|text| Value::from(text.as_str()))).collect();
    Ok(all::<Row>(connection, &text, bound).await?.into_iter().map(|row| (row.path, (row.id, row.exact))).collect())
}

/// Where in the metadata people write texts, or have written any.
pub(crate) async fn places_of_texts(connection: &impl ConnectionTrait, home: &Home) -> Result<Vec<Vec<String>>> {
    #[derive(FromQueryResult)]
    struct Row {
        definition: String,
    }
    let text = "SELECT v.definition FROM questions q JOIN question_versions v ON v.question_id = q.id WHERE q.project_id = ?";
    let mut places = Vec::new();
    for row in all::<Row>(connection, text, values![home.project.as_str()]).await? {
        match serde_json::from_str::<Definition>(&row.definition)?.kind {
            QuestionKind::Text { path } => {
                places.push(std::iter::once("metadata").chain(path.keys()).map(str::to_owned).collect());
            }
            QuestionKind::Continuous | QuestionKind::Categorical { .. } | QuestionKind::Expected { .. } => {}
        }
    }
    Ok(places)
}

/// How many rows there are in a range; one more than few for many.
async fn count(connection: &impl ConnectionTrait, project: ProjectShort, range: &PostedRange) -> Result<usize> {
    #[derive(FromQueryResult)]
    struct Row {
        count: i64,
    }
    let (text, bound) = range.spans(project);
    let text = format!("SELECT COUNT(*) AS count FROM ({text} LIMIT {}) c", FEW + 1);
    let row = one::<Row>(connection, &text, bound).await?;
    Ok(row.map_or(0, |row| usize::try_from(row.count).unwrap_or(usize::MAX)))
}
