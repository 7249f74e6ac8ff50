//! One score as a bar and a number: solid for a reviewer's, a thin line with a ring for an automatic one, a thin line for end users',
//! gold with a diamond for a gold value.

use super::format;
use shared::summary::ScoreKind;

/// A score between 0 and 1, as HTML; an unknown one is an empty track and "–". `spread` is the lowest and the highest answer
/// of the reviewers, drawn as a bracket below the bar; `width` is the length of the whole track in pixels. There is nothing in
/// it but numbers and our own words.
pub fn score_bar(kind: ScoreKind, value: Option<f64>, spread: Option<(f64, f64)>, width: u32) -> String {
    let (track_top, track_height, bar_top, bar_height) = heights(kind);
    let length = value.map_or(0.0, |score| position(score, width));
    let end = match (value, kind) {
        (None, _) | (_, ScoreKind::Human | ScoreKind::Feedback) => String::new(),
        (_, ScoreKind::Automatic) => format!(r#"<circle class="end" cx="{}" cy="6" r="2.8"/>"#, coordinate(length)),
        (_, ScoreKind::Gold) => format!(r#"<path class="end" d="M{} .8l5.2 5.2-5.2 5.2-5.2-5.2z"/>"#, coordinate(length)),
    };
    let bracket = spread.map(|(low, high)| {
        let (from, to) = (coordinate(position(low, width)), coordinate(position(high, width)));
        format!(r#"<path class="spread" d="M{from} 9v5M{to} 9v5M{from} 11.5H{to}"/>"#)
    });
    let words = spread.map(|(low, high)| spread_words(low, high));
    let title = words.as_ref().map(|words| format!(r#" title="{words}""#)).unwrap_or_default();
    let spoken = words.map(|words| format!(r#"<span class="sr"> {words}</span>"#)).unwrap_or_default();
    let whose = match kind {
        ScoreKind::Gold => r#"<span class="sr"> gold value</span>"#,
        ScoreKind::Feedback => r#"<span class="sr"> of end users</span>"#,
        ScoreKind::Human | ScoreKind::Automatic => "",
    };
    let text = value.map_or_else(|| "–".to_owned(), format::percent_short);
    let class = if value.is_some() { "sc" } else { "sc none" };
    format!(
        r#"<span class="{class}" data-kind="{}"{title}><svg class="sc-bar" width="{width}" height="12" viewBox="0 0 {width} 12" aria-hidden="true"><rect class="track" y="{track_top}" width="{width}" height="{track_height}" rx="1"/><rect class="bar" y="{bar_top}" width="{}" height="{bar_height}" rx="1"/>{end}{}</svg><b>{text}</b>{whose}{spoken}</span>"#,
        kind.as_str(),
        coordinate(length),
        bracket.unwrap_or_default(),
    )
}

/// Top and height of the track and of the bar.
fn heights(kind: ScoreKind) -> (&'static str, &'static str, &'static str, &'static str) {
    match kind {
        ScoreKind::Automatic | ScoreKind::Feedback => ("5.5", "1", "5", "2"),
        ScoreKind::Human | ScoreKind::Gold => ("4", "4", "4", "4"),
    }
}

fn spread_words(low: f64, high: f64) -> String {
    format!("reviewers said {:.0} to {}", low * 100.0, format::percent_short(high))
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
