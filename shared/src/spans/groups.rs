//! The rows of a list in groups: by their tags, by the band of a score, or by what an expression comes to.

use super::TraceRow;
use crate::filter::{Expression, Kind, parse_expression, quote_path_step, quote_text};
use crate::{ObjectId, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Groups of a list at most: the largest.
pub const MOST_GROUPS: usize = 200;

/// Scores whose means a group has at most, by name.
pub const GROUPED_SCORES: usize = 12;

/// Bands of a score: each as wide as the others.
const BANDS: u32 = 5;

/// Characters of an expression.
const LONGEST: usize = 1_000;

/// Bytes of what the rows of a group have in common that are told, and kept while rows are counted.
const LONGEST_TOLD: usize = 500;

/// Characters of what is longer.
const SHOWN_OF_LONG: usize = 100;

/// What groups by tags are asked for with.
const TAGS: &str = "tags";

/// Asks for the rows of a list in groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupTraces {
    /// What holds them.
    pub object: ObjectId,
    /// A filter expression; empty means all.
    pub filter: String,
    /// By what, as [`RowGrouping::parse`] reads it.
    pub by: String,
}

/// The rows of a list in groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TraceGroups {
    /// By what, as [`RowGrouping::to_text`] writes it.
    pub by: String,
    /// The largest first; bands of a score from the lowest.
    pub groups: Vec<TraceGroup>,
    /// The scores whose means are told, by name.
    pub scores: Vec<String>,
    /// Rows that were looked at.
    pub rows: u64,
    /// Whether that is not all of them, because it would have taken too long: the newest were.
    pub is_partial: bool,
    /// How many smaller groups there are beside these.
    pub left_out: u64,
}

/// Rows of a list that have something in common.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TraceGroup {
    /// What they have in common, as people read it.
    pub words: String,
    /// The condition that these rows fulfil; none where none can say it.
    pub condition: Option<String>,
    /// How many they are. A row with two tags is in two groups.
    pub rows: u64,
    /// The mean of the rows for each of [`TraceGroups::scores`], 0 to 1; none where no row has it.
    pub means: Vec<Option<f64>>,
}

/// By what the rows of a list are grouped.
#[derive(Clone, Debug, PartialEq)]
pub enum RowGrouping {
    /// By each of their tags.
    Tags,
    /// By the band of a score, in fifths.
    Score(String),
    /// By what an expression comes to.
    Value(Expression),
}

/// What rows of a group have in common, in the order in which groups of one size stand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKey {
    /// A band of a score, from 0.
    Band(u32),
    /// A tag.
    Tag(String),
    /// A value, as JSON.
    Json(String),
    /// A tag or a value that is too long to be told: how it begins, and what tells it from others that begin so.
    Long(String, u64),
    /// Nothing: no tag, no score, no value.
    Nothing,
}

impl RowGrouping {
    /// Reads what rows are grouped by: `tags`, `scores.Q`, or any other expression. None for an empty text.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for what cannot be read.
    pub fn parse(text: &str) -> Result<Option<Self>, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let refused = |reason: String| Problem::invalid("group", reason);
        if text.chars().count() > LONGEST || text.contains('\0') {
            return Err(refused(format!("Use at most {LONGEST} characters, without a NUL.")));
        }
        let unread = |_| refused(format!("Rows cannot be grouped by {text}. Use tags, a score such as scores.Quality, or metadata.model."));
        let expression = parse_expression(text).map_err(unread)?;
        let keys = match &expression.kind {
            Kind::Path(path) => path.iter().map(|step| step.key()).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        Ok(Some(match keys.as_deref() {
            Some([TAGS]) => Self::Tags,
            Some(["scores", name]) => Self::Score((*name).to_owned()),
            _ => Self::Value(expression),
        }))
    }

    /// The same as [`RowGrouping::parse`] reads it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Tags => TAGS.to_owned(),
            Self::Score(name) => format!("scores.{}", quote_path_step(name)),
            Self::Value(expression) => expression.to_string(),
        }
    }

    /// In which groups a row is. `value` is what the expression comes to, as JSON, where rows are grouped by one.
    pub fn keys(&self, row: &TraceRow, value: Option<&str>) -> Vec<GroupKey> {
        match self {
            Self::Tags if row.tags.is_empty() => vec![GroupKey::Nothing],
            Self::Tags => row.tags.iter().map(|tag| long(tag).unwrap_or_else(|| GroupKey::Tag(tag.clone()))).collect(),
            Self::Score(name) => vec![row.scores.get(name).map_or(GroupKey::Nothing, |score| GroupKey::Band(band(score.value)))],
            Self::Value(_) => match value.filter(|value| *value != "null") {
                Some(value) => vec![long(value).unwrap_or_else(|| GroupKey::Json(whole(value).unwrap_or_else(|| value.to_owned())))],
                None => vec![GroupKey::Nothing],
            },
        }
    }

    /// What a group is called.
    pub fn words(&self, key: &GroupKey) -> String {
        match key {
            GroupKey::Band(band) => format!("{}–{} %", band * 100 / BANDS, (band + 1) * 100 / BANDS),
            GroupKey::Tag(tag) => tag.clone(),
            GroupKey::Long(begin, _) => format!("{begin}…"),
            GroupKey::Json(json) => match serde_json::from_str::<String>(json) {
                Ok(text) if text.trim().is_empty() => "(empty text)".to_owned(),
                Ok(text) => text,
                Err(_) => json.clone(),
            },
            GroupKey::Nothing => match self {
                Self::Tags => "no tags".to_owned(),
                Self::Score(name) => format!("no {name}"),
                Self::Value(_) => "nothing there".to_owned(),
            },
        }
    }

    /// The condition that the rows of a group fulfil; none where none can say it.
    pub fn condition(&self, key: &GroupKey) -> Option<String> {
        let place = match self {
            Self::Value(Expression { kind: Kind::Path(_), .. }) | Self::Tags | Self::Score(_) => self.to_text(),
            Self::Value(_) => format!("({})", self.to_text()),
        };
        match key {
            GroupKey::Nothing => Some(format!("{place} is null")),
            GroupKey::Long(..) => None,
            GroupKey::Tag(tag) => Some(format!("tags includes {}", quote_text(tag))),
            GroupKey::Band(band) => {
                let bound = |band: u32| f64::from(band) / f64::from(BANDS);
                let below = if band + 1 == BANDS { String::new() } else { format!(" and {place} < {}", bound(band + 1)) };
                // What is whole belongs to the last band.
                Some(format!("{place} >= {}{below}", bound(*band)))
            }
            GroupKey::Json(json) => {
                let value = match serde_json::from_str::<serde_json::Value>(json).ok()? {
                    serde_json::Value::String(text) => quote_text(&text),
                    serde_json::Value::Bool(value) => value.to_string(),
                    serde_json::Value::Number(_) => json.clone(),
                    serde_json::Value::Null | serde_json::Value::Array(_) | serde_json::Value::Object(_) => return None,
                };
                let condition = format!("{place} = {value}");
                parse_expression(&condition).ok().map(|condition| condition.to_string())
            }
        }
    }
}

/// A number that is written in another way and whole, such as `1.0` or `-0`, as whole numbers are.
fn whole(json: &str) -> Option<String> {
    let number: f64 = json.bytes().next().filter(|first| matches!(first, b'-' | b'0'..=b'9')).and_then(|_| json.parse().ok())?;
    (number.fract() == 0.0 && number.abs() < 1e15).then(|| (number as i64).to_string())
}

/// The key of what is longer than a group tells.
fn long(text: &str) -> Option<GroupKey> {
    if text.len() <= LONGEST_TOLD {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    Some(GroupKey::Long(text.chars().take(SHOWN_OF_LONG).collect(), hasher.finish()))
}

/// In which band a value is.
fn band(value: f64) -> u32 {
    let last = BANDS - 1;
    (0..last).find(|band| value < f64::from(band + 1) / f64::from(BANDS)).unwrap_or(last)
}

/// Groups of rows while these come.
#[derive(Debug)]
pub struct Grouping {
    by: RowGrouping,
    groups: BTreeMap<GroupKey, GroupSums>,
    scores: BTreeMap<String, ()>,
    rows: u64,
}

#[derive(Debug, Default)]
struct GroupSums {
    rows: u64,
    /// The sum and the number of the values of each score.
    sums: BTreeMap<String, (f64, u64)>,
}

impl Grouping {
    /// No rows yet.
    pub fn new(by: RowGrouping) -> Self {
        Self { by, groups: BTreeMap::new(), scores: BTreeMap::new(), rows: 0 }
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Takes a row in; `value` as in [`RowGrouping::keys`].
    pub fn add(&mut self, row: &TraceRow, value: Option<&str>) {
        self.rows += 1;
        row.scores.keys().for_each(|name| {
            self.scores.entry(name.clone()).or_default();
        });
        for key in self.by.keys(row, value) {
            let group = self.groups.entry(key).or_default();
            group.rows += 1;
            for (name, score) in &row.scores {
                let (sum, count) = group.sums.entry(name.clone()).or_default();
                *sum += score.value;
                *count += 1;
            }
        }
    }

    /// What came of it. `is_partial` says whether rows are missing.
    pub fn finish(self, is_partial: bool) -> TraceGroups {
        let Self { by, groups, scores, rows } = self;
        let scores: Vec<String> = scores.into_keys().take(GROUPED_SCORES).collect();
        let mut groups: Vec<_> = groups.into_iter().collect();
        if !matches!(by, RowGrouping::Score(_)) {
            // What has nothing stands last.
            groups.sort_by_key(|(key, group)| (*key == GroupKey::Nothing, std::cmp::Reverse(group.rows)));
        }
        let left_out = groups.len().saturating_sub(MOST_GROUPS) as u64;
        groups.truncate(MOST_GROUPS);
        let mean = |(sum, count): &(f64, u64)| sum / *count as f64;
        let groups = groups.into_iter().map(|(key, group)| TraceGroup {
            words: by.words(&key),
            condition: by.condition(&key),
            rows: group.rows,
            means: scores.iter().map(|name| group.sums.get(name).map(mean)).collect(),
        });
        TraceGroups { by: by.to_text(), groups: groups.collect(), scores, rows, is_partial, left_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RowId;
    use crate::summary::{ScoreKind, TraceScore};
    use expect_test::{Expect, expect};

    fn row(tags: &[&str], score: Option<f64>) -> TraceRow {
        let scores = score.map(|value| ("Quality".to_owned(), TraceScore { value, kind: ScoreKind::Automatic, spread: None }));
        TraceRow { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), scores: scores.into_iter().collect(), ..blank() }
    }

    fn blank() -> TraceRow {
        TraceRow {
            key: 0,
            root_span_id: String::new(),
            row_id: RowId(String::new()),
            name: String::new(),
            created: 0,
            input: String::new(),
            output: String::new(),
            errors: 0,
            spans: 1,
            comments: 0,
            duration: None,
            tokens: None,
            cost: None,
            scores: BTreeMap::new(),
            tags: Vec::new(),
            case: None,
            values: Vec::new(),
        }
    }

    fn check(by: &str, rows: &[(TraceRow, &str)], expected: &Expect) {
        let mut grouping = Grouping::new(RowGrouping::parse(by).unwrap().unwrap());
        rows.iter().for_each(|(row, value)| grouping.add(row, Some(value)));
        let told = grouping.finish(false);
        let lines = told.groups.iter().map(|group| {
            let condition = group.condition.as_deref().unwrap_or("-");
            format!("{} | {} | {condition} | {:?}\n", group.words, group.rows, group.means)
        });
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn rows_are_in_the_groups_that_their_conditions_say() {
        let rows = [
            (row(&["a", "b"], Some(0.0)), "\"pro\""),
            (row(&["b"], Some(0.2)), "\"pro\""),
            (row(&[], Some(1.0)), "5"),
            (row(&["it's"], None), "null"),
            (row(&["b"], Some(0.79)), "[1]"),
            (row(&["b"], None), "\" \""),
        ];
        check(
            "tags",
            &rows,
            &expect![[r#"
            b | 4 | tags includes 'b' | [Some(0.33)]
            a | 1 | tags includes 'a' | [Some(0.0)]
            it's | 1 | tags includes 'it''s' | [None]
            no tags | 1 | tags is null | [Some(1.0)]
        "#]],
        );
        check(
            "scores.Quality",
            &rows,
            &expect![[r#"
            0–20 % | 1 | scores.Quality >= 0 and scores.Quality < 0.2 | [Some(0.0)]
            20–40 % | 1 | scores.Quality >= 0.2 and scores.Quality < 0.4 | [Some(0.2)]
            60–80 % | 1 | scores.Quality >= 0.6 and scores.Quality < 0.8 | [Some(0.79)]
            80–100 % | 1 | scores.Quality >= 0.8 | [Some(1.0)]
            no Quality | 2 | scores.Quality is null | [None]
        "#]],
        );
        check(
            " metadata.\"a plan\" ",
            &rows,
            &expect![[r#"
            pro | 2 | metadata."a plan" = 'pro' | [Some(0.1)]
            (empty text) | 1 | metadata."a plan" = ' ' | [None]
            5 | 1 | metadata."a plan" = 5 | [Some(1.0)]
            [1] | 1 | - | [Some(0.79)]
            nothing there | 1 | metadata."a plan" is null | [None]
        "#]],
        );
        check(
            "lower(metadata.plan)",
            &rows[..1],
            &expect![[r#"
            pro | 1 | lower(metadata.plan) = 'pro' | [Some(0.0)]
        "#]],
        );
    }

    #[test]
    fn numbers_that_are_alike_are_one_group_and_conditions_are_about_the_whole_expression() {
        let rows = ["1", "1.0", "0", "-0", "1.5", "null"].map(|value| (row(&[], None), value));
        check(
            "metadata.n",
            &rows,
            &expect![[r#"
            0 | 2 | metadata.n = 0 | []
            1 | 2 | metadata.n = 1 | []
            1.5 | 1 | metadata.n = 1.5 | []
            nothing there | 1 | metadata.n is null | []
        "#]],
        );
        check(
            "input.a or input.b",
            &[(row(&[], None), "null"), (row(&[], None), "true")],
            &expect![[r#"
            true | 1 | (input.a or input.b) = true | []
            nothing there | 1 | (input.a or input.b) is null | []
        "#]],
        );
    }

    #[test]
    fn what_is_long_is_told_by_its_beginning() {
        let text = |end: &str| format!("\"{}{end}\"", "long ".repeat(200));
        let mut grouping = Grouping::new(RowGrouping::parse("input").unwrap().unwrap());
        for value in [text("one"), text("two"), text("one")] {
            grouping.add(&blank(), Some(&value));
        }
        let told = grouping.finish(false);
        assert_eq!(told.groups.iter().map(|group| group.rows).collect::<Vec<_>>(), [2, 1]);
        assert!(told.groups.iter().all(|group| group.words.len() < 120 && group.condition.is_none()), "{told:?}");
    }

    #[test]
    fn what_rows_cannot_be_grouped_by_is_refused() {
        assert_eq!(RowGrouping::parse(" ").unwrap(), None);
        for text in ["metadata.", "a b c", "x\0", &"x".repeat(1_001)] {
            assert!(RowGrouping::parse(text).is_err(), "{text}");
        }
        let score = RowGrouping::parse("scores.\"a b\"").unwrap().unwrap();
        assert_eq!(RowGrouping::parse(&score.to_text()).unwrap(), Some(score));
    }
}
