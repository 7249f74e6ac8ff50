//! The distribution of a score in twenty buckets.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;

use super::ScoreKind;

/// The height of the highest bucket.
const HEIGHT: f64 = 34.0;

/// Draws how a score is distributed, with a triangle at its mean and a text alternative.
#[component]
pub fn Histogram(
    /// The name of the score, for the text alternative.
    #[prop(into)]
    name: String,
    /// Human scores are filled, automatic ones outlined.
    kind: ScoreKind,
    /// How many values lie in each twentieth between 0 and 1.
    #[prop(into)]
    buckets: Signal<[u64; 20]>,
    /// The mean, if there are values.
    #[prop(into)]
    mean: Signal<Option<f64>>,
    /// What happens with the place of a bar that is clicked. It is a shortcut: the filter says the same.
    pick: Callback<usize>,
) -> impl IntoView {
    let (class, offset, width) = match kind {
        ScoreKind::Human | ScoreKind::Feedback => ("bars human", 0.0, 5),
        ScoreKind::Automatic => ("bars automatic", 0.5, 4),
        ScoreKind::Gold => ("bars gold", 0.0, 5),
    };
    let bars = move || outline(&bucket_heights(&buckets.get()), offset, width);
    let triangle = move || {
        mean.get().map(|mean| {
            let outline = format!("M{:.1} 35.5l3 4h-6z", mean.clamp(0.0, 1.0) * 120.0);
            view! { <path class="mean" d=outline></path> }
        })
    };
    let pick = move |event: MouseEvent| {
        let plot = event.current_target().and_then(|plot| plot.dyn_into::<Element>().ok());
        let at = plot.map(|plot| bar_at(f64::from(event.offset_x()) / f64::from(plot.client_width())));
        if let Some(bar) = at.filter(|bar| buckets.with_untracked(|counts| counts.get(*bar).is_some_and(|count| *count > 0))) {
            pick.run(bar);
        }
    };
    view! {
        <div class="plot" title="Click a bar to filter by it">
            <svg class="hist" viewBox="0 0 120 40" width="120" height="40" preserveAspectRatio="none" role="img" on:click=pick
                aria-label=move || format!("{name}: {}", words(&buckets.get()))>
                <path class=class d=bars></path>
                <path class="axis" d="M0 34.5H120"></path>
                {triangle}
            </svg>
            <div class="cap" aria-hidden="true"><span>"0"</span><span>"100"</span></div>
        </div>
    }
}

/// All bars as one path. An empty bucket has a bar without height, so that the path keeps its shape and can change smoothly.
fn outline(heights: &[f64; 20], offset: f64, width: u32) -> String {
    let bars = heights.iter().enumerate().map(|(index, height)| {
        let left = index as f64 * 6.0 + offset;
        if *height == 0.0 {
            format!("M{left:.1} {HEIGHT:.1}h0v0h0z")
        } else {
            format!("M{left:.1} {HEIGHT:.1}h{width}v-{height:.1}h-{width}z")
        }
    });
    bars.collect()
}

/// The fullest bucket reaches the top; one with any value at all can be seen.
fn bucket_heights(buckets: &[u64; 20]) -> [f64; 20] {
    let highest = buckets.iter().copied().max().unwrap_or_default();
    buckets.map(|count| if count == 0 { 0.0 } else { (HEIGHT * ratio(count, highest)).max(1.0) })
}

/// The bar at a place between the left edge, 0, and the right one, 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number that is at least 0")]
fn bar_at(place: f64) -> usize {
    ((place.clamp(0.0, 1.0) * 20.0) as usize).min(19)
}

#[expect(clippy::cast_precision_loss, reason = "a drawing of 34 pixels needs no 64-bit precision")]
fn ratio(count: u64, highest: u64) -> f64 {
    count as f64 / highest as f64
}

/// What the drawing shows, in words.
fn words(buckets: &[u64; 20]) -> String {
    let fullest = buckets.iter().enumerate().filter(|(_, count)| **count > 0).max_by_key(|(_, count)| **count);
    match fullest {
        Some((index, _)) => format!("20 buckets, most between {} % and {} %", index * 5, index * 5 + 5),
        None => "20 buckets, no values yet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{bar_at, bucket_heights, outline, words};

    fn buckets(filled: &[(usize, u64)]) -> [u64; 20] {
        let mut buckets = [0; 20];
        for (index, count) in filled {
            buckets[*index] = *count;
        }
        buckets
    }

    #[test]
    fn the_text_alternative_names_the_fullest_bucket() {
        assert_eq!(words(&buckets(&[(3, 2), (17, 9)])), "20 buckets, most between 85 % and 90 %");
        assert_eq!(words(&buckets(&[])), "20 buckets, no values yet");
    }

    #[test]
    fn an_empty_bucket_draws_nothing() {
        let mut heights = [0.0; 20];
        heights[1] = 12.34;
        assert!(outline(&heights, 0.5, 4).starts_with("M0.5 34.0h0v0h0zM6.5 34.0h4v-12.3h-4zM12.5 34.0h0v0h0z"));
    }

    #[test]
    fn a_bucket_with_one_value_can_be_seen() {
        let heights = bucket_heights(&buckets(&[(0, 1), (19, 10_000)]));
        assert_eq!(heights[0], 1.0);
        assert_eq!(heights[1], 0.0);
        assert_eq!(heights[19], 34.0);
    }

    #[test]
    fn every_place_is_in_a_bar() {
        let bars = [-0.1, 0.0, 0.049, 0.05, 0.999, 1.0, 1.2, f64::NAN].map(bar_at);
        assert_eq!(bars, [0, 0, 0, 1, 19, 19, 19, 0]);
    }
}
