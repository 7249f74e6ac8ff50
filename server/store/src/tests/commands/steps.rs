//! What may happen next: anything, by anybody, also what must be refused.

use super::cast::{Cast, ENGINEER, OBJECTS, definitions};
use super::model::{Call, Model, Remark};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use shared::CommentId;
use shared::answers::{AnswerValue, Circumstances, Evidence, SetAnswer, SetGold};
use shared::audit::{Edit, Revert};
use shared::commands::Command;
use shared::comments::{AddComment, DeleteComment, EditComment};
use shared::expected::SetExpected;
use shared::tags::ChangeTags;

/// The rows: of each object, some of them with ids that rows of other objects have, too, and one that is never there.
pub(super) const ROWS: [&str; 8] =
    ["logs/root", "logs/child", "logs/other", "experiment/root", "experiment/child", "dataset/root", "dataset/case", "logs/nowhere"];

/// A step of a story.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) person: usize,
    pub(super) act: Act,
    pub(super) sent: Sent,
}

/// How often it is sent, and with what at the same time.
#[derive(Clone, Debug)]
pub(super) enum Sent {
    Once,
    /// The answer was lost, so it is sent again.
    Twice,
    /// Somebody, or the same person in another tab, does this at once.
    With(usize, Act),
}

/// What somebody does. What it says exactly is decided when it happens, because that depends on what stands there.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Answer {
        row: &'static str,
        question: usize,
        value: usize,
        confirm: bool,
        /// How it is given; see [`given`].
        how: usize,
    },
    Gold {
        row: &'static str,
        question: usize,
        value: usize,
        confirm: bool,
    },
    Expected {
        row: &'static str,
        value: &'static str,
        stale: bool,
    },
    Tags {
        row: &'static str,
        add: Vec<&'static str>,
        remove: Vec<&'static str>,
    },
    Comment {
        row: &'static str,
        text: &'static str,
    },
    /// The comment that many before the newest of the row, whoever wrote it.
    EditComment {
        row: &'static str,
        back: usize,
        text: &'static str,
        stale: bool,
    },
    DeleteComment {
        row: &'static str,
        back: usize,
    },
    /// The entry that many before the newest, of rows that are there.
    Revert {
        back: usize,
    },
    /// One's own command that many before the newest that ran.
    Undo {
        back: usize,
    },
    /// An earlier call of the same person once more.
    Again(Index),
    Write {
        rows: Vec<Written>,
        /// Through the insert of one object, where only rows of it go.
        inserted: bool,
    },
    Feedback {
        row: &'static str,
        fields: Fields,
        comment: bool,
    },
    Archive {
        question: usize,
        archived: bool,
    },
    Define {
        question: usize,
        definition: Index,
    },
    Blind(bool),
}

/// A row that an SDK sends.
#[derive(Clone, Debug)]
pub(super) enum Written {
    Full(&'static str, Fields),
    Merge {
        row: &'static str,
        fields: Fields,
        /// Whether it says who sends it.
        told: bool,
        /// Whether it says nothing of the row itself, as feedback does.
        bare: bool,
    },
    Delete(&'static str),
}

/// Fields of a row.
pub(super) type Fields = Vec<(&'static str, Value)>;

fn row() -> impl Strategy<Value = &'static str> {
    prop_oneof![20 => written_row(), 1 => Just(ROWS[7])]
}

/// Rows that may be written; the last of [`ROWS`] stays away.
fn written_row() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => select(&ROWS[..3]), 2 => select(&ROWS[3..5]), 2 => select(&ROWS[5..7])]
}

fn person() -> impl Strategy<Value = usize> {
    prop_oneof![8 => 0..4_usize, 1 => Just(4)]
}

fn question() -> impl Strategy<Value = usize> {
    // One more than there are: a question of another project.
    prop_oneof![12 => 0..5_usize, 1 => 5..=6_usize]
}

fn field() -> impl Strategy<Value = (&'static str, Value)> {
    let expected = vec![
        json!(null),
        json!("Paris"),
        json!([1, "x"]),
        json!({"a": 1}),
        json!({"a": {"b": 2}}),
        json!({"Intent": "old", "expected": 0}),
    ];
    let metadata = vec![
        json!({"model": "m"}),
        json!({"review": {"by": 1}}),
        json!({"review": "done"}),
        json!({"review": {"reason": 7}, "notes": {}}),
        json!({"notes": [1]}),
    ];
    let scores = vec![
        json!({"Tone": 0.9}),
        json!({"Tone": 0.25, "Auto": 0.75}),
        json!({"Auto": true}),
        json!({"Auto": null, "Resolution": 0.5}),
        json!({"Auto": 1.0 / 3.0}),
    ];
    let tags = vec![json!(["prod"]), json!(["prod", "Triage"]), json!(["x"])];
    prop_oneof![
        select(expected).prop_map(|value| ("expected", value)),
        select(metadata).prop_map(|value| ("metadata", value)),
        select(scores).prop_map(|value| ("scores", value)),
        select(tags).prop_map(|value| ("tags", value)),
    ]
}

fn written() -> impl Strategy<Value = Written> {
    let fields = || prop::collection::vec(field(), 0..4);
    prop_oneof![
        8 => (written_row(), fields()).prop_map(|(row, fields)| Written::Full(row, fields)),
        8 => (written_row(), fields(), any::<bool>(), prop::bool::weighted(0.3))
            .prop_map(|(row, fields, told, bare)| Written::Merge { row, fields, told, bare }),
        1 => written_row().prop_map(Written::Delete),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let expected = vec![r#""Paris""#, r#"{"a": 1}"#, "null", "[1]", "{", r#""bug""#];
    let names = || prop::collection::vec(select(vec!["Triage", "prod", "x", "new", " "]), 0..3);
    let judged = field().prop_filter("feedback says nothing about metadata", |(key, _)| *key != "metadata");
    prop_oneof![
        10 => (row(), question(), 0..9_usize, any::<bool>(), 0..12_usize).prop_map(|(row, question, value, confirm, how)| Act::Answer { row, question, value, confirm, how }),
        3 => (row(), question(), 0..9_usize, any::<bool>()).prop_map(|(row, question, value, confirm)| Act::Gold { row, question, value, confirm }),
        2 => (row(), select(expected), prop::bool::weighted(0.2)).prop_map(|(row, value, stale)| Act::Expected { row, value, stale }),
        2 => (row(), names(), names()).prop_map(|(row, add, remove)| Act::Tags { row, add, remove }),
        3 => (row(), select(vec!["Look", " **so** ", "  "])).prop_map(|(row, text)| Act::Comment { row, text }),
        2 => (row(), 0..3_usize, select(vec!["Look", "better", " "]), prop::bool::weighted(0.2))
            .prop_map(|(row, back, text, stale)| Act::EditComment { row, back, text, stale }),
        1 => (row(), 0..3_usize).prop_map(|(row, back)| Act::DeleteComment { row, back }),
        5 => (0..6_usize).prop_map(|back| Act::Revert { back }),
        3 => (0..3_usize).prop_map(|back| Act::Undo { back }),
        2 => any::<Index>().prop_map(Act::Again),
        5 => (prop::collection::vec(written(), 1..5), prop::bool::weighted(0.2)).prop_map(|(rows, inserted)| Act::Write { rows, inserted }),
        2 => (written_row(), prop::collection::vec(judged, 0..3), any::<bool>()).prop_map(|(row, fields, comment)| Act::Feedback { row, fields, comment }),
        1 => (0..6_usize, any::<bool>()).prop_map(|(question, archived)| Act::Archive { question, archived }),
        1 => (0..6_usize, any::<Index>()).prop_map(|(question, definition)| Act::Define { question, definition }),
        1 => any::<bool>().prop_map(Act::Blind),
    ]
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let sent = prop_oneof![6 => Just(Sent::Once), 1 => Just(Sent::Twice), 2 => (person(), act()).prop_map(|(person, act)| Sent::With(person, act))];
    (person(), act(), sent).prop_map(|(person, act, sent)| Step { person, act, sent })
}

/// What may be said to the questions, also what they do not take.
fn value(question: usize, value: usize) -> Option<AnswerValue> {
    let values: [Value; 9] = match question {
        0 | 5 => [json!(0.2), json!(0.5), json!(1.0), json!(0.0), json!(1.0 / 3.0), json!(null), json!(0.7), json!(1.5), json!("yes")],
        1 => {
            [json!("yes"), json!("partly"), json!("no"), json!(0.4), json!("no"), json!(null), json!("partly"), json!(0.3), json!(["yes"])]
        }
        2 => [
            json!("billing"),
            json!("bug"),
            json!("other"),
            json!("bug"),
            json!("billing"),
            json!(null),
            json!("refund"),
            json!(["bug"]),
            json!(1),
        ],
        3 => [
            json!(["a"]),
            json!(["b", "a"]),
            json!(["a", "b"]),
            json!(["c"]),
            json!("b"),
            json!(null),
            json!([]),
            json!(["a", "z"]),
            json!(0.5),
        ],
        4 => [
            json!("late"),
            json!("wrong"),
            json!("late"),
            json!("a\u{0}b"),
            json!(" kept "),
            json!(null),
            json!("  "),
            json!("x".repeat(100_001)),
            json!(0.5),
        ],
        _ => [const { Value::Null }; 9],
    };
    serde_json::from_value(values[value].clone()).unwrap()
}

/// How sure somebody is and why; mostly nothing is said of it.
fn given(how: usize) -> Circumstances {
    let evidence = |path: &str, quote: &str| Evidence { path: path.to_owned(), start: 0, end: 1, quote: quote.to_owned(), changed: false };
    let (sureness, evidence) = match how {
        0 => (Some(0.25), None),
        1 => (Some(0.75), Some(vec![evidence("output", "b")])),
        2 => (None, Some(vec![evidence("input", "a"), evidence("output", "שלום e\u{301} \u{1f44d}")])),
        3 => (None, Some(Vec::new())),
        4 => (Some(1.5), None),
        _ => (None, None),
    };
    Circumstances { sureness, evidence, ..Circumstances::default() }
}

/// What has been sent so far, so that it can be sent again.
pub(super) type Past = Vec<(usize, Call)>;

impl Act {
    /// What it is exactly, done by that person now. Every command has an id of its own.
    pub(super) fn call(&self, cast: &Cast, model: &Model, past: &Past, person: usize, number: usize) -> (usize, Call) {
        let client_id = Some(format!("{} {number}", cast.project.name));
        let row = |row: &str| cast.address(row);
        let name = |question: &usize| definitions().get(*question).map_or("Foreign", |(name, _)| name).to_owned();
        let command = match self {
            Self::Answer { row: id, question, value: said, confirm, how } => {
                let reason = (*said == 0).then(|| "because".to_owned());
                let (value, confirm) = (value(*question, *said), *confirm);
                Command::SetAnswer(SetAnswer {
                    row: row(id),
                    question: name(question),
                    value,
                    client_id,
                    reason,
                    confirm,
                    circumstances: given(*how),
                })
            }
            Self::Gold { row: id, question, value: said, confirm } => {
                let reason = if *said == 0 { String::new() } else { "settled".to_owned() };
                let (value, confirm) = (value(*question, *said), *confirm);
                Command::SetGold(SetGold { row: row(id), question: name(question), value, reason, client_id, confirm })
            }
            Self::Expected { row: id, value, stale } => {
                let shown = model.rows.get(*id).map(|_| model.expected(person, id)).filter(|shown| !shown.is_null());
                let before = if *stale { Some(r#""stale""#.to_owned()) } else { shown.map(|shown| shown.to_string()) };
                Command::SetExpected(SetExpected { row: row(id), value: Some((*value).to_owned()), before, client_id })
            }
            Self::Tags { row: id, add, remove } => {
                let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
                Command::ChangeTags(ChangeTags { row: row(id), add: names(add), remove: names(remove), client_id })
            }
            Self::Comment { row: id, text } => Command::AddComment(AddComment { row: row(id), text: (*text).to_owned(), client_id }),
            Self::EditComment { row: id, back, text, stale } => {
                let (comment, shown) = remark(model, id, *back);
                let before = if *stale { "stale".to_owned() } else { shown };
                Command::EditComment(EditComment { row: row(id), comment, text: (*text).to_owned(), before, client_id })
            }
            Self::DeleteComment { row: id, back } => {
                Command::DeleteComment(DeleteComment { row: row(id), comment: remark(model, id, *back).0, client_id })
            }
            Self::Revert { back } => {
                let entry = model.living().rev().nth(*back).and_then(|entry| entry.id);
                Command::Revert(Revert { edit: Edit::Entry(entry.unwrap_or(1_000_000_000)), client_id })
            }
            Self::Undo { back } => {
                let own = past.iter().rev().filter(|(of, _)| *of == person);
                let ids = own.filter_map(|(_, call)| if let Call::Command(command) = call { command.client_id() } else { None });
                let mut ids = ids.filter(|id| model.has_run(person, id));
                let id = ids.nth(*back).unwrap_or("never sent").to_owned();
                Command::Revert(Revert { edit: Edit::Command(id), client_id })
            }
            Self::Again(_) if past.is_empty() => return (person, Call::Rows(Vec::new())),
            Self::Blind(blind) => return (ENGINEER, Call::Blind(*blind)),
            Self::Again(index) => return index.get(past).clone(),
            Self::Write { rows, inserted: false } => return (person, Call::Rows(sent(cast, rows))),
            Self::Write { rows, inserted: true } => {
                let object = cast.object_of(rows[0].row());
                let rows: Vec<_> = rows.iter().filter(|row| cast.object_of(row.row()) == object).cloned().collect();
                return (person, Call::Insert(object, sent(cast, &rows)));
            }
            Self::Feedback { row: id, fields, comment } => {
                let mut item = json!({"id": cast.address(id).id, "metadata": {"user_id": "u1"}});
                fields.iter().filter(|(_, value)| !value.is_null()).for_each(|(key, value)| item[*key] = value.clone());
                // Feedback that says nothing is refused.
                if *comment || fields.iter().all(|(_, value)| value.is_null()) {
                    item["comment"] = json!("Thanks");
                }
                return (person, Call::Feedback(cast.object_of(id), item));
            }
            Self::Archive { question, archived } => return (ENGINEER, Call::Archive(*question, *archived)),
            Self::Define { question, definition } => {
                return (ENGINEER, Call::Define(*question, definition.get(&definitions()[*question].1).clone()));
            }
        };
        (person, Call::Command(command))
    }
}

/// The comment that many before the newest of a row, with its text; one that is not there if there are not so many.
fn remark(model: &Model, row: &str, back: usize) -> (CommentId, String) {
    // Only the store knows the ids of what end users said.
    let known = |remark: &&Remark| !remark.id.starts_with("said ");
    let remark = model.rows.get(row).and_then(|row| row.comments.iter().rev().filter(known).nth(back));
    remark.map_or_else(|| (CommentId("never said".to_owned()), String::new()), |remark| (CommentId(remark.id.clone()), remark.text.clone()))
}

impl Written {
    fn row(&self) -> &'static str {
        match self {
            Self::Full(row, _) | Self::Merge { row, .. } | Self::Delete(row) => row,
        }
    }
}

/// Two rows of one trace, and one of each other object.
pub(super) fn at_first(cast: &Cast) -> Vec<Value> {
    sent(
        cast,
        &[ROWS[0], ROWS[1], ROWS[3], ROWS[5]].iter().map(|row| Written::Full(row, vec![("tags", json!(["prod"]))])).collect::<Vec<_>>(),
    )
}

/// The rows as they are sent, each id once.
fn sent(cast: &Cast, rows: &[Written]) -> Vec<Value> {
    let mut sent: Vec<Value> = Vec::new();
    for written in rows {
        let (name, object) = (written.row(), cast.object_of(written.row()));
        let (mut row, fields) = match written {
            Written::Full(_, fields) => {
                let mut row = json!({"input": "i"});
                // Test cases have no spans.
                if object != 2 {
                    row["span_id"] = json!(format!("span {name}"));
                    row["root_span_id"] = json!(if name.ends_with("other") { "other trace" } else { "trace" });
                }
                (row, fields.as_slice())
            }
            Written::Merge { fields, told, bare, .. } => {
                let mut row = json!({"_is_merge": true});
                if !bare {
                    row["output"] = json!("o");
                }
                if *told {
                    row["_audit_source"] = json!("api");
                    row["_audit_metadata"] = json!({"user_id": "script"});
                }
                (row, fields.as_slice())
            }
            Written::Delete(_) => (json!({"_object_delete": true}), [].as_slice()),
        };
        row["id"] = json!(cast.address(name).id);
        row[OBJECTS[object].1] = json!(cast.objects[object].1);
        if object == 0 {
            row["log_id"] = json!("g");
        }
        fields.iter().for_each(|(key, value)| row[*key] = value.clone());
        if sent.iter().all(|other| cast.name_of_sent(other) != name) {
            sent.push(row);
        }
    }
    sent
}

/// The rows that a call may change.
pub(super) fn touched(cast: &Cast, call: &Call) -> Vec<String> {
    match call {
        Call::Command(command) => command.row().map_or_else(|| ROWS.map(str::to_owned).to_vec(), |row| vec![cast.name(row)]),
        Call::Rows(rows) => rows.iter().map(|row| cast.name_of_sent(row)).collect(),
        Call::Insert(object, rows) => rows.iter().map(|row| cast.name_in(*object, row)).collect(),
        Call::Feedback(object, item) => vec![cast.name_in(*object, item)],
        Call::Blind(_) => ROWS.map(str::to_owned).to_vec(),
        Call::Archive(..) | Call::Define(..) => Vec::new(),
    }
}
