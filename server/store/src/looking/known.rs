//! Names in a query that nothing carries, each told with the nearest that exists. Nothing is told of what is not certain.

use crate::content::ingest::values::{MOST_PATHS, rest_of};
use crate::ground::database::{all, exists, values};
use crate::looking::narrowing::places_of_texts;
use crate::looking::trace_summary::OF_SPANS;
use crate::looking::view::View;
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use shared::ObjectId;
use shared::filter::{Diagnostic, Expression, Kind, KnownNames, Query, Shape, Step, parse_expression, unknown_names};

/// Objects whose names are gathered for one query.
const MOST_OBJECTS: usize = 10;

/// Tags of spans that are gone through; where there are more, it is not certain which there are.
const MOST_TAGS: usize = 20_000;

/// Metrics that rows of traces have, whatever their spans say.
const OF_ROWS: [&str; 4] = ["duration", "tokens", "total_tokens", "estimated_cost"];

impl Desk {
    /// Names in a query that no row of its objects carries, as far as the caller may see them: scores, questions, tags, review lists, people,
    /// metadata and metrics. They are no mistakes: such a row may come.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown object.
    pub async fn unknown_names(&self, query: &Query) -> Result<Vec<Diagnostic>> {
        let asked = Asked::of(query);
        if asked.0.is_empty() {
            return Ok(Vec::new());
        }
        let objects = self.sources(query).await?;
        if objects.len() > MOST_OBJECTS {
            return Ok(Vec::new());
        }
        let mut known: Option<KnownNames> = None;
        for object in &objects {
            let of_object = self.carried(object, &asked, query.from.shape).await?;
            known = Some(match known {
                Some(known) => both(known, of_object),
                None => of_object,
            });
        }
        let known = known.unwrap_or_default();
        let mut found: Vec<Diagnostic> = Vec::new();
        for hint in query.expressions().flat_map(|expression| unknown_names(expression, &known)) {
            if !found.contains(&hint) {
                found.push(hint);
            }
        }
        Ok(found)
    }

    /// The same of a condition on the rows of traces of one object. What cannot be read names nothing.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown object.
    pub async fn unknown_names_in(&self, object: &ObjectId, filter: &str) -> Result<Vec<Diagnostic>> {
        let Ok(expression) = parse_expression(filter) else { return Ok(Vec::new()) };
        let asked = Asked::of_all([&expression]);
        if asked.0.is_empty() {
            return Ok(Vec::new());
        }
        Ok(unknown_names(&expression, &self.carried(object, &asked, Shape::Traces).await?))
    }

    /// The names that rows of an object carry, of the columns that are asked for.
    async fn carried(&self, object: &ObjectId, asked: &Asked, shape: Shape) -> Result<KnownNames> {
        let mut known = KnownNames::default();
        // Whoever holds a snapshot asks for no other.
        let project = &{
            let view = self.view(object).await?;
            if asked.any(&["tags"]) {
                known.tags = tags(&view).await?;
            }
            if asked.any(&["metadata", "metrics"]) && !view.sight.veils_spans() {
                (known.metadata, known.metrics) = paths(&view, shape).await?;
            }
            view.home.project
        };
        let about_scores = asked.any(&["scores", "reported", "feedback", "gold"]);
        if about_scores || asked.any(&["answers"]) {
            let questions: Vec<String> = self.questions(project).await?.into_iter().map(|question| question.name).collect();
            if about_scores {
                let scored = self.summary(object, "").await?.0.scores.into_keys();
                known.scores = Some(scored.chain(questions.iter().cloned()).collect());
            }
            known.questions = Some(questions);
        }
        if asked.any(&["review"]) {
            known.lists = Some(self.review_lists(project).await?.into_iter().map(|list| list.name).collect());
        }
        // Comments of end users are signed with whatever they are called.
        if asked.any(&["review", "answers"]) && !asked.any(&["comments"]) {
            let people = self.people().await?.into_iter();
            known.people = Some(people.flat_map(|person| [person.email, person.id.0, person.name]).collect());
        }
        if let Some(tags) = &mut known.tags {
            tags.extend(self.tags(project).await?.into_iter().map(|tag| tag.name));
        }
        Ok(known)
    }
}

/// The columns that a query speaks of.
struct Asked(Vec<String>);

impl Asked {
    fn of(query: &Query) -> Self {
        Self::of_all(query.expressions())
    }

    fn of_all<'expression>(expressions: impl IntoIterator<Item = &'expression Expression>) -> Self {
        const TOLD: [&str; 9] = ["scores", "reported", "feedback", "gold", "answers", "review", "tags", "metadata", "metrics"];
        let mut columns: Vec<String> = Vec::new();
        for expression in expressions {
            heads(expression, &mut |column| {
                if (TOLD.contains(&column) || column == "comments") && !columns.iter().any(|known| known == column) {
                    columns.push(column.to_owned());
                }
            });
        }
        Self(columns)
    }

    fn any(&self, columns: &[&str]) -> bool {
        self.0.iter().any(|column| columns.contains(&column.as_str()))
    }
}

/// The columns that an expression reads.
fn heads(expression: &Expression, take: &mut dyn FnMut(&str)) {
    let _ = expression.clone().map(&mut |inner| {
        if let Kind::Path(path) = &inner.kind
            && let Some(column) = path.first().and_then(Step::key)
        {
            take(column);
        }
        inner
    });
}

/// What is known of both; nothing where it is not known of one.
fn both(one: KnownNames, other: KnownNames) -> KnownNames {
    fn joined<Name>(one: Option<Vec<Name>>, other: Option<Vec<Name>>) -> Option<Vec<Name>> {
        one.zip(other).map(|(one, other)| one.into_iter().chain(other).collect())
    }
    KnownNames {
        scores: joined(one.scores, other.scores),
        questions: joined(one.questions, other.questions),
        tags: joined(one.tags, other.tags),
        lists: joined(one.lists, other.lists),
        people: joined(one.people, other.people),
        metadata: joined(one.metadata, other.metadata),
        metrics: joined(one.metrics, other.metrics),
        ..KnownNames::default()
    }
}

/// The tags of the rows of a project; none where they are too many to be gone through.
async fn tags(view: &View) -> Result<Option<Vec<String>>> {
    #[derive(FromQueryResult)]
    struct Row {
        tag: String,
        count: i64,
    }
    let text =
        format!("SELECT g.tag, COUNT(*) AS count FROM (SELECT tag FROM span_tags WHERE project = ? LIMIT {MOST_TAGS}) g GROUP BY g.tag");
    let rows = all::<Row>(&view.snapshot, &text, values![view.home.short()]).await?;
    let spans: i64 = rows.iter().map(|row| row.count).sum();
    let is_all = usize::try_from(spans).is_ok_and(|spans| spans < MOST_TAGS);
    Ok(is_all.then(|| rows.into_iter().map(|row| row.tag).collect()))
}

/// The paths of metadata and the metrics; none where not all of them are kept.
async fn paths(view: &View, shape: Shape) -> Result<(Option<Vec<Vec<String>>>, Option<Vec<String>>)> {
    #[derive(FromQueryResult)]
    struct Row {
        path: String,
    }
    let home = &view.home;
    let rest = "SELECT 1 FROM span_values WHERE project = ? AND path = ?";
    let text = "SELECT path FROM value_paths WHERE project = ? AND object = ?";
    let rows = all::<Row>(&view.snapshot, text, values![home.short(), home.key]).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|paths| paths >= MOST_PATHS);
    if is_full || exists(&view.snapshot, rest, values![home.short(), rest_of(home.key)]).await? {
        return Ok((None, None));
    }
    let (mut metadata, mut metrics) = (Vec::new(), vec!["start".to_owned(), "end".to_owned()]);
    // What was erased has no name any more.
    let paths = rows.iter().filter_map(|row| serde_json::from_str::<Vec<String>>(&row.path).ok());
    for mut path in paths.chain(places_of_texts(&view.snapshot, home).await?) {
        let below = if path.is_empty() { Vec::new() } else { path.split_off(1) };
        match (path.first().map(String::as_str), below) {
            (Some("metadata"), below) => metadata.push(below),
            (Some("metrics"), mut below) if !below.is_empty() => metrics.push(below.swap_remove(0)),
            _ => {}
        }
    }
    metadata.extend([vec![shared::reviews::LISTS_KEY.to_owned()], vec![shared::reviews::ASSIGNMENTS_KEY.to_owned()]]);
    if shape.is_of_traces() {
        metrics.extend(OF_ROWS.into_iter().chain(OF_SPANS).map(str::to_owned));
    }
    Ok((Some(metadata), Some(metrics)))
}
