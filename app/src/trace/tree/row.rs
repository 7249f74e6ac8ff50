//! A span in the tree, as text: the browser parses a row as a whole, because scrolling draws many.

use crate::ui::{IconName, IconSize, format, markup};
use shared::Micros;
use shared::spans::SpanNode;

/// What the link to a span shows: its kind, its name, how long it took, and when, in a trace of that length.
pub(super) fn content(span: &SpanNode, whole: Micros) -> String {
    let kind = if span.kind.is_empty() { "span".to_owned() } else { markup::escape(&span.kind) };
    let name = if span.name.is_empty() { "unnamed".to_owned() } else { markup::escape(&span.name) };
    let (class, error) = if span.error { ("clip err", r#"<span class="sr">, has an error</span>"#) } else { ("clip", "") };
    let duration = span.duration.map(|micros| format::duration(micros as f64 / 1e6)).unwrap_or_default();
    let whole = whole.max(1) as f64;
    let bar = span.offset.zip(span.duration).map(|(offset, duration)| markup::timeline_bar(offset as f64 / whole, duration as f64 / whole));
    format!(
        r#"{}<span class="{class}" title="{kind}"><span class="sr">{kind}: </span>{name}{error}</span><span class="ms">{duration}</span>{}"#,
        markup::icon(icon(&span.kind), IconSize::default()),
        bar.unwrap_or_default(),
    )
}

/// The icon of a kind of span.
pub(in crate::trace) fn icon(kind: &str) -> IconName {
    match kind {
        "llm" => IconName::LanguageModel,
        "tool" => IconName::Tool,
        "score" => IconName::Score,
        "function" => IconName::Function,
        "retrieval" => IconName::Retrieval,
        _ => IconName::Task,
    }
}

#[cfg(test)]
mod tests {
    use super::content;
    use shared::spans::SpanNode;

    #[test]
    fn a_row_is_text_in_which_nothing_from_outside_is_markup() {
        let span = SpanNode {
            span_id: "s".to_owned(),
            name: "<b>call</b>".to_owned(),
            kind: "\"odd\"".to_owned(),
            depth: 1,
            error: true,
            offset: Some(500_000),
            duration: Some(1_000_000),
        };
        let html = content(&span, 2_000_000);
        assert!(html.contains("&lt;b&gt;call&lt;/b&gt;<span class=\"sr\">, has an error</span>"), "{html}");
        assert!(html.contains(r#"title="&quot;odd&quot;""#), "{html}");
        assert!(html.contains(r#"<rect x="25.00" width="50.00" height="2"/>"#), "{html}");
    }
}
