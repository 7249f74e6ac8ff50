//! What an archive holds: of which tables which columns, and what a column says. What follows from something else is not in it.

use Kind::{Flag, Known, Mixed, Number, Own, Person, Project, Real, Short, Small, Text};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    /// A number that the database keeps in four bytes.
    Small,
    Real,
    Flag,
    Text,
    /// Text in which ids of people and of what is in the project may stand.
    Mixed,
    /// A key: its number in the project.
    Short,
    /// The id of a member, who has a line of their own.
    Person,
    /// The id of the project itself.
    Project,
    /// The id of what the line is about.
    Own,
    /// An id that has a line of its own before.
    Known,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Whether it may be null.
    pub(super) is_optional: bool,
}

/// By what the rows of a table are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// The column with the key of the span.
    Span(&'static str),
    /// The column `item`, which is the key of a row in a review list.
    Item,
    /// The column `comment_id`.
    Comment,
    /// A condition with the id of the project.
    Project(&'static str),
}

/// A table, and what its rows are called in an archive.
#[derive(Clone, Copy, Debug)]
pub(super) struct ArchiveTable {
    pub(super) name: &'static str,
    pub(super) word: &'static str,
    pub(super) of: Of,
    /// The order of its rows.
    pub(super) key: &'static str,
    pub(super) columns: &'static [Column],
}

const fn must(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, is_optional: false }
}

const fn may(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, is_optional: true }
}

/// What a project is made of, in an order in which each names only what came before.
pub(super) static OF_PROJECT: [ArchiveTable; 8] = [
    ArchiveTable {
        name: "objects",
        word: "object",
        of: Of::Project("project_id = ?"),
        key: "key",
        columns: &[
            must("key", Short),
            must("id", Own),
            must("project_id", Project),
            must("kind", Text),
            must("name", Text),
            may("live_name", Text),
            must("details", Mixed),
            may("created_by", Person),
            must("created", Number),
            may("deleted", Number),
            may("deleted_by", Person),
            may("last_activity", Number),
        ],
    },
    ArchiveTable {
        name: "questions",
        word: "question",
        of: Of::Project("project_id = ?"),
        key: "id",
        columns: &[
            must("id", Own),
            must("project_id", Project),
            must("name", Text),
            must("folded", Text),
            must("version", Small),
            must("position", Small),
            must("archived", Flag),
            must("created", Number),
        ],
    },
    ArchiveTable {
        name: "question_versions",
        word: "question_version",
        of: Of::Project("project_id = ?"),
        key: "question_id, version",
        columns: &[
            must("question_id", Known),
            must("version", Small),
            must("project_id", Project),
            must("definition", Mixed),
            may("created_by", Person),
            must("created", Number),
        ],
    },
    ArchiveTable {
        name: "tags",
        word: "tag",
        of: Of::Project("project_id = ?"),
        key: "id",
        columns: &[
            must("id", Own),
            must("project_id", Project),
            must("name", Text),
            must("folded", Text),
            must("color", Text),
            must("description", Text),
            must("position", Small),
            must("created", Number),
        ],
    },
    ArchiveTable {
        name: "review_lists",
        word: "review_list",
        of: Of::Project("project_id = ?"),
        key: "id",
        columns: &[
            must("id", Own),
            must("project_id", Project),
            must("name", Text),
            may("live_name", Text),
            must("definition", Mixed),
            must("seed", Number),
            may("created_by", Person),
            must("created", Number),
            must("version", Small),
            may("deleted", Number),
            may("deleted_by", Person),
        ],
    },
    ArchiveTable {
        name: "views",
        word: "view",
        // Those that everybody sees.
        of: Of::Project("project_id = ? AND space = '' AND deleted IS NULL"),
        key: "id",
        columns: &[
            must("id", Own),
            must("project_id", Project),
            must("view_type", Text),
            must("name", Text),
            must("space", Text),
            may("live_name", Text),
            must("owner", Person),
            must("is_default", Flag),
            must("state", Mixed),
            may("sent", Mixed),
            must("version", Small),
            must("created", Number),
            must("changed", Number),
            may("deleted", Number),
        ],
    },
    ArchiveTable {
        name: "functions",
        word: "function",
        of: Of::Project("project_id = ?"),
        key: "id",
        columns: &[
            must("id", Own),
            must("project_id", Project),
            must("kind", Text),
            must("name", Text),
            must("slug", Text),
            may("live_slug", Text),
            must("details", Mixed),
            must("transaction_id", Number),
            must("created_by", Person),
            must("created", Number),
            may("deleted", Number),
        ],
    },
    ArchiveTable {
        name: "dataset_versions",
        word: "dataset_version",
        // What a restore keeps for itself stays behind.
        of: Of::Project("object_id IN (SELECT id FROM objects WHERE project_id = ?) AND restoring IS NULL"),
        key: "id",
        columns: &[
            must("id", Own),
            must("object_id", Known),
            must("name", Text),
            must("folded_name", Text),
            must("note", Text),
            must("transaction_id", Number),
            must("rows_then", Number),
            must("created", Number),
            must("created_by", Person),
        ],
    },
];

/// The entries of the activity, which are sealed.
pub(super) static ACTIVITY: ArchiveTable = ArchiveTable {
    name: "activity",
    word: "activity",
    of: Of::Span("span"),
    key: "span, id",
    columns: &[
        must("id", Short),
        must("object", Short),
        must("span", Short),
        must("transaction_id", Number),
        may("person_id", Person),
        may("external", Text),
        must("source", Text),
        must("action", Text),
        must("path", Mixed),
        may("from_value", Mixed),
        may("to_value", Mixed),
        may("reason", Text),
        may("given", Text),
        must("created", Number),
    ],
};

/// Earlier versions of rows, which are sealed.
pub(super) static VERSIONS: ArchiveTable = ArchiveTable {
    name: "span_versions",
    word: "version",
    of: Of::Span("key"),
    key: "key, row_id, transaction_id",
    columns: &[
        must("object", Short),
        must("row_id", Text),
        must("transaction_id", Number),
        must("superseded", Number),
        must("key", Short),
        must("span_id", Text),
        must("root_span_id", Text),
        may("parent_span_id", Text),
        must("created", Number),
        must("action", Text),
        may("written_by", Person),
        must("informed", Flag),
        must("body", Text),
    ],
};

/// The rows themselves. Everything else of a row stands before it.
pub(super) static SPANS: ArchiveTable = ArchiveTable {
    name: "spans",
    word: "span",
    of: Of::Span("key"),
    key: "key",
    columns: &[
        must("key", Short),
        must("object", Short),
        must("row_id", Text),
        must("trace", Short),
        must("created", Number),
        must("transaction_id", Number),
        must("action", Text),
        may("written_by", Person),
        must("arrived", Flag),
        may("digest", Number),
        must("comments", Number),
        may("said", Number),
        must("informed", Flag),
    ],
};

/// What people and end users said about rows, and how rows stand in review lists.
pub(super) static SAID: [ArchiveTable; 13] = [
    ArchiveTable {
        name: "answers",
        word: "answer",
        of: Of::Span("span"),
        key: "span, question_id, person_id",
        columns: &[
            must("object", Short),
            must("span", Short),
            must("question_id", Known),
            must("person_id", Person),
            must("version", Small),
            must("value", Text),
            may("score", Number),
            must("created", Number),
            must("updated", Number),
            must("active", Flag),
            must("first_transaction", Number),
            must("transaction_id", Number),
            may("seconds", Small),
            may("visible", Text),
            may("sureness", Real),
            may("evidence", Text),
        ],
    },
    ArchiveTable {
        name: "golds",
        word: "gold",
        of: Of::Span("span"),
        key: "span, question_id",
        columns: &[
            must("object", Short),
            must("span", Short),
            must("question_id", Known),
            must("person_id", Person),
            must("version", Small),
            must("value", Text),
            may("score", Number),
            must("reason", Text),
            must("updated", Number),
            must("active", Flag),
            must("transaction_id", Number),
        ],
    },
    ArchiveTable {
        name: "said_versions",
        word: "said_version",
        of: Of::Span("span"),
        key: "span, question_id, person_id, gold, transaction_id",
        columns: &[
            must("span", Short),
            must("question_id", Known),
            must("person_id", Person),
            must("gold", Flag),
            must("version", Small),
            must("value", Text),
            may("score", Number),
            must("active", Flag),
            must("first_transaction", Number),
            must("transaction_id", Number),
            may("seconds", Small),
            may("visible", Text),
            must("superseded", Number),
            may("sureness", Real),
            may("evidence", Text),
        ],
    },
    ArchiveTable {
        name: "feedback",
        word: "feedback",
        of: Of::Span("span"),
        key: "span, voice, name, transaction_id",
        columns: &[
            must("span", Short),
            must("voice", Text),
            must("name", Text),
            must("value", Number),
            must("transaction_id", Number),
            must("superseded", Number),
        ],
    },
    ArchiveTable {
        name: "comments",
        word: "comment",
        of: Of::Span("span"),
        key: "span, id",
        columns: &[
            must("id", Text),
            must("object", Short),
            must("span", Short),
            may("person_id", Person),
            may("external", Text),
            must("text", Mixed),
            must("created", Number),
            may("edited", Number),
            may("deleted", Number),
        ],
    },
    ArchiveTable {
        name: "mentions",
        word: "mention",
        of: Of::Comment,
        key: "comment_id, person_id",
        columns: &[must("comment_id", Text), must("person_id", Person), must("created", Number), may("read", Number)],
    },
    ArchiveTable {
        name: "set_aside",
        word: "set_aside",
        of: Of::Span("span"),
        key: "span, entry",
        columns: &[
            must("entry", Short),
            must("last", Short),
            must("object", Short),
            must("span", Short),
            may("base", Text),
            must("informed", Flag),
        ],
    },
    ArchiveTable {
        name: "span_flags",
        word: "flags",
        of: Of::Span("span"),
        key: "span, superseded",
        columns: &[must("span", Short), must("transaction_id", Number), must("superseded", Number), must("flags", Mixed)],
    },
    ArchiveTable {
        name: "review_items",
        word: "review_item",
        of: Of::Span("span"),
        key: "span, key",
        columns: &[
            must("key", Short),
            must("list_id", Known),
            must("object", Short),
            must("span", Short),
            must("listed", Flag),
            may("taken_out", Number),
            must("round", Small),
            must("needed", Small),
            must("done", Small),
            must("closed", Flag),
            must("complete", Flag),
            may("status", Text),
            may("note", Text),
            may("flagged_by", Person),
            must("flagged", Number),
            must("rank", Number),
        ],
    },
    ArchiveTable {
        name: "review_selections",
        word: "review_selection",
        of: Of::Item,
        key: "item, key",
        columns: &[
            must("key", Short),
            must("item", Short),
            must("kind", Text),
            may("probability", Real),
            may("seed", Number),
            may("stratum", Text),
            may("rule", Text),
            may("frame_filter", Text),
            may("frame_as_of", Number),
            may("frame_rows", Number),
            may("person_id", Person),
            must("created", Number),
        ],
    },
    ArchiveTable {
        name: "review_assignments",
        word: "review_assignment",
        of: Of::Item,
        key: "item, person_id",
        columns: &[must("item", Short), must("person_id", Person), may("assigned_by", Person), must("created", Number)],
    },
    ArchiveTable {
        name: "reviews",
        word: "review",
        of: Of::Item,
        key: "item, round, person_id",
        columns: &[
            must("item", Short),
            must("person_id", Person),
            must("round", Small),
            must("skipped", Flag),
            may("reason", Text),
            may("note", Text),
            must("created", Number),
            may("preference", Text),
            may("swapped", Flag),
        ],
    },
    ArchiveTable {
        name: "review_pairs",
        word: "review_pair",
        of: Of::Item,
        key: "item",
        columns: &[must("item", Short), must("object", Short), must("span", Short)],
    },
];
