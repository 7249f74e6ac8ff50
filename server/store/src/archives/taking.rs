//! Lines of an archive as rows of this database: ids, keys and members are those of here, and every value is what its column holds.

use super::tables::{ACTIVITY, ArchiveTable, Column, Kind, OF_PROJECT, SAID, SPANS, VERSIONS};
use crate::content::ingest::restored::RestoredRow;
use crate::content::versions::{DELETE, seal_version};
use crate::ground::fate::Fate;
use crate::ground::keys::{EntryId, Key, ObjectKey, ProjectShort, SpanKey, TraceKey};
use crate::ground::places::Home;
use crate::ground::upsert::Upsert;
use crate::writing::activity::{self, SealedEntry};
use sea_orm::Value as Bound;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use shared::ProjectId;
use shared::questions::Definition;
use std::collections::{BTreeMap, HashMap};

/// The largest number that a key can have in its project.
const LARGEST_NUMBER: i64 = (1 << 40) - 1;

/// What is wrong with a line.
pub(super) type Wrong = String;

/// Where what an archive says has its place here.
pub(super) struct Places {
    pub(super) project: ProjectId,
    pub(super) short: ProjectShort,
    pub(super) salt: Vec<u8>,
    /// Whether ids are the same here.
    pub(super) keeps_ids: bool,
    /// What the project is called by where it comes from.
    pub(super) there: String,
    /// The export that is being taken in.
    pub(super) source: String,
    /// Ids there and here, of what came in a line, and in which.
    pub(super) ids: HashMap<String, (String, &'static str)>,
    pub(super) people: HashMap<String, String>,
    /// Those that differ, for texts that hold them.
    pub(super) changed: HashMap<String, String>,
    pub(super) homes: HashMap<ObjectKey, Home>,
    /// When something was last done in each of them.
    pub(super) last_activity: BTreeMap<ObjectKey, Option<i64>>,
    pub(super) fate: Fate,
}

/// A line that is ready to be written.
pub(super) enum Taken {
    Row(&'static ArchiveTable, Upsert),
    Span(Home, RestoredRow),
}

/// The fields of a line, each taken once.
struct Fields<'a> {
    places: &'a Places,
    fields: Map<String, Value>,
}

impl Places {
    /// What an id is here.
    fn id_of(&self, id: &str) -> String {
        match self.ids.get(id) {
            Some((known, _)) => known.clone(),
            None if self.keeps_ids => id.to_owned(),
            None => {
                let hash = Sha256::new().chain_update(self.project.as_str()).chain_update([0]).chain_update(id).finalize();
                let mut bytes = [0; 16];
                bytes.iter_mut().zip(hash).for_each(|(byte, hashed)| *byte = hashed);
                uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
            }
        }
    }

    /// Remembers what an id is here, and in which lines it came.
    fn know(&mut self, id: &str, word: &'static str) {
        let here = self.id_of(id);
        if here != id {
            self.changed.insert(id.to_owned(), here.clone());
        }
        self.ids.insert(id.to_owned(), (here, word));
    }

    /// A text with the ids of here. Only whole ids are replaced, each once.
    fn renamed(&self, text: &str) -> String {
        if self.changed.is_empty() {
            return text.to_owned();
        }
        let is_of_id = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
        let (mut written, mut rest) = (String::with_capacity(text.len()), text);
        while !rest.is_empty() {
            let id = rest.find(|character| !is_of_id(character)).unwrap_or(rest.len());
            let (id, after) = rest.split_at(id);
            written.push_str(self.changed.get(id).map_or(id, String::as_str));
            let between = after.find(is_of_id).unwrap_or(after.len());
            let (between, after) = after.split_at(between);
            written.push_str(between);
            rest = after;
        }
        written
    }

    /// Remembers which member somebody is here.
    pub(super) fn know_person(&mut self, id: &str, here: String) {
        if here != id {
            self.changed.insert(id.to_owned(), here.clone());
        }
        self.people.insert(id.to_owned(), here);
    }

    /// Reads a line about a row of a table.
    pub(super) fn take(&mut self, table: &'static ArchiveTable, fields: Map<String, Value>) -> Result<Taken, Wrong> {
        if let Some(id) = table.columns.iter().find(|column| column.kind == Kind::Own) {
            let id = fields.get(id.name).and_then(Value::as_str).ok_or_else(|| format!("{} must be an id, as text.", id.name))?.to_owned();
            if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) || id.is_empty() || id.len() > 100 {
                return Err("id must be letters, digits and hyphens, up to 100 of them.".to_owned());
            }
            self.know(&id, table.word);
        }
        if table.word == "question_version" {
            let definition = fields.get("definition").and_then(Value::as_str).unwrap_or_default();
            serde_json::from_str::<Definition>(definition)
                .map_err(|error| format!("definition is none of a question that this version of Touchstone knows: {error}."))?;
        }
        let mut fields = Fields { places: self, fields };
        if table.word == SPANS.word {
            let taken = fields.span()?;
            fields.end()?;
            return Ok(taken);
        }
        let units = if table.word == "feedback" { "value" } else { "score" };
        let mut row = Upsert::into(table.name);
        let mut values: BTreeMap<&str, Bound> = BTreeMap::new();
        for column in table.columns {
            let value = fields.value(column)?;
            if column.name == units && matches!(value, Bound::BigInt(Some(units)) if !(0..=1_000_000_000).contains(&units)) {
                return Err(format!("{units} is counted in units of a thousand-millionth, from 0 to 1000000000."));
            }
            values.insert(column.name, value.clone());
            row = row.set(column.name, value);
        }
        fields.end()?;
        // Small tables and mentions know their project otherwise.
        if !matches!(table.of, super::tables::Of::Project(_)) {
            row = row.set("project", self.short);
        }
        if table.word == ACTIVITY.word {
            row = sealed_entry(row, &values, &self.fate);
        } else if table.word == VERSIONS.word {
            row = self.sealed_version(row, &values)?;
        } else if table.word == "object" {
            row = row.fixed("spans", 0_i64).fixed("traces", 0_i64);
        }
        Ok(Taken::Row(table, row))
    }

    /// The object of a key.
    fn home(&self, key: ObjectKey) -> Result<Home, Wrong> {
        self.homes.get(&key).cloned().ok_or_else(|| format!("object {} has no line before this one.", key.number()))
    }

    fn sealed_version(&self, row: Upsert, values: &BTreeMap<&str, Bound>) -> Result<Upsert, Wrong> {
        let text = |name: &str| text(values, name).unwrap_or_default();
        let home = self.home(number(values, "object").into())?;
        let (action, body) = (text("action"), text("body"));
        if action != DELETE && !body.is_empty() && !crate::ground::body::is_object(&body) {
            return Err("body must be the JSON of an object, as text.".to_owned());
        }
        let (seal, _) = seal_version(&self.fate, &home, &text("row_id"), number(values, "transaction_id"), &action, &body);
        Ok(row.set("salt", seal.salt).set("digest", seal.digest))
    }
}

fn number(values: &BTreeMap<&str, Bound>, name: &str) -> i64 {
    match values.get(name) {
        Some(Bound::BigInt(Some(number))) => *number,
        _ => 0,
    }
}

fn text(values: &BTreeMap<&str, Bound>, name: &str) -> Option<String> {
    match values.get(name) {
        Some(Bound::String(Some(text))) => Some(text.to_string()),
        _ => None,
    }
}

fn sealed_entry(row: Upsert, values: &BTreeMap<&str, Bound>, fate: &Fate) -> Upsert {
    let salt = fate.salt();
    let texts: BTreeMap<&str, String> = values.keys().filter_map(|name| Some((*name, text(values, name)?))).collect();
    let text = |name: &str| texts.get(name).map(String::as_str);
    let digest = activity::digest(
        &salt,
        &SealedEntry {
            id: EntryId::from(number(values, "id")),
            span: SpanKey::from(number(values, "span")),
            transaction_id: number(values, "transaction_id"),
            person_id: text("person_id"),
            external: text("external"),
            source: text("source").unwrap_or_default(),
            action: text("action").unwrap_or_default(),
            path: text("path").unwrap_or_default(),
            from_value: text("from_value"),
            to_value: text("to_value"),
            reason: text("reason"),
            created: number(values, "created"),
            given: text("given"),
        },
    );
    row.set("salt", salt.to_vec()).set("digest", digest.to_vec())
}

impl Fields<'_> {
    /// Takes the field of a column as what is stored.
    fn value(&mut self, column: &Column) -> Result<Bound, Wrong> {
        let Column { name, kind, is_optional } = *column;
        let value = self.fields.remove(name).ok_or_else(|| format!("{name} is missing."))?;
        if value.is_null() {
            return if is_optional { Ok(null(kind)) } else { Err(format!("{name} must not be null.")) };
        }
        let text = || value.as_str().ok_or_else(|| format!("{name} must be text."));
        Ok(match kind {
            Kind::Number => value.as_i64().ok_or_else(|| format!("{name} must be a whole number."))?.into(),
            Kind::Small => {
                let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
                number.ok_or_else(|| format!("{name} must be a whole number, and not that large."))?.into()
            }
            Kind::Real => value.as_f64().ok_or_else(|| format!("{name} must be a number."))?.into(),
            Kind::Flag => value.as_bool().ok_or_else(|| format!("{name} must be true or false."))?.into(),
            Kind::Text => text()?.to_owned().into(),
            Kind::Mixed => self.places.renamed(text()?).into(),
            Kind::Project if text()? == self.places.there => self.places.project.as_str().into(),
            Kind::Project => return Err(format!("{name} must be the project of the first line, {}.", self.places.there)),
            Kind::Short => {
                let number = value.as_i64().filter(|number| (0..=LARGEST_NUMBER).contains(number));
                let number = number.ok_or_else(|| format!("{name} must be a number of the project, from 0 to {LARGEST_NUMBER}."))?;
                // Nobody's key is the same everywhere.
                if number == 0 { 0_i64.into() } else { SpanKey::of(self.places.short, number).into() }
            }
            Kind::Person => {
                let person = text()?;
                let here = self.places.people.get(person);
                here.ok_or_else(|| format!("{name}: the member {person} has no line before this one."))?.clone().into()
            }
            Kind::Own | Kind::Known => {
                let id = text()?;
                let word = match name {
                    "question_id" => Some("question"),
                    "list_id" => Some("review_list"),
                    "object_id" => Some("object"),
                    _ => None,
                };
                let here = self.places.ids.get(id).filter(|(_, of)| word.is_none_or(|word| word == *of));
                here.ok_or_else(|| format!("{name}: {id} has no line before this one."))?.0.clone().into()
            }
        })
    }

    fn span(&mut self) -> Result<Taken, Wrong> {
        let mut values: BTreeMap<&str, Bound> = BTreeMap::new();
        for column in SPANS.columns {
            values.insert(column.name, self.value(column)?);
        }
        let Some(Value::String(body)) = self.fields.remove("body") else { return Err("body must be text.".to_owned()) };
        let optional = |name: &str| values.get(name).and_then(|value| if let Bound::BigInt(number) = value { *number } else { None });
        let flag = |name: &str| matches!(values.get(name), Some(Bound::Bool(Some(true))));
        let key = SpanKey::from(number(&values, "key"));
        if key.number() == 0 {
            return Err("key must be a number of the project, from 1.".to_owned());
        }
        let row = RestoredRow {
            key,
            row_id: text(&values, "row_id").unwrap_or_default(),
            trace: TraceKey::from(number(&values, "trace")),
            created: number(&values, "created"),
            transaction: number(&values, "transaction_id"),
            action: text(&values, "action").unwrap_or_default(),
            written_by: text(&values, "written_by"),
            arrived: flag("arrived"),
            digest: optional("digest"),
            comments: number(&values, "comments"),
            said: optional("said"),
            informed: flag("informed"),
            body,
        };
        Ok(Taken::Span(self.places.home(number(&values, "object").into())?, row))
    }

    /// Refuses what is left.
    fn end(&self) -> Result<(), Wrong> {
        match self.fields.keys().next() {
            Some(name) => Err(format!("{name} is nothing that this version of Touchstone knows.")),
            None => Ok(()),
        }
    }
}

fn null(kind: Kind) -> Bound {
    match kind {
        Kind::Number | Kind::Short => Bound::BigInt(None),
        Kind::Small => Bound::Int(None),
        Kind::Real => Bound::Double(None),
        Kind::Flag => Bound::Bool(None),
        Kind::Text | Kind::Mixed | Kind::Person | Kind::Project | Kind::Own | Kind::Known => Bound::String(None),
    }
}

/// All of them, each after those that it names.
fn each() -> impl Iterator<Item = &'static ArchiveTable> {
    OF_PROJECT.iter().chain(&SAID).chain([&ACTIVITY, &VERSIONS, &SPANS])
}

/// The table whose rows have that word.
pub(super) fn of_word(word: &str) -> Option<&'static ArchiveTable> {
    each().find(|table| table.word == word)
}

/// When its rows are written.
pub(super) fn place_of(table: &ArchiveTable) -> usize {
    each().position(|other| other.name == table.name).unwrap_or_default()
}
