//! The share of each option of a question, as segments of one bar.

use leptos::prelude::*;

/// Draws how often each option was chosen, from the lowest option to the highest.
#[component]
pub fn SegmentedBar(
    /// The options in their order and how often each was chosen.
    #[prop(into)]
    shares: Signal<Vec<(String, u64)>>,
) -> impl IntoView {
    let label = move || shares.with(|shares| words(shares));
    let segments = move || {
        shares
            .with(|shares| segments(shares))
            .into_iter()
            .map(|segment| {
                let Segment { left, width, ramp } = segment;
                view! { <rect class=ramp x=format!("{left:.1}") width=format!("{width:.1}") height="10"></rect> }
            })
            .collect_view()
    };
    view! {
        <svg class="seg" viewBox="0 0 120 10" width="120" height="10" preserveAspectRatio="none" role="img" aria-label=label>
            {segments}
        </svg>
    }
}

struct Segment {
    left: f64,
    width: f64,
    ramp: &'static str,
}

/// The classes of the style sheet for ordered options; the last option is always the strongest.
const RAMP: [&str; 4] = ["r4", "r3", "r2", "r1"];

#[expect(clippy::cast_precision_loss, reason = "a drawing of 120 pixels needs no 64-bit precision")]
fn segments(shares: &[(String, u64)]) -> Vec<Segment> {
    let total = shares.iter().map(|(_, count)| *count).sum::<u64>().max(1) as f64;
    let mut left = 0.0;
    let mut segments = Vec::with_capacity(shares.len());
    for (index, (_, count)) in shares.iter().enumerate() {
        let width = *count as f64 / total * 120.0;
        let ramp = RAMP.get(shares.len() - 1 - index).copied().unwrap_or("r1");
        // A gap of one pixel, unless that would make the segment vanish.
        segments.push(Segment { left, width: if width > 2.0 { width - 1.0 } else { width }, ramp });
        left += width;
    }
    segments
}

fn words(shares: &[(String, u64)]) -> String {
    if shares.iter().all(|(_, count)| *count == 0) {
        return "No answers yet".to_owned();
    }
    shares.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{segments, words};

    #[test]
    fn segments_fill_the_bar_and_end_in_the_strongest_tone() {
        let shares = [("No".to_owned(), 1), ("Partly".to_owned(), 0), ("Yes".to_owned(), 3)];
        let drawn = segments(&shares);
        assert_eq!(drawn[0].width, 29.0);
        assert_eq!(drawn[2].left, 30.0);
        assert_eq!(drawn[2].ramp, "r4");
        assert_eq!(words(&shares), "No 1, Partly 0, Yes 3");
    }

    #[test]
    fn nothing_answered_is_said() {
        assert_eq!(words(&[("Yes".to_owned(), 0)]), "No answers yet");
        assert!(segments(&[]).is_empty());
    }
}
