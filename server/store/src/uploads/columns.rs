//! The columns of a file, and what becomes of them: as their names say, or as somebody says.

use shared::Problem;
use shared::figures::count;
use shared::uploads::{MOST_COLUMNS, UploadColumn};
use std::collections::{BTreeMap, HashSet};

/// Where the value of a column goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the id of the row.
    Id,
    /// It is among the tags.
    Tags,
    /// It is a field, or stands under keys in one.
    Field(Vec<String>),
}

/// The fields whose parts can be named.
const FIELDS: [&str; 3] = ["input", "expected", "metadata"];

/// Keys from a field down to a value at most.
const DEEPEST: usize = 20;

impl Place {
    /// The place of that name; none for the empty name, which leaves a column out.
    pub(super) fn of(column: &UploadColumn) -> Result<Option<Self>, Problem> {
        let steps: Vec<String> = column.becomes.split('.').map(str::to_owned).collect();
        match column.becomes.as_str() {
            "" => Ok(None),
            "id" => Ok(Some(Self::Id)),
            "tags" => Ok(Some(Self::Tags)),
            _ if FIELDS.contains(&steps[0].as_str()) && steps.len() <= DEEPEST && steps.iter().all(|step| !step.is_empty()) => {
                Ok(Some(Self::Field(steps)))
            }
            other => {
                let reason = format!(
                    "{} cannot become {other}. Use input, expected, metadata, tags or id, a place such as metadata.plan, or nothing to leave it out.",
                    column.name
                );
                Err(Problem::invalid("mapping", reason))
            }
        }
    }
}

/// Names for the same, beside the name of the field itself.
const SYNONYMS: [(&str, &[&str]); 4] = [
    ("input", &["inputs", "question", "prompt", "query"]),
    ("expected", &["expectedoutput", "answer", "reference", "groundtruth", "target"]),
    ("tags", &["tag", "labels"]),
    ("metadata", &["meta"]),
];

/// What the rows of an export have beside what a dataset keeps.
const LEFT_OUT: [&str; 22] = [
    "root_span_id",
    "span_id",
    "span_parents",
    "span_attributes",
    "created",
    "name",
    "type",
    "output",
    "error",
    "metrics",
    "scores",
    "context",
    "origin",
    "comments",
    "is_root",
    "project_id",
    "org_id",
    "log_id",
    "experiment_id",
    "dataset_id",
    "_xact_id",
    "_pagination_key",
];

/// What columns of these names become by themselves.
///
/// # Errors
/// [`Problem::Invalid`] for too many of them, two of one name, and one without a name.
pub(super) fn named(names: Vec<String>) -> Result<Vec<UploadColumn>, Problem> {
    let wrong = |reason| Err(Problem::invalid("file", reason));
    if names.len() > MOST_COLUMNS {
        return wrong(format!("A file may have {MOST_COLUMNS} columns; this has {}.", count(names.len() as u64)));
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        if name.trim().is_empty() {
            return wrong(format!("Column {} has no name in the first line. Give it one, or take it out.", index + 1));
        }
        if let Some(first) = seen.insert(name, index) {
            return wrong(format!("Columns {} and {} are both called {name}. Rename one of them.", first + 1, index + 1));
        }
    }
    let plain = |name: &str| name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let taken: HashSet<String> = names.iter().map(|name| plain(name)).collect();
    // A file of an export says more of its rows than a dataset keeps.
    let is_exported = ["root_span_id", "span_id"].iter().all(|name| seen.contains_key(name));
    let becomes = |name: &str| {
        let (plain, own) = (plain(name), name.trim());
        if ["input", "expected", "metadata", "tags", "id"].contains(&plain.as_str()) {
            return plain;
        }
        if FIELDS.iter().any(|field| own.strip_prefix(field).is_some_and(|rest| rest.len() > 1 && rest.starts_with('.'))) {
            return own.to_owned();
        }
        if is_exported && (LEFT_OUT.contains(&own) || own.starts_with("scores.")) {
            return String::new();
        }
        match SYNONYMS.iter().find(|(field, names)| names.contains(&plain.as_str()) && !taken.contains(*field)) {
            Some((field, _)) => (*field).to_owned(),
            None if own.split('.').all(|step| !step.is_empty()) && own.matches('.').count() < DEEPEST - 1 => format!("metadata.{own}"),
            None => format!("metadata.{}", own.replace('.', "_")),
        }
    };
    let columns = names.iter().map(|name| UploadColumn { name: name.clone(), becomes: becomes(name), as_text: false });
    Ok(columns.collect())
}

/// The same columns as somebody says; those that are not named become what they become by themselves.
///
/// # Errors
/// [`Problem::Invalid`] for a column that is not there, or cannot become that.
pub(super) fn mapped(mut columns: Vec<UploadColumn>, mapping: &[UploadColumn]) -> Result<Vec<(UploadColumn, Option<Place>)>, Problem> {
    for wanted in mapping {
        let Some(column) = columns.iter_mut().find(|column| column.name == wanted.name) else {
            return Err(Problem::invalid("mapping", format!("The file has no column {}.", wanted.name)));
        };
        *column = UploadColumn { becomes: wanted.becomes.trim().to_owned(), ..wanted.clone() };
    }
    let columns = columns.into_iter().map(|column| Place::of(&column).map(|place| (column, place)));
    let columns = columns.collect::<Result<Vec<_>, Problem>>()?;
    if columns.iter().filter(|(_, place)| *place == Some(Place::Id)).count() > 1 {
        return Err(Problem::invalid("mapping", "Only one column can be the id."));
    }
    if !columns.is_empty() && columns.iter().all(|(_, place)| place.is_none()) {
        return Err(Problem::invalid("mapping", "Every column is left out. Say what becomes input."));
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(names: &[&str]) -> Vec<String> {
        named(names.iter().map(|name| (*name).to_owned()).collect()).unwrap().into_iter().map(|column| column.becomes).collect()
    }

    fn refused(names: Vec<String>) -> String {
        named(names).unwrap_err().to_string()
    }

    #[test]
    fn names_say_what_becomes_of_columns() {
        assert_eq!(
            guessed(&["ID", "Question", "Ground truth", "plan", "metadata.a.b", "Tags", "a.b", "c..d"]),
            ["id", "input", "expected", "metadata.plan", "metadata.a.b", "tags", "metadata.a.b", "metadata.c__d"]
        );
        // What is called by its own name comes before what means the same.
        assert_eq!(guessed(&["input", "question", "inputs"]), ["input", "metadata.question", "metadata.inputs"]);
        assert_eq!(guessed(&["prompt", "query", "created", "output"]), ["input", "input", "metadata.created", "metadata.output"]);
        let exported = guessed(&["id", "root_span_id", "span_id", "created", "name", "input", "output", "expected", "scores.Tone"]);
        assert_eq!(exported, ["id", "", "", "", "", "input", "", "expected", ""]);
    }

    #[test]
    fn columns_that_cannot_be() {
        assert_eq!(refused(vec!["a".into(), " ".into()]), "file: Column 2 has no name in the first line. Give it one, or take it out.");
        assert_eq!(refused(vec!["a".into(), "b".into(), "a".into()]), "file: Columns 1 and 3 are both called a. Rename one of them.");
        let many = (0..10_000).map(|number| number.to_string()).collect();
        assert_eq!(refused(many), "file: A file may have 500 columns; this has 10,000.");
        let map = |pairs: &[(&str, &str)]| {
            let columns = named(vec!["a".into(), "b".into()]).unwrap();
            let mapping: Vec<_> = pairs
                .iter()
                .map(|(name, becomes)| UploadColumn { name: (*name).to_owned(), becomes: (*becomes).to_owned(), as_text: false })
                .collect();
            mapped(columns, &mapping)
                .map(|columns| columns.into_iter().map(|(_, place)| place).collect::<Vec<_>>())
                .map_err(|problem| problem.to_string())
        };
        let field = |steps: &[&str]| Some(Place::Field(steps.iter().map(|step| (*step).to_owned()).collect()));
        assert_eq!(map(&[("a", "input"), ("b", "")]), Ok(vec![field(&["input"]), None]));
        assert_eq!(map(&[("a", "input.q")]), Ok(vec![field(&["input", "q"]), field(&["metadata", "b"])]));
        assert_eq!(map(&[("c", "input")]), Err("mapping: The file has no column c.".to_owned()));
        assert_eq!(map(&[("a", "id"), ("b", "id")]), Err("mapping: Only one column can be the id.".to_owned()));
        assert_eq!(map(&[("a", ""), ("b", "")]), Err("mapping: Every column is left out. Say what becomes input.".to_owned()));
        for wrong in ["output", "tags.x", "input.", "metadata..x"] {
            assert!(map(&[("a", wrong)]).unwrap_err().starts_with(&format!("mapping: a cannot become {wrong}.")), "{wrong}");
        }
    }
}
