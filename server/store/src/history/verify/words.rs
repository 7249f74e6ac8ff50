//! Words: each that a row says stands in the index, and no other; but for rows that changed since they were indexed.

use super::{Step, same};
use crate::ground::database::{all, list, values};
use crate::ground::keys::{Key, ProjectShort, SpanKey, bound};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value;
use serde_json::value::RawValue;
use shared::filter::{parse_leniently, words_of};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Rows looked at in one go, and of a block.
const ROWS: usize = 300;
const OF_BLOCK: i64 = 4_096;

/// Bytes of a word, and words of a field of a row, that are kept.
const LONGEST_WORD: usize = 64;
const MOST_WORDS: usize = if cfg!(test) { 100 } else { 2_000 };

/// By the word as it is kept, the numbers of the rows that have it.
type RowsOfWords = BTreeMap<Vec<u8>, BTreeSet<i64>>;

#[derive(FromQueryResult)]
struct Index {
    project: ProjectShort,
    mark: SpanKey,
}

#[derive(FromQueryResult)]
struct Row {
    key: SpanKey,
    body: String,
}

#[derive(FromQueryResult)]
struct Posting {
    word: Vec<u8>,
    spans: Vec<u8>,
}

#[derive(FromQueryResult)]
struct Changed {
    key: SpanKey,
}

#[derive(FromQueryResult)]
struct Count {
    count: i64,
}

/// Looks at every row and every word.
pub(super) async fn verify(connection: &impl ConnectionTrait) -> Step {
    for index in all::<Index>(connection, "SELECT project, mark FROM word_indexes", values![]).await? {
        of_project(connection, index).await?;
    }
    let text = "SELECT COUNT(*) AS count FROM word_postings w WHERE NOT EXISTS (SELECT 1 FROM word_indexes i WHERE i.project = w.project)";
    let stray = all::<Count>(connection, text, values![]).await?;
    same(|| "how many words are indexed where no row is".to_owned(), &stray.first().map_or(0, |row| row.count), &0)
}

async fn of_project(connection: &impl ConnectionTrait, index: Index) -> Step {
    let Index { project, mark } = index;
    let changed = all::<Changed>(connection, "SELECT key FROM word_changes WHERE project = ?", values![project]).await?;
    let changed: HashSet<i64> = changed.into_iter().map(|row| row.key.number()).collect();
    let blocks = mark.number() / OF_BLOCK + 1;
    for block in 0..blocks {
        let wanted = wanted(connection, project, block, mark, &changed).await?;
        let mut stored = RowsOfWords::new();
        let text = "SELECT word, spans FROM word_postings WHERE project = ? AND block = ?";
        for posting in all::<Posting>(connection, text, values![project, block]).await? {
            let rows: BTreeSet<i64> = read(&posting.spans).map(|place| block * OF_BLOCK + place).collect();
            same(|| format!("whether any row has the indexed word {}", shown(&posting.word)), &rows.is_empty(), &false)?;
            let settled: BTreeSet<i64> = rows.into_iter().filter(|row| !changed.contains(row)).collect();
            if !settled.is_empty() {
                stored.insert(posting.word, settled);
            }
        }
        for word in wanted.keys().chain(stored.keys()) {
            same(|| format!("the rows that have the indexed word {}", shown(word)), &stored.get(word), &wanted.get(word))?;
        }
    }
    let text = "SELECT COUNT(*) AS count FROM word_postings WHERE project = ? AND block >= ?";
    let beyond = all::<Count>(connection, text, values![project, blocks]).await?;
    same(|| "how many words are indexed beyond the last row".to_owned(), &beyond.first().map_or(0, |row| row.count), &0)
}

/// The words of the rows of a block up to the mark.
async fn wanted(
    connection: &impl ConnectionTrait,
    project: ProjectShort,
    block: i64,
    mark: SpanKey,
    changed: &HashSet<i64>,
) -> Step<RowsOfWords> {
    let mut wanted = RowsOfWords::new();
    let last = mark.min(SpanKey::of(project, (block + 1) * OF_BLOCK - 1));
    let mut after = SpanKey::of(project, block * OF_BLOCK - 1);
    if block == 0 {
        after = SpanKey::of(project, 0);
    }
    loop {
        let text = format!(
            "SELECT s.key, p.body FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key \
             WHERE s.project = ? AND s.key > ? AND s.key <= ? ORDER BY s.key LIMIT {ROWS}"
        );
        let rows = all::<Row>(connection, &text, values![project, after, last]).await?;
        let Some(end) = rows.last() else { return Ok(wanted) };
        after = end.key;
        let comments = comments(connection, &rows).await?;
        for row in rows.iter().filter(|row| !changed.contains(&row.key.number())) {
            for word in words(&row.body, comments.get(&row.key)) {
                wanted.entry(word).or_default().insert(row.key.number());
            }
        }
    }
}

/// What is said in comments on some rows.
async fn comments(connection: &impl ConnectionTrait, rows: &[Row]) -> Step<BTreeMap<SpanKey, Vec<String>>> {
    #[derive(FromQueryResult)]
    struct Comment {
        span: SpanKey,
        id: String,
        external: Option<String>,
        text: String,
    }
    let keys: Vec<SpanKey> = rows.iter().map(|row| row.key).collect();
    let text =
        format!("SELECT span, id, external, text FROM comments WHERE deleted IS NULL AND project = ? AND span IN ({})", list(keys.len()));
    let mut comments: BTreeMap<SpanKey, Vec<String>> = BTreeMap::new();
    for comment in all::<Comment>(connection, &text, bound(&keys)).await? {
        let texts = comments.entry(comment.span).or_default();
        texts.push(comment.id);
        texts.push(comment.text);
        texts.extend(comment.external);
    }
    Ok(comments)
}

/// The words of a row as they are kept: each after the number of its field.
fn words(body: &str, comments: Option<&Vec<String>>) -> BTreeSet<Vec<u8>> {
    let content: BTreeMap<String, Box<RawValue>> = serde_json::from_str(body).unwrap_or_default();
    let mut fields: [BTreeSet<String>; 5] = Default::default();
    for (field, columns) in fields.iter_mut().zip([&["input"][..], &["output"], &["expected"], &["error", "metadata", "tags"], &[]]) {
        for text in columns.iter().filter_map(|column| content.get(*column)) {
            field.extend(words_of(&parse_leniently(text.get()).unwrap_or_else(|| Value::String(text.get().to_owned()))));
        }
    }
    let [.., of_comments] = &mut fields;
    of_comments.extend(comments.into_iter().flatten().flat_map(|text| words_of(&Value::String(text.clone()))));
    let mut kept = BTreeSet::new();
    for (number, words) in (1..).zip(fields) {
        let cut: BTreeSet<Vec<u8>> = words
            .into_iter()
            .map(|word| std::iter::once(number).chain(word.into_bytes().into_iter().take(LONGEST_WORD)).collect())
            .collect();
        if cut.len() > MOST_WORDS {
            kept.insert(vec![number]);
        } else {
            kept.extend(cut);
        }
    }
    kept
}

/// The places in a block that a posting names.
fn read(stored: &[u8]) -> Box<dyn Iterator<Item = i64> + '_> {
    if i64::try_from(stored.len()) == Ok(OF_BLOCK / 8) {
        let bits = |byte: &u8| {
            let byte = *byte;
            (0..8).filter(move |bit| byte >> bit & 1 == 1)
        };
        return Box::new((0..).zip(stored).flat_map(move |(place, byte)| bits(byte).map(move |bit| place * 8 + bit)));
    }
    Box::new(stored.chunks(2).map(|pair| pair.iter().rev().fold(0, |place, byte| place << 8 | i64::from(*byte))))
}

/// A word as a difference names it.
fn shown(word: &[u8]) -> String {
    String::from_utf8_lossy(word.get(1..).unwrap_or_default()).into_owned()
}
