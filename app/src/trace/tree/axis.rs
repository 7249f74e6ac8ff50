//! The clock of a trace above its timeline: a few round moments, and lines from them through the rows.

use crate::ui::format;
use shared::Micros;
use shared::html;
use shared::markup::Html;

/// Moments that are written at most, beside the start.
const MOST: i64 = 5;

/// The moments of a trace that are written: round ones, the start first.
fn moments(duration: Micros) -> impl Iterator<Item = Micros> {
    let step = step(duration.max(0));
    (0..=MOST).map_while(move |number| step.checked_mul(number)).take_while(move |moment| *moment <= duration.max(0))
}

/// The smallest of 1, 2, 5, 10, … microseconds of which no more than [`MOST`] fit into the duration.
fn step(duration: Micros) -> Micros {
    let mut step = 1;
    for factor in [2, 5, 10].into_iter().cycle() {
        if duration / step <= MOST {
            break;
        }
        step = power_below(step) * factor;
    }
    step
}

/// The power of ten that a step begins with.
fn power_below(step: Micros) -> Micros {
    let mut power = 1;
    while power <= step / 10 {
        power *= 10;
    }
    power
}

fn share(moment: Micros, duration: Micros) -> String {
    format!("{:.2}%", moment as f64 * 100.0 / duration.max(1) as f64)
}

/// The moments as text.
pub(super) fn words(duration: Micros) -> Html {
    let mut texts = Html::default();
    for moment in moments(duration) {
        texts.push(&html!(r#"<text x="{}" y="16">{}</text>"#, share(moment, duration), format::duration(moment as f64 / 1e6)));
    }
    texts
}

/// The lines through the rows.
pub(super) fn lines(duration: Micros) -> Html {
    let mut lines = Html::default();
    for moment in moments(duration) {
        let share = share(moment, duration);
        lines.push(&html!(r#"<line x1="{0}" x2="{0}" y1="0" y2="100%"/>"#, share));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{moments, words};

    #[test]
    fn moments_are_round_and_few() {
        for (duration, expected) in [
            (0, "0"),
            (-5, "0"),
            (1, "0 1"),
            (5, "0 1 2 3 4 5"),
            (6, "0 2 4 6"),
            (2_410_000, "0 500000 1000000 1500000 2000000"),
            (90_000_000, "0 20000000 40000000 60000000 80000000"),
        ] {
            assert_eq!(moments(duration).map(|moment| moment.to_string()).collect::<Vec<_>>().join(" "), expected, "{duration}");
        }
        for duration in [1, 9, 99, 12_345, i64::MAX] {
            let count = moments(duration).count();
            assert!((2..=6).contains(&count), "{duration}: {count}");
        }
    }

    #[test]
    fn each_moment_is_written_where_it_is() {
        let html = words(2_000_000).into_string();
        assert!(html.starts_with(r#"<text x="0.00%" y="16">0 ms</text>"#), "{html}");
        assert!(html.contains(r#"<text x="50.00%" y="16">1.00 s</text>"#), "{html}");
    }
}
