//! An open trace that is read again: who asks says what it knows, and is told what is another.

use super::{BesideChanges, FieldView, KnownBeside, SpanHead, TraceContent, TraceHead, TreePart};
use crate::ObjectId;
use crate::changes::{ChangedList, Stamp, now, stamp, stamps};
use crate::said::{KnownSaid, SaidChanges};
use serde::{Deserialize, Serialize};

/// What somebody knows of a [`TraceContent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownContent {
    /// The stamp of the part of the tree.
    pub tree: Stamp,
    /// Those of the fields.
    pub fields: Vec<Stamp>,
}

/// What is another in a [`TraceContent`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContentChanges {
    /// The trace itself.
    pub trace: TraceHead,
    /// The part of its tree; none if it stands as it is known.
    pub tree: Option<TreePart>,
    /// The open span.
    pub span: SpanHead,
    /// Its fields; none if they stand as they are known.
    pub fields: Option<ChangedList<FieldView>>,
}

impl TraceContent {
    /// What who holds this knows.
    pub fn known(&self) -> KnownContent {
        KnownContent { tree: tree_stamp(&self.tree), fields: stamps(&self.fields) }
    }

    /// What to tell who knows an earlier one.
    pub fn since(self, known: &KnownContent) -> ContentChanges {
        let Self { trace, tree, span, fields } = self;
        let tree = (tree_stamp(&tree) != known.tree).then_some(tree);
        ContentChanges { trace, tree, span, fields: ChangedList::since(&known.fields, fields) }
    }

    /// The content as of an event, from what it was.
    pub fn with(&self, changes: ContentChanges, as_of: i64) -> Self {
        let ContentChanges { trace, tree, span, fields } = changes;
        let tree = tree.unwrap_or_else(|| TreePart { as_of, ..self.tree.clone() });
        Self { trace, tree, span, fields: now(fields, &self.fields) }
    }
}

/// When it was read is not part of what it is.
fn tree_stamp(tree: &TreePart) -> Stamp {
    stamp(&(tree.first, &tree.spans, tree.total, tree.duration, tree.errors, tree.tokens, tree.cost))
}

/// Asks what is another in an open trace by now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RereadTrace {
    /// What holds the trace.
    pub object: ObjectId,
    /// The trace.
    pub root_span_id: String,
    /// The open span, by span id; the root if absent or unknown.
    pub span_id: Option<String>,
    /// The span that one answers for, by span id; the root if absent or unknown.
    #[serde(default)]
    pub form: Option<String>,
    /// What is known of what is said.
    pub said: KnownSaid,
    /// What is known of what is told beside it.
    #[serde(default)]
    pub beside: KnownBeside,
    /// What is known of the content, where it may have changed.
    pub content: Option<KnownContent>,
}

/// What is another in an open trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceChanges {
    /// In what is said.
    pub said: SaidChanges,
    /// In what is told beside it.
    pub beside: BesideChanges,
    /// In the content, where that was asked for.
    pub content: Option<ContentChanges>,
    /// Live events up to this one are in it already.
    pub as_of: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comments::Comment;
    use crate::markup::Html;
    use crate::objects::{FieldName, Place};
    use crate::said::SpanSaid;
    use crate::spans::{Beside, FieldContent, FormSpan, Rendering, SpanMark, TraceView};
    use crate::{CommentId, RowId};

    fn view(tags: &[&str], comments: &[&str], output: &str, as_of: i64) -> TraceView {
        let comment = |text: &&str| Comment {
            id: CommentId((*text).to_owned()),
            author: None,
            external: None,
            text: (*text).to_owned(),
            html: Html::default(),
            created: 1,
            edited: None,
        };
        let mark = |name: &&str| SpanMark { span_id: (*name).to_owned(), name: (*name).to_owned(), own: 1, others: 0, scores: Vec::new() };
        let field = |field, text: &str| FieldView {
            field,
            rendering: Rendering::Text,
            renderings: Vec::new(),
            content: FieldContent::Text(text.to_owned()),
            about: String::new(),
            bytes: 1,
            stamp: 0,
            cut: false,
        };
        let row_id = RowId::from("row");
        TraceView {
            content: TraceContent {
                trace: TraceHead {
                    root_span_id: "root".to_owned(),
                    row_id: row_id.clone(),
                    name: String::new(),
                    input: String::new(),
                    spans: 1,
                    place: Place { created: 0, key: 1 },
                },
                tree: TreePart { first: 0, spans: Vec::new(), total: 1, duration: 0, errors: 0, tokens: None, cost: None, as_of },
                span: SpanHead {
                    row_id,
                    span_id: "root".to_owned(),
                    name: String::new(),
                    kind: String::new(),
                    created: 0,
                    duration: None,
                    metrics: Vec::new(),
                    model: None,
                    origin: None,
                },
                fields: vec![field(FieldName::Input, "question"), field(FieldName::Output, output)],
            },
            said: SpanSaid {
                tags: tags.iter().map(ToString::to_string).collect(),
                comments: comments.iter().map(comment).collect(),
                ..SpanSaid::default()
            },
            beside: Beside {
                form: Some(FormSpan {
                    row_id: RowId::from("form"),
                    span_id: "form".to_owned(),
                    name: output.to_owned(),
                    created: 0,
                    said: SpanSaid { tags: tags.iter().map(ToString::to_string).collect(), ..SpanSaid::default() },
                }),
                marks: comments.iter().map(mark).collect(),
            },
            as_of,
        }
    }

    #[test]
    fn what_is_told_leads_from_one_reading_to_the_next() {
        let before = view(&["a"], &["one"], "answer", 1);
        for (after, is_content_known) in [
            (view(&["a"], &["one"], "answer", 2), true),
            (view(&[], &["one", "two"], "answer", 2), true),
            (view(&["b", "a"], &[], "another", 2), false),
        ] {
            let said = after.said.clone().since(&before.said.known());
            assert_eq!(before.said.with(said), after.said);
            let beside = after.beside.clone().since(&before.beside.known());
            assert_eq!(before.beside.with(beside), after.beside);
            let content = after.content.clone().since(&before.content.known());
            assert_eq!((content.tree.is_none(), content.fields.is_none()), (true, is_content_known));
            assert_eq!(before.content.with(content, after.as_of), after.content);
        }
    }
}
