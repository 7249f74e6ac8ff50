//! A span in the tree, as text: the browser parses a row as a whole, because scrolling draws many.

use crate::ui::{IconName, IconSize, ScoreKind, format, markup, score_bar};
use shared::Micros;
use shared::html;
use shared::markup::Html;
use shared::spans::{SpanMark, SpanNode, span_title};

/// The length of a score's track in pixels.
const TRACK: u32 = 16;

/// From this depth on a row says how deep it is, because indentation does not any more.
pub(super) const DEEP: u32 = 5;

/// What the link to a span shows: its kind, how deep it is, its name, whether somebody answered there or an error ended it, a score, and
/// how long it took and cost. On a timeline, whose trace took `clock`, the time is drawn.
pub(super) fn content(span: &SpanNode, mark: Option<&SpanMark>, clock: Option<Micros>) -> Html {
    let kind = if span.kind.is_empty() { "span" } else { &span.kind };
    let name = span_title(&span.name, kind);
    let level = (span.depth >= DEEP).then(|| html!(r#"<span class="level" aria-hidden="true">{}</span>"#, span.depth.to_string()));
    let class = if span.error { "clip err" } else { "clip" };
    let error = span.error.then(|| {
        html!(r#"<span class="fault">{}<span class="sr">, has an error</span></span>"#, markup::icon(IconName::Warning, IconSize::Small))
    });
    let scores = scores(span, mark);
    let duration = span.duration.map(|micros| format::duration(micros as f64 / 1e6));
    let icon = markup::icon_for(icon(&span.kind), &format!("{kind}:"));
    let title = title(span, kind, name, &scores);
    let named = html!(
        r#"{}<span class="name">{}<span class="{}" title="{}">{}</span>{}</span>{}"#,
        icon,
        level,
        class,
        title,
        name,
        mark.map(answered),
        error
    );
    match clock {
        Some(clock) => {
            html!(r#"<span class="what">{}</span>{}<span class="ms">{}</span>"#, named, bar(span, clock), duration)
        }
        None => {
            let cost = span.cost.map(|cost| html!(r#"<span class="ms cost">{}</span>"#, format::nanodollars(cost)));
            html!(r#"{}{}{}<span class="ms">{}</span>"#, named, shown(&scores), cost, duration)
        }
    }
}

/// When a span ran, as a bar on the clock of its trace; in the colour of its kind, or of an error.
fn bar(span: &SpanNode, clock: Micros) -> Html {
    let kind = match span.kind.as_str() {
        _ if span.error => "failed",
        "llm" => "model",
        "tool" => "tool",
        "score" => "scored",
        _ => "step",
    };
    let rect = extent(span, clock).map(|(left, length)| {
        html!(r#"<rect x="{}%" width="{}%" height="100%" rx="2"/>"#, format!("{:.2}", left * 100.0), format!("{:.2}", length * 100.0))
    });
    html!(r#"<svg class="bar {}" aria-hidden="true">{}</svg>"#, kind, rect)
}

/// Where a span begins on the clock of its trace and how long it lasts there, as shares of the whole; half a per cent can still be seen.
fn extent(span: &SpanNode, whole: Micros) -> Option<(f64, f64)> {
    let (offset, duration) = span.offset.zip(span.duration)?;
    let whole = whole.max(1) as f64;
    let length = (duration as f64 / whole).clamp(0.005, 1.0);
    Some(((offset as f64 / whole).clamp(0.0, 1.0 - length), length))
}

/// The sign of answers.
fn answered(mark: &SpanMark) -> Html {
    let (class, words) = if mark.own > 0 { ("mine", ", answered by you") } else { ("answered", ", answered by others") };
    let icon = markup::icon(IconName::Review, IconSize::ExtraSmall);
    html!(r#"<span class="{0}" title="{1}">{2}<span class="sr">{3}</span></span>"#, class, words.trim_start_matches(", "), icon, words)
}

/// The scores of a span: as they stand with what people said, else as they were reported.
fn scores(span: &SpanNode, mark: Option<&SpanMark>) -> Vec<(String, f64, ScoreKind)> {
    match mark.filter(|mark| !mark.scores.is_empty()) {
        Some(mark) => mark.scores.iter().map(|(name, score)| (name.clone(), score.value, score.kind)).collect(),
        None => span.scores.iter().map(|(name, value)| (name.clone(), *value, ScoreKind::Automatic)).collect(),
    }
}

/// The first score, and how many more there are.
fn shown(scores: &[(String, f64, ScoreKind)]) -> Option<Html> {
    let (name, value, kind) = scores.first()?;
    let more = scores.len() - 1;
    let more = (more > 0).then(|| html!(r#"<span class="more">+{}</span>"#, more.to_string()));
    Some(html!(
        r#"<span class="score" title="{}"><span class="sr">, {} </span>{}{}</span>"#,
        listed(scores),
        name,
        score_bar(*kind, Some(*value), None, TRACK),
        more
    ))
}

fn listed(scores: &[(String, f64, ScoreKind)]) -> String {
    scores.iter().map(|(name, value, _)| format!("{name} {}", format::percent_short(*value))).collect::<Vec<_>>().join(", ")
}

/// Everything about a span in a line: whatever the row has no room for.
fn title(span: &SpanNode, kind: &str, name: &str, scores: &[(String, f64, ScoreKind)]) -> String {
    let tokens = span.tokens.map(|tokens| format::counted(tokens.unsigned_abs(), "token", "tokens"));
    let scores = (!scores.is_empty()).then(|| listed(scores));
    let cost = span.cost.map(format::nanodollars);
    let rest = [tokens, cost, scores].into_iter().flatten().map(|part| format!(" · {part}")).collect::<String>();
    format!("{kind}: {name}{rest}")
}

/// Height of a row in the drawing of all times, in which a time is one unit high.
pub(super) const UNITS: usize = 14;

/// When a span ran, as a part of the path that draws the times of all rows: across, a hundred units are the whole trace. The
/// duration stands beside it as text.
pub(super) fn time(place: usize, span: &SpanNode, whole: Micros) -> Option<String> {
    let (left, length) = extent(span, whole)?;
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
    use shared::spans::{SpanMark, SpanNode};

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
            tokens: Some(1_204),
            cost: Some(4_100_000),
            scores: vec![("<i>".to_owned(), 0.91), ("b".to_owned(), 1.0)],
        };
        let mark = SpanMark { span_id: "s".to_owned(), name: String::new(), own: 1, others: 0, scores: Vec::new() };
        let html = content(&span, Some(&mark), None).into_string();
        assert!(html.contains(">&lt;b&gt;call&lt;/b&gt;</span><span class=\"mine\""), "{html}");
        assert!(
            html.contains(r#"title="&quot;odd&quot;: &lt;b&gt;call&lt;/b&gt; · 1,204 tokens · $0.0041 · &lt;i&gt; 91 %, b 100 %""#),
            "{html}"
        );
        assert!(html.contains(", has an error") && html.contains("+1") && !html.contains("level"), "{html}");
        assert!(content(&SpanNode { depth: 30, ..span.clone() }, None, None).as_str().contains(">30</span>"));
        assert!(html.contains(r#"<span class="ms cost">$0.0041</span><span class="ms">1.00 s</span>"#), "{html}");
        let timed = content(&span, None, Some(2_000_000)).into_string();
        assert!(
            timed.contains(r#"<svg class="bar failed" aria-hidden="true"><rect x="25.00%" width="50.00%" height="100%" rx="2"/></svg>"#),
            "{timed}"
        );
        let unknown = content(&SpanNode { offset: None, error: false, kind: "llm".to_owned(), ..span.clone() }, None, Some(2_000_000));
        assert!(unknown.as_str().contains(r#"<svg class="bar model" aria-hidden="true"></svg>"#), "{}", unknown.as_str());
        assert!(html.contains(r#"aria-label="&quot;odd&quot;:""#), "{html}");
        assert_eq!(time(2, &span, 2_000_000).as_deref(), Some("M25.00 41h50.00v1H25.00z"));
        assert_eq!(time(0, &SpanNode { duration: Some(0), ..span.clone() }, 2_000_000).as_deref(), Some("M25.00 13h0.50v1H25.00z"));
        assert_eq!(time(0, &SpanNode { offset: None, ..span }, 2_000_000), None);
    }
}
