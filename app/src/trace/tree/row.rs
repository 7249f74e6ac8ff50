//! A span in the tree, as text: the browser parses a row as a whole, because scrolling draws many.

use crate::ui::{IconName, format, markup};
use shared::Micros;
use shared::html;
use shared::markup::Html;
use shared::spans::SpanNode;

/// What the link to a span shows: its kind, its name and how long it took.
pub(super) fn content(span: &SpanNode) -> Html {
    let kind = if span.kind.is_empty() { "span" } else { &span.kind };
    let name = if span.name.is_empty() { "unnamed" } else { &span.name };
    let class = if span.error { "clip err" } else { "clip" };
    let error = span.error.then(|| Html::ours(r#"<span class="sr">, has an error</span>"#));
    let duration = span.duration.map(|micros| format::duration(micros as f64 / 1e6));
    let icon = markup::icon_for(icon(&span.kind), &format!("{kind}:"));
    html!(r#"{}<span class="{}" title="{}">{}{}</span><span class="ms">{}</span>"#, icon, class, kind, name, error, duration,)
}

/// Height of a row in the drawing of all times, in which a time is one unit high.
pub(super) const UNITS: usize = 14;

/// When a span ran, as a part of the path that draws the times of all rows: across, a hundred units are the whole trace. The
/// duration stands beside it as text.
pub(super) fn time(place: usize, span: &SpanNode, whole: Micros) -> Option<String> {
    let (offset, duration) = span.offset.zip(span.duration)?;
    let whole = whole.max(1) as f64;
    // Half a per cent can still be seen.
    let length = (duration as f64 / whole).clamp(0.005, 1.0);
    let left = (offset as f64 / whole).clamp(0.0, 1.0 - length);
    Some(format!("M{:.2} {}h{:.2}v1H{:.2}z", left * 100.0, (place + 1) * UNITS - 1, length * 100.0, left * 100.0))
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
    use super::{content, time};
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
        let html = content(&span).into_string();
        assert!(html.contains("&lt;b&gt;call&lt;/b&gt;<span class=\"sr\">, has an error</span>"), "{html}");
        assert!(html.contains(r#"title="&quot;odd&quot;""#), "{html}");
        assert!(html.contains(r#"aria-label="&quot;odd&quot;:""#), "{html}");
        assert_eq!(time(2, &span, 2_000_000).as_deref(), Some("M25.00 41h50.00v1H25.00z"));
        assert_eq!(time(0, &SpanNode { duration: Some(0), ..span.clone() }, 2_000_000).as_deref(), Some("M25.00 13h0.50v1H25.00z"));
        assert_eq!(time(0, &SpanNode { offset: None, ..span }, 2_000_000), None);
    }
}
