//! What is typed in colours: the same text as in the field, drawn over it.

use shared::english::Understood;
use shared::filter::{Diagnostic, HighlightKind, highlight};
use shared::html;
use shared::markup::Html;
use std::collections::BTreeSet;
use std::ops::Range;

/// A longer text stays as it is: nobody types it.
const LONGEST: usize = 10_000;

/// An expression in colours, with every mistake underlined.
pub(super) fn of_expression(text: &str, mistakes: &[Diagnostic]) -> Html {
    if text.len() > LONGEST {
        return Html::text(text);
    }
    let parts: Vec<_> = highlight(text).into_iter().map(|part| (part.span, class(part.kind))).collect();
    let wrong: Vec<_> = mistakes.iter().map(|mistake| mistake.span.clone()).collect();
    drawn(text, &parts, &wrong)
}

/// English with a line under each phrase that was understood, and another under what was not.
pub(super) fn of_english(text: &str, understood: &Understood) -> Html {
    let known = understood.parts.iter().map(|part| (part.range.clone(), "phrase"));
    let lost = understood.unknown.iter().map(|lost| (lost.range.clone(), "lost"));
    let mut parts: Vec<_> = known.chain(lost).collect();
    parts.sort_by_key(|(range, _)| range.start);
    drawn(text, &parts, &[])
}

fn class(kind: HighlightKind) -> &'static str {
    match kind {
        HighlightKind::Keyword | HighlightKind::Clause | HighlightKind::Function => "word",
        HighlightKind::Column | HighlightKind::Path => "column",
        HighlightKind::Text => "text",
        HighlightKind::Number | HighlightKind::Constant => "value",
        HighlightKind::Name | HighlightKind::Operator | HighlightKind::Punctuation => "",
    }
}

/// The text cut wherever a part or a mistake begins or ends. A letter belongs whole to what holds a piece of it.
fn drawn(text: &str, parts: &[(Range<u32>, &'static str)], wrong: &[Range<u32>]) -> Html {
    let whole = |range: &Range<u32>| text.floor_char_boundary(range.start as usize)..text.ceil_char_boundary(range.end as usize);
    let parts: Vec<_> = parts.iter().map(|(range, class)| (whole(range), *class)).collect();
    let wrong: Vec<_> = wrong.iter().map(whole).collect();
    let ranges = parts.iter().map(|(range, _)| range).chain(&wrong);
    let mut cuts: BTreeSet<usize> = ranges.flat_map(|range| [range.start, range.end]).collect();
    cuts.extend([0, text.len()]);
    let cuts: Vec<usize> = cuts.into_iter().collect();
    let mut next = parts.iter().peekable();
    let pieces = cuts.windows(2).map(|ends| {
        let (start, end) = (ends[0], ends[1]);
        let piece = text.get(start..end).unwrap_or_default();
        while next.next_if(|(range, _)| range.end <= start).is_some() {}
        let class = next.peek().filter(|(range, _)| range.start <= start).map_or("", |(_, class)| *class);
        let is_wrong = wrong.iter().any(|range| range.contains(&start));
        match (class, is_wrong) {
            ("", false) => Html::text(piece),
            (class, false) => html!(r#"<span class="{}">{}</span>"#, class, piece),
            (class, true) => html!(r#"<span class="{} mistake">{}</span>"#, class, piece),
        }
    });
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::{of_english, of_expression};
    use shared::english::{NotUnderstood, Understood, UnderstoodPart};
    use shared::filter::parse_expression;

    #[test]
    fn an_expression_has_colours_and_lines_under_its_mistakes() {
        let text = "scores.A > 75% and tgas includes '<x>'";
        let mistakes = parse_expression(text).unwrap_err();
        assert_eq!(
            of_expression(text, &mistakes).as_str(),
            "<span class=\"column\">scores</span>.<span class=\"column\">A</span> &gt; <span class=\"value\">75%</span> \
             <span class=\"word\">and</span> <span class=\" mistake\">tgas</span> <span class=\"word\">includes</span> \
             <span class=\"text\">&#39;&lt;x&gt;&#39;</span>"
        );
    }

    #[test]
    fn phrases_are_marked_also_where_a_place_lies_inside_a_letter() {
        let part = |range| UnderstoodPart { range, expression: String::new(), hint: String::new() };
        let lost = NotUnderstood { range: 4..8, reason: String::new(), meanings: Vec::new() };
        let understood = Understood { parts: vec![part(0..3)], unknown: vec![lost], ..Understood::default() };
        assert_eq!(of_english("old mold", &understood).as_str(), "<span class=\"phrase\">old</span> <span class=\"lost\">mold</span>");
        assert_eq!(
            of_english("öö", &Understood { parts: vec![part(1..2)], ..Understood::default() }).as_str(),
            "<span class=\"phrase\">ö</span>ö"
        );
    }
}
