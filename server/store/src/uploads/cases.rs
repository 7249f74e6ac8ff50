//! A line of a file as a case of a dataset.

use super::columns::Place;
use super::lines::{Cells, Column, FoundLine, Recognised};
use super::table::Lines;
use crate::Result;
use crate::ground::body::{self, Object, Raw};
use indexmap::IndexMap;
use serde::{Serialize, Serializer};
use serde_json::json;
use serde_json::value::RawValue;
use shared::uploads::{RefusedLine, UploadFormat};

/// What a line says.
pub(super) struct Case {
    /// Its line.
    pub(super) line: u64,
    /// The id that it gives itself.
    pub(super) id: Option<String>,
    /// Input, expected, metadata and tags, as far as it says them.
    pub(super) fields: Object,
    /// What takes the place of what stands there, where a row has its id.
    pub(super) paths: Vec<Vec<String>>,
}

impl Case {
    /// A new row. `upload` makes it another row than one that was deleted, also where both say the same.
    pub(super) fn row(&self, id: &str, upload: &str) -> Result<Raw> {
        let mut row = Object::from([("id".to_owned(), body::raw(&id)?)]);
        row.extend(self.fields.clone());
        row.insert("_audit_metadata".to_owned(), body::raw(&json!({ "upload": upload }))?);
        Ok(body::raw(&row)?)
    }

    /// What changes a row that is there. What the line does not say stays.
    pub(super) fn change(&self, id: &str) -> Result<Raw> {
        let mut row = Object::from([("id".to_owned(), body::raw(&id)?)]);
        row.insert("_is_merge".to_owned(), body::raw(&true)?);
        row.insert("_merge_paths".to_owned(), body::raw(&self.paths)?);
        row.extend(self.fields.clone());
        Ok(body::raw(&row)?)
    }

    /// Whether a row says all of it already.
    pub(super) fn is_said_by(&self, stored: &Object) -> Result<bool> {
        let mut paths = body::Paths::default();
        self.paths.iter().for_each(|path| paths.add(path.iter().cloned()));
        let mut changed = stored.clone();
        body::merge(&mut changed, self.fields.clone(), &paths)?;
        let text = |content: &Object, field: &str| content.get(field).map(|value| value.get().to_owned());
        Ok(self.fields.keys().all(|field| body::same(text(stored, field).as_deref(), text(&changed, field).as_deref())))
    }
}

/// What stands at a place, while it is put together from columns.
enum Node {
    Value(Raw),
    Object(IndexMap<String, Node>),
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

/// The cells of a line, or the column whose cell cannot be read, and why.
type ReadCells<'a> = std::result::Result<Vec<Option<Raw>>, (&'a Column, String)>;

impl Recognised {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn case(&self, line: FoundLine) -> Result<std::result::Result<Case, RefusedLine>> {
        let text = &self.file.text[line.place.0..line.place.1];
        let values = match self.file.format {
            UploadFormat::Csv | UploadFormat::Tsv => self.cells(text)?,
            UploadFormat::Json | UploadFormat::Jsonl => Ok(self.members(text)?),
        };
        let told = |(column, reason): (&Column, String)| RefusedLine { line: line.number, column: Some(column.told.name.clone()), reason };
        let values = match values {
            Ok(values) => values,
            Err(mistake) => return Ok(Err(told(mistake))),
        };
        let mut made = Made::default();
        for (column, value) in self.columns.iter().zip(values) {
            let (Some(place), Some(value)) = (&column.place, value) else { continue };
            if let Err(reason) = made.put(column, place, value)? {
                return Ok(Err(told((column, reason))));
            }
        }
        if made.fields.is_empty() && made.tags.is_none() {
            let reason = "This line has nothing that becomes input, expected, metadata or tags.".to_owned();
            return Ok(Err(RefusedLine { line: line.number, column: None, reason }));
        }
        let mut fields = Object::new();
        for (field, node) in made.fields {
            fields.insert(field, body::raw(&node)?);
        }
        if let Some(tags) = made.tags {
            fields.insert("tags".to_owned(), body::raw(&tags)?);
            made.paths.push(vec!["tags".to_owned()]);
        }
        Ok(Ok(Case { line: line.number, id: made.id, fields, paths: made.paths }))
    }

    /// The cells of a line of a table, as JSON.
    fn cells(&self, text: &str) -> Result<ReadCells<'_>> {
        let cells = Lines::new(text, self.separator).next().and_then(|line| line.cells.ok()).unwrap_or_default();
        let mut values = Vec::with_capacity(cells.len());
        for (column, cell) in self.columns.iter().zip(&cells) {
            let is_structure = || cell.trim_start().starts_with(['{', '[']);
            let is_text = matches!(column.place, Some(Place::Id | Place::Tags));
            values.push(match column.cells {
                _ if cell.trim().is_empty() => None,
                Cells::Scalars if !is_text => Some(RawValue::from_string(cell.trim().to_owned())?),
                Cells::Structures if !is_text && is_structure() => match RawValue::from_string(cell.trim().to_owned()) {
                    Ok(value) => Some(value),
                    Err(error) => {
                        let told = error.to_string();
                        let told = told.split(" at line ").next().unwrap_or_default();
                        return Ok(Err((
                            column,
                            format!("This begins like JSON and is none: {told}. Mend it, or read the column as text."),
                        )));
                    }
                },
                Cells::Text | Cells::Scalars | Cells::Structures => Some(body::raw(cell)?),
            });
        }
        Ok(Ok(values))
    }

    /// The values of an object, in the order of the columns.
    fn members(&self, text: &str) -> Result<Vec<Option<Raw>>> {
        let mut object = body::object(text).unwrap_or_default();
        let mut values = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let value = object.swap_remove(&column.told.name).filter(|value| !body::is_null(value));
            values.push(match value {
                Some(value) if column.told.as_text && !value.get().starts_with('"') => Some(body::raw(&value.get())?),
                value => value,
            });
        }
        Ok(values)
    }
}

/// A case while it is put together.
#[derive(Default)]
struct Made {
    id: Option<String>,
    tags: Option<Vec<String>>,
    fields: IndexMap<String, Node>,
    paths: Vec<Vec<String>>,
}

impl Made {
    /// Puts the value of a column where it belongs.
    fn put(&mut self, column: &Column, place: &Place, value: Raw) -> Result<std::result::Result<(), String>> {
        match place {
            Place::Id => match id_of(&value) {
                Ok(id) => self.id = id,
                Err(reason) => return Ok(Err(reason)),
            },
            Place::Tags => match tags_of(&value) {
                Ok(tags) => self.tags.get_or_insert_default().extend(tags),
                Err(reason) => return Ok(Err(reason)),
            },
            Place::Field(steps) => {
                let is_metadata = steps[0] == "metadata";
                let is_alone = column.is_alone;
                let entries = if is_metadata && steps.len() == 1 { body::object(value.get()) } else { None };
                return Ok(match entries {
                    Some(_) if is_alone => self.lay(steps.clone(), value),
                    // Metadata is an object, so that several columns can say parts of it.
                    Some(entries) => entries.into_iter().try_for_each(|(key, value)| self.lay(vec![steps[0].clone(), key], value)),
                    None if steps.len() == 1 && (is_metadata || !is_alone) => {
                        self.lay(vec![steps[0].clone(), column.told.name.clone()], value)
                    }
                    None => self.lay(steps.clone(), value),
                });
            }
        }
        Ok(Ok(()))
    }

    /// Lays a value at a place.
    fn lay(&mut self, steps: Vec<String>, value: Raw) -> std::result::Result<(), String> {
        let taken = || format!("Another column says already what {} is. Leave one of them out.", steps.join("."));
        let (last, above) = steps.split_last().ok_or_else(taken)?;
        let mut object = &mut self.fields;
        for step in above {
            object = match object.entry(step.clone()).or_insert_with(|| Node::Object(IndexMap::new())) {
                Node::Object(below) => below,
                Node::Value(_) => return Err(taken()),
            };
        }
        if object.contains_key(last) {
            return Err(taken());
        }
        object.insert(last.clone(), Node::Value(value));
        self.paths.push(steps);
        Ok(())
    }
}

/// An id: a text, or a number as it is written.
fn id_of(value: &RawValue) -> std::result::Result<Option<String>, String> {
    let text = match value.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(value.get()).map_err(|_| "An id has no half characters.".to_owned())?,
        Some(b'-' | b'0'..=b'9') => value.get().to_owned(),
        _ => return Err("An id is text or a number.".to_owned()),
    };
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Tags: a list of texts, or one text with commas or semicolons between them.
fn tags_of(value: &RawValue) -> std::result::Result<Vec<String>, String> {
    const WRONG: &str = "Tags are a list of texts, or one text with commas between them.";
    if let Ok(text) = serde_json::from_str::<String>(value.get()) {
        if text.trim_start().starts_with('[') {
            return serde_json::from_str(&text).map_err(|_| WRONG.to_owned());
        }
        return Ok(text.split([',', ';']).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect());
    }
    serde_json::from_str(value.get()).map_err(|_| WRONG.to_owned())
}
