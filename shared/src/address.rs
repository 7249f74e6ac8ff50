//! Addresses of pages as types: what stands in the address bar is written and read here, on both sides the same way.
//!
//! The router decodes query values twice, so that `%25` and `%de` break; pages therefore read the **raw** query with
//! [`LogsAddress::parse`].

mod comparison;

pub use comparison::{ComparisonAddress, RowsShown, base_of_segments, comparison_page};

use crate::layout::TraceLayout;
use crate::objects::{ObjectKind, Place, RowAddress};
use crate::{CommentId, ObjectId, RowId};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// Everything that would end or split a query value or a path segment.
const VALUE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'\'')
    .add(b'+')
    .add(b'/')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b';')
    .add(b':')
    .add(b',');

/// Percent-encodes one path segment or query value.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, VALUE).to_string()
}

/// Decodes one query value: `+` is a space, bytes that are no UTF-8 become U+FFFD, a stray `%` stays as it is.
pub fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// The pairs of a raw query, decoded. A leading `?` is taken off.
pub fn pairs(raw: &str) -> impl Iterator<Item = (String, String)> {
    raw.trim_start_matches('?').split('&').filter(|part| !part.is_empty()).map(|part| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        (decode(key), decode(value))
    })
}

/// The first value of a key in a raw query.
pub fn value(raw: &str, key: &str) -> Option<String> {
    pairs(raw).find(|(name, _)| name == key).map(|(_, value)| value)
}

/// Builds a query from the pairs whose value is not empty, with the leading `?`; empty if there are none.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let parts: Vec<_> =
        pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// The list of projects.
pub fn projects(organization: &str) -> String {
    format!("/app/{}", encode(organization))
}

/// A page of a project; `page` is `logs` or `configuration/keys`, for example.
pub fn project_page(organization: &str, project: &str, page: &str) -> String {
    format!("/app/{}/p/{}/{page}", encode(organization), encode(project))
}

/// A page that shows rows, as the end of its path names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowsPage {
    /// The logs of the project.
    Logs,
    /// The experiment of this name.
    Experiment(String),
    /// The dataset of this name.
    Dataset(String),
}

impl RowsPage {
    /// Reads the decoded segments of a path; none for a page that shows something else.
    pub fn of_segments(segments: &[String]) -> Option<Self> {
        let words: Vec<&str> = segments.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["app", _, "p", _, "logs"] => Some(Self::Logs),
            ["app", _, "p", _, "experiments", name] => Some(Self::Experiment((*name).to_owned())),
            ["app", _, "p", _, "datasets", name] => Some(Self::Dataset((*name).to_owned())),
            _ => None,
        }
    }

    /// What it stands for behind the project: see [`project_page`].
    pub fn path(&self) -> String {
        match self {
            Self::Logs => "logs".to_owned(),
            Self::Experiment(name) => format!("experiments/{}", encode(name)),
            Self::Dataset(name) => format!("datasets/{}", encode(name)),
        }
    }

    /// What kind of object holds the rows.
    pub fn kind(&self) -> ObjectKind {
        match self {
            Self::Logs => ObjectKind::ProjectLogs,
            Self::Experiment(_) => ObjectKind::Experiment,
            Self::Dataset(_) => ObjectKind::Dataset,
        }
    }
}

/// The sign-in page that continues to `next`, a path with its query.
pub fn sign_in(next: &str) -> String {
    format!("/login{}", query(&[("next", if next == "/" { "" } else { next })]))
}

/// Where to continue after signing in: only ever a path on this origin.
pub fn continue_to(next: Option<&str>) -> String {
    match next {
        Some(next) if next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.chars().any(char::is_control) => {
            next.to_owned()
        }
        _ => "/".to_owned(),
    }
}

/// The resolver link that SDKs print.
pub fn row_link(organization: &str, kind: ObjectKind, object: &ObjectId, row: &RowId) -> String {
    format!(
        "/app/{}/object{}",
        encode(organization),
        query(&[("object_type", kind.as_str()), ("object_id", object.as_str()), ("id", row.as_str())])
    )
}

/// The file of whatever matches a filter among the rows of an object, with who judged them how, as a `format` that the interface knows.
pub fn export(kind: ObjectKind, object: &ObjectId, filter: &str, format: &str) -> String {
    let which = [("object_type", kind.as_str()), ("object_id", object.as_str()), ("filter", filter.trim())];
    let pairs: Vec<_> = which.into_iter().chain([("format", format), ("answers", "true")]).collect();
    format!("/v1/export{}", query(&pairs))
}

/// The link to a row in review mode over a review list, for who does not know on which page it stands.
pub fn review_link(organization: &str, row: &RowAddress, list: &str) -> String {
    row_link(organization, row.object_type, &row.object_id, &row.id) + "&review=" + &encode(list)
}

/// What the address calls the board of a review list.
const BOARD: &str = "board";

/// The query of the page of review lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewsAddress {
    /// The id of the list; none for the default one.
    pub list: Option<String>,
    /// Which of its items, in a word.
    pub shown: Option<String>,
    /// The id of the item after which the page begins.
    pub after: Option<String>,
    /// The kind of row that is shown, as [`ObjectKind`] writes it; none for all.
    pub kind: Option<String>,
    /// The time in which what is shown was flagged, as [`crate::ranges::TimeRange`] writes it; none for any.
    pub range: Option<String>,
    /// Whether the items stand on a board.
    pub is_board: bool,
    /// The id of the pair that is open.
    pub pair: Option<String>,
}

impl ReviewsAddress {
    /// Reads a raw query.
    pub fn parse(raw: &str) -> Self {
        let text = |key: &str| value(raw, key).filter(|value| !value.is_empty());
        Self {
            list: text("list"),
            shown: text("show"),
            after: text("after"),
            kind: text("kind"),
            range: text("range"),
            is_board: text("layout").as_deref() == Some(BOARD),
            pair: text("pair"),
        }
    }

    /// The query, with its `?` also where nothing is set.
    pub fn to_query(&self) -> String {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let query = query(&[
            ("list", &text(&self.list)),
            ("show", &text(&self.shown)),
            ("kind", &text(&self.kind)),
            ("range", &text(&self.range)),
            ("layout", if self.is_board { BOARD } else { "" }),
            ("after", &text(&self.after)),
            ("pair", &text(&self.pair)),
        ]);
        if query.is_empty() { "?".to_owned() } else { query }
    }
}

/// The link to a comment. The query says the same as the anchor, because no server ever sees an anchor.
pub fn comment_link(organization: &str, project: &str, page: &RowsPage, trace: &str, span: &str, comment: &CommentId) -> String {
    let address = LogsAddress {
        trace: Some(trace.to_owned()),
        span: Some(span.to_owned()),
        comment: Some(comment.clone()),
        ..LogsAddress::default()
    };
    project_page(organization, project, &page.path()) + &address.to_query()
}

/// What stands for the order that lists have by themselves, where it has to be said.
pub const NEWEST_FIRST: &str = "created desc";

/// The parameters that say, beside the filter, how a list is shown: the order of its rows, their columns, the time that they are of, how
/// dense they stand, and by what they are grouped.
pub const LOOK: [&str; 5] = ["sort", "cols", "range", "density", "group"];

/// The query of the Logs page.
///
/// Among the other parameters are `view`, the view that is shown, and those of [`LOOK`]. A view shows what it holds where neither a filter
/// nor any of them is said; where one is, all are as they are said, and the view is a changed one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogsAddress {
    /// The open trace, by root span id.
    pub trace: Option<String>,
    /// The span that one answers for, by span id; the root if absent.
    pub span: Option<String>,
    /// The span that one reads, by span id, where it is another one.
    pub reading: Option<String>,
    /// The filter expression as typed.
    pub filter: String,
    /// The row to open, by row id, when only that is known; the page resolves it.
    pub row: Option<String>,
    /// The comment to show.
    pub comment: Option<CommentId>,
    /// Without JavaScript: the page that begins after this place.
    pub before: Option<Place>,
    /// As what the open trace is laid out, where the address says so.
    pub layout: Option<TraceLayout>,
    /// Whether the open trace is shown in review mode: over which rows, in a word. [`REVIEW_ROWS`] says those of the page.
    pub review: Option<String>,
    /// Every other parameter, in order: how the list is shown, whatever knows of it.
    pub others: Vec<(String, String)>,
}

/// Review mode over the rows of the page, in the order in which they stand there.
pub const REVIEW_ROWS: &str = "1";

/// The parameters that [`LogsAddress`] reads.
const KNOWN: [&str; 9] = ["r", "s", "read", "filter", "oid", "comment", "before", "tvt", "review"];

impl LogsAddress {
    /// Reads a raw query.
    pub fn parse(raw: &str) -> Self {
        let text = |key: &str| value(raw, key).filter(|value| !value.is_empty());
        Self {
            trace: text("r"),
            span: text("s"),
            reading: text("read"),
            filter: text("filter").unwrap_or_default(),
            row: text("oid"),
            comment: text("comment").map(CommentId),
            before: text("before").as_deref().and_then(Place::parse),
            layout: text("tvt").as_deref().and_then(TraceLayout::of_word),
            review: text("review"),
            others: pairs(raw).filter(|(key, value)| !KNOWN.contains(&key.as_str()) && !value.is_empty()).collect(),
        }
    }

    /// The query with its `?`, empty if nothing is set; with the anchor of a comment.
    pub fn to_query(&self) -> String {
        let before = self.before.map(Place::to_text).unwrap_or_default();
        let comment = self.comment.as_ref().map_or("", CommentId::as_str);
        let values = [
            self.trace.as_deref().unwrap_or_default(),
            self.span.as_deref().unwrap_or_default(),
            self.reading.as_deref().unwrap_or_default(),
            &self.filter,
            self.row.as_deref().unwrap_or_default(),
            comment,
            &before,
            self.layout.map_or("", TraceLayout::word),
            self.review.as_deref().unwrap_or_default(),
        ];
        let known = KNOWN.into_iter().zip(values);
        let others = self.others.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let mut text = query(&known.chain(others).collect::<Vec<_>>());
        if !comment.is_empty() {
            text += &format!("#comment-{}", encode(comment));
        }
        text
    }

    /// The same list with another trace open, or none: everything but the place stays. Where none is open there is nothing to review.
    pub fn with_trace(&self, trace: Option<&str>, span: Option<&str>) -> Self {
        let review = self.review.clone().filter(|_| trace.is_some());
        let (trace, span) = (trace.map(str::to_owned), span.map(str::to_owned));
        Self { trace, span, reading: None, row: None, comment: None, review, ..self.clone() }
    }

    /// The same place in review mode, or out of it.
    pub fn with_review(&self, review: Option<&str>) -> Self {
        Self { review: review.map(str::to_owned), ..self.clone() }
    }

    /// The same trace with another span to read. What one answers for stays.
    pub fn with_reading(&self, trace: &str, span: &str) -> Self {
        let reading = (self.span.as_deref().unwrap_or(trace) != span).then(|| span.to_owned());
        Self { reading, ..self.with_trace(Some(trace), self.span.as_deref()) }
    }

    /// The same list from its beginning with another filter, and no trace open.
    pub fn with_filter(&self, filter: &str) -> Self {
        let address = Self { filter: filter.trim().to_owned(), before: None, ..self.with_trace(None, None) };
        // Else a view would show what it holds.
        let is_view = address.filter.is_empty() && address.other("sort").is_none() && address.other("view").is_some();
        if is_view { address.with_other("sort", NEWEST_FIRST) } else { address }
    }

    /// The same list from its beginning with another filter and another order, which is empty for the newest first, and no trace open.
    pub fn with_list(&self, filter: &str, sort: &str) -> Self {
        self.with_other("sort", sort).with_filter(filter)
    }

    /// The list of a view as it is, from its beginning and with no trace open.
    pub fn with_view(&self, view: &str) -> Self {
        let plain = Self { filter: String::new(), before: None, ..self.with_trace(None, None) };
        LOOK.iter().fold(plain, |address, key| address.with_other(key, "")).with_other("view", view)
    }

    /// The first value of another parameter.
    pub fn other(&self, key: &str) -> Option<&str> {
        self.others.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The same with another value of one of the other parameters, or without it where that is empty.
    pub(crate) fn with_other(&self, key: &str, value: &str) -> Self {
        let mut others: Vec<_> = self.others.iter().filter(|(name, _)| name != key).cloned().collect();
        if !value.is_empty() {
            others.push((key.to_owned(), value.to_owned()));
        }
        Self { others, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_of_rows_is_found_in_its_own_path() {
        for page in [RowsPage::Logs, RowsPage::Experiment("a/b 50 %".to_owned()), RowsPage::Dataset("golden".to_owned())] {
            let path = project_page("touchstone", "Demo", &page.path());
            let segments: Vec<_> = path.trim_matches('/').split('/').map(decode).collect();
            assert_eq!(RowsPage::of_segments(&segments), Some(page));
        }
        let others = ["app/touchstone/p/Demo/experiments", "app/touchstone/p/logs", "login"];
        for other in others {
            assert_eq!(RowsPage::of_segments(&other.split('/').map(str::to_owned).collect::<Vec<_>>()), None, "{other}");
        }
    }

    #[test]
    fn values_survive_the_address_bar() {
        for text in ["%de", "75%", "%25", "a+b", "a b", "Ä € 你好", "x&y=z", "scores.\"A b\" > 75%", "50 %25", "#?/"] {
            let address = LogsAddress { filter: text.to_owned(), ..LogsAddress::default() };
            assert_eq!(LogsAddress::parse(&address.to_query()), address, "{text}");
        }
    }

    #[test]
    fn another_place_in_the_list_changes_only_the_place() {
        let raw = "view=mine&r=1&s=2&read=9&oid=3&comment=4&filter=a%25&cols=x%2Cy&before=5_6&tvt=thread&review=1&view=theirs";
        let address = LogsAddress::parse(raw);
        for (place, expected) in [
            (
                address.with_trace(Some("7"), Some("8")),
                "?r=7&s=8&filter=a%25&before=5_6&tvt=thread&review=1&view=mine&cols=x%2Cy&view=theirs",
            ),
            (address.with_reading("1", "8"), "?r=1&s=2&read=8&filter=a%25&before=5_6&tvt=thread&review=1&view=mine&cols=x%2Cy&view=theirs"),
            (address.with_reading("1", "2"), "?r=1&s=2&filter=a%25&before=5_6&tvt=thread&review=1&view=mine&cols=x%2Cy&view=theirs"),
            (
                address.with_trace(Some("1"), None).with_review(None),
                "?r=1&filter=a%25&before=5_6&tvt=thread&view=mine&cols=x%2Cy&view=theirs",
            ),
            (address.with_trace(None, None), "?filter=a%25&before=5_6&tvt=thread&view=mine&cols=x%2Cy&view=theirs"),
            (address.with_filter(" b "), "?filter=b&tvt=thread&view=mine&cols=x%2Cy&view=theirs"),
            (address.with_filter(""), "?tvt=thread&view=mine&cols=x%2Cy&view=theirs&sort=created%20desc"),
        ] {
            assert_eq!(place.to_query(), expected);
        }
    }

    #[test]
    fn a_changed_view_says_what_it_shows() {
        let view = LogsAddress::parse("view=mine&cols=x&before=5_6&r=1");
        for (changed, expected) in [
            (view.with_list("error is null", ""), "?filter=error%20is%20null&view=mine&cols=x"),
            (view.with_list("", "scores.A desc"), "?view=mine&cols=x&sort=scores.A%20desc"),
            (view.with_list("", ""), "?view=mine&cols=x&sort=created%20desc"),
            (view.with_list("a", "b").with_list("", ""), "?view=mine&cols=x&sort=created%20desc"),
            (view.with_list("a", "b").with_filter(""), "?view=mine&cols=x&sort=b"),
            (view.with_list("a", "b").with_view("other"), "?view=other"),
            (LogsAddress::parse("sort=b&filter=c").with_list("", ""), ""),
        ] {
            assert_eq!(changed.to_query(), expected);
        }
    }

    #[test]
    fn a_page_of_a_review_list_survives() {
        let text = |text: &str| Some(text.to_owned());
        for address in [
            ReviewsAddress::default(),
            ReviewsAddress { list: text("a b"), shown: text("mine"), after: text("1-7"), ..ReviewsAddress::default() },
            ReviewsAddress { kind: text("dataset"), range: text("7d"), is_board: true, ..ReviewsAddress::default() },
            ReviewsAddress { after: text("1-7"), ..ReviewsAddress::default() },
        ] {
            assert_eq!(ReviewsAddress::parse(&address.to_query()), address);
        }
        let row = RowAddress { object_type: ObjectKind::Dataset, object_id: "d".into(), id: "a&b".into() };
        assert_eq!(review_link("o", &row, "l 1"), "/app/o/object?object_type=dataset&object_id=d&id=a%26b&review=l%201");
    }

    #[test]
    fn raw_queries_as_people_type_them() {
        assert_eq!(value("?filter=75%25&x", "filter").as_deref(), Some("75%"));
        assert_eq!(value("filter=%2525", "filter").as_deref(), Some("%25"));
        assert_eq!(value("filter=a+%de", "filter").as_deref(), Some("a \u{fffd}"));
        assert_eq!(value("filter=100%", "filter").as_deref(), Some("100%"));
        assert_eq!(value("x=1", "filter"), None);
    }

    #[test]
    fn sign_in_continues_on_this_origin_only() {
        assert_eq!(continue_to(Some("/app/a/p/b/logs?r=1")), "/app/a/p/b/logs?r=1");
        for hostile in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x"] {
            assert_eq!(continue_to(Some(hostile)), "/", "{hostile}");
        }
    }

    #[test]
    fn a_link_to_a_comment_survives_signing_in() {
        let page = RowsPage::Dataset("a b".to_owned());
        let link = comment_link("touchstone", "Demo", &page, "r/1", "s", &CommentId("p.1".to_owned()));
        assert_eq!(link, "/app/touchstone/p/Demo/datasets/a%20b?r=r%2F1&s=s&comment=p.1#comment-p.1");
        let sign_in = sign_in(&link);
        assert_eq!(continue_to(value(sign_in.split_once('?').unwrap().1, "next").as_deref()), link);
    }

    proptest! {
        #[test]
        fn any_address_survives(
            filter in ".*",
            trace in proptest::option::of(".+"),
            created in any::<i64>(),
            key in any::<i64>(),
            others in prop::collection::vec((".*", ".+"), 0..3),
        ) {
            let others = others.into_iter().filter(|(key, _)| !KNOWN.contains(&key.as_str())).collect();
            let address = LogsAddress { filter, trace, before: Some(Place { created, key }), others, ..LogsAddress::default() };
            prop_assert_eq!(LogsAddress::parse(&address.to_query()), address);
        }
    }
}
