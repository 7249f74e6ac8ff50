//! One score as a bar and a number: solid for a reviewer's, a thin line with a ring for an automatic one, a thin line for end users',
//! gold with a diamond for a gold value.

use super::{IconName, format};
use shared::html;
use shared::markup::Html;
use shared::summary::ScoreKind;

/// A score between 0 and 1, as HTML; an unknown one is an empty track and "–". `spread` is the lowest and the highest answer
/// of the reviewers, drawn as a bracket below the bar; `width` is the length of the whole track in pixels.
pub fn score_bar(kind: ScoreKind, value: Option<f64>, spread: Option<(f64, f64)>, width: u32) -> Html {
    let (track_top, track_height, bar_top, bar_height) = heights(kind);
    let length = value.map_or(0.0, |score| position(score, width));
    let end = match (value, kind) {
        (None, _) | (_, ScoreKind::Human | ScoreKind::Feedback) => Html::default(),
        (_, ScoreKind::Automatic) => html!(r#"<circle class="end" cx="{}" cy="6" r="2.8"/>"#, coordinate(length)),
        (_, ScoreKind::Gold) => html!(r#"<path class="end" d="M{} .8l5.2 5.2-5.2 5.2-5.2-5.2z"/>"#, coordinate(length)),
    };
    let bracket = spread.map(|(low, high)| {
        let (from, to) = (coordinate(position(low, width)), coordinate(position(high, width)));
        html!(r#"<path class="spread" d="M{0} 9v5M{1} 9v5M{0} 11.5H{1}"/>"#, from, to)
    });
    let words = spread.map(|(low, high)| spread_words(low, high));
    let title = words.as_ref().map(|words| html!(r#" title="{}""#, words));
    let spoken = words.map(|words| html!(r#"<span class="sr"> {}</span>"#, words));
    let whose = match kind {
        ScoreKind::Gold => Some(Html::ours(r#"<span class="sr"> gold value</span>"#)),
        ScoreKind::Feedback => Some(Html::ours(r#"<span class="sr"> of end users</span>"#)),
        ScoreKind::Human | ScoreKind::Automatic => None,
    };
    let text = value.map_or_else(|| "–".to_owned(), format::percent_short);
    let class = if value.is_some() { "sc" } else { "sc none" };
    let track = html!(r#"<rect class="track" y="{}" width="{}" height="{}" rx="1"/>"#, track_top, width, track_height);
    let bar = html!(r#"<rect class="bar" y="{}" width="{}" height="{}" rx="1"/>"#, bar_top, coordinate(length), bar_height);
    let drawing = html!(
        r#"<svg class="sc-bar" width="{0}" height="12" viewBox="0 0 {0} 12" aria-hidden="true">{1}{2}{3}{4}</svg>"#,
        width,
        track,
        bar,
        end,
        bracket,
    );
    html!(r#"<span class="{}" data-kind="{}"{}>{}<b>{}</b>{}{}</span>"#, class, kind.as_str(), title, drawing, text, whose, spoken,)
}

/// Where a score comes from: as a picture, and in words.
pub fn score_source(kind: ScoreKind) -> (IconName, &'static str) {
    match kind {
        ScoreKind::Automatic => (IconName::Automatic, "Automatic score"),
        ScoreKind::Feedback => (IconName::People, "End users' score"),
        ScoreKind::Human | ScoreKind::Gold => (IconName::Person, "Human score"),
    }
}

/// Top and height of the track and of the bar.
fn heights(kind: ScoreKind) -> (&'static str, &'static str, &'static str, &'static str) {
    match kind {
        ScoreKind::Automatic | ScoreKind::Feedback => ("5.5", "1", "5", "2"),
        ScoreKind::Human | ScoreKind::Gold => ("4", "4", "4", "4"),
    }
}

fn spread_words(low: f64, high: f64) -> String {
    format!("reviewers said {}", format::between(low, high))
}

/// Where a score lies on a track of this width.
fn position(score: f64, width: u32) -> f64 {
    score.clamp(0.0, 1.0) * f64::from(width)
}

/// A coordinate with one decimal: enough for a pixel, and the same text on the server and in the browser.
fn coordinate(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::{coordinate, position, spread_words};

    #[test]
    fn scores_outside_the_scale_stay_on_the_track() {
        assert_eq!(coordinate(position(0.863, 48)), "41.4");
        assert_eq!(coordinate(position(1.7, 48)), "48.0");
        assert_eq!(coordinate(position(-1.0, 48)), "0.0");
    }

    #[test]
    fn the_spread_is_said_in_words() {
        assert_eq!(spread_words(0.74, 0.95), "reviewers said 74 to 95 %");
    }
}
