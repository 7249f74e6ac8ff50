//! Scores of experiments against their base: means, differences with their intervals on one axis, and how many inputs changed.

use crate::raw_query::relation;
use crate::ui::markup::icon;
use crate::ui::{IconName, IconSize, format, score_source};
use shared::comparison::{ComparedScore, ScoreSide};
use shared::experiments::{Paired, ScoreTrend, Verdict};
use shared::html;
use shared::markup::Html;
use shared::summary::BUCKETS;

/// Ends of the axis, in points.
const ENDS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 15.0, 25.0, 50.0, 75.0, 100.0];

/// The height of a distribution in pixels.
const TALL: f64 = 20.0;

/// Whose scores are drawn, the base first, and where one reads more.
pub(super) struct Versus<'a> {
    /// The name of the base.
    pub(super) base: &'a str,
    /// The names of those that are compared.
    pub(super) with: Vec<&'a str>,
    /// The address of the rows that changed in a score like this, for one of those that are compared; and whether they are shown already.
    pub(super) rows: &'a dyn Fn(&str, ScoreTrend, &str) -> (String, bool),
}

/// An anchor; what the router cannot go to is left to the browser.
pub(super) fn anchor(class: &str, href: &str, more: &Html, words: &Html) -> Html {
    let rel = relation(href).map(|rel| html!(r#" rel="{}""#, rel));
    html!(r#"<a class="{}" href="{}"{}{}>{}</a>"#, class, href, rel, more, words)
}

impl Versus<'_> {
    /// Draws scores; nothing without any.
    pub(super) fn draw(&self, scores: &[ComparedScore]) -> Html {
        if scores.is_empty() || self.with.is_empty() {
            return Html::default();
        }
        let paired = || scores.iter().flat_map(|score| &score.sides).map(|side| &side.paired);
        let bounds = paired().filter_map(|paired| paired.interval).map(|(low, high)| low.abs().max(high.abs()) * 100.0);
        let furthest = bounds.fold(0.0, f64::max);
        let end = ENDS.into_iter().find(|end| furthest <= *end).unwrap_or(100.0);
        let head = html!(
            r#"<div class="versus heads" aria-hidden="true"><span>Score</span><span></span><span class="num">Mean</span><span class="dist">Inputs</span><span class="axis"><span>−{} points</span><span>{}</span><span>+{}</span></span><span>Difference</span><span class="num">Improved</span><span class="num">Regressed</span><span class="num">Unchanged</span></div>"#,
            end.to_string(),
            self.base,
            end.to_string()
        );
        [head].into_iter().chain(scores.iter().map(|score| self.score(score, end))).collect()
    }

    fn score(&self, score: &ComparedScore, end: f64) -> Html {
        let (name, words) = score_source(score.kind);
        let base = score.base.map_or_else(|| "–".to_owned(), format::percent);
        let lower = if score.higher_is_better { "" } else { ", lower is better" };
        let told = format!("{base} in {}{lower}", self.base);
        let sides: Html = score.sides.iter().zip(&self.with).map(|(side, with)| self.side(score, side, with, end)).collect();
        html!(
            r#"<div class="versus" role="group" aria-label="{}"><div class="named">{}<span class="sr">{}: </span><b class="clip" title="{}">{}</b><span class="hint clip" title="{}">{}</span></div>{}</div>"#,
            score.name,
            icon(name, IconSize::Small),
            words,
            score.name,
            score.name,
            told,
            told,
            sides
        )
    }

    fn side(&self, score: &ComparedScore, side: &ScoreSide, with: &str, end: f64) -> Html {
        let mean = side.mean.map_or_else(|| "–".to_owned(), format::percent);
        let counts: Html = ScoreTrend::ALL.into_iter().map(|change| self.count(score, &side.paired, change, with)).collect();
        html!(
            r#"<span class="soft clip" title="{}">{}</span><span class="num"><b>{}</b></span><span class="dist">{}</span><span class="plot">{}</span>{}{}"#,
            with,
            with,
            mean,
            distributions(score, side, (self.base, with)),
            whiskers(score, &side.paired, with, end),
            difference(&side.paired),
            counts
        )
    }

    /// How many inputs changed like this, which leads to them.
    fn count(&self, score: &ComparedScore, paired: &Paired, change: ScoreTrend, with: &str) -> Html {
        let number = format::count(paired.count(change));
        let words = html!(r#"{}<span class="sr"> {}, {}, {}</span>"#, number, change.word(), with, score.name);
        if paired.count(change) == 0 {
            return html!(r#"<span class="num muted">{}</span>"#, words);
        }
        let (href, is_shown) = (self.rows)(&score.name, change, with);
        let current = if is_shown { Html::ours(r#" aria-current="true""#) } else { Html::default() };
        anchor("num link", &href, &current, &words)
    }
}

/// How the inputs lie between 0 and 1 in the base, filled, and over it in one that is compared, as a line. Each is drawn by shares, so that
/// one with fewer inputs is not lower.
fn distributions(score: &ComparedScore, side: &ScoreSide, (base, with): (&str, &str)) -> Html {
    let highest = [&score.buckets, &side.buckets].map(|buckets| shares(buckets).into_iter().fold(0.0, f64::max));
    let highest = highest[0].max(highest[1]);
    if side.mean.is_none() || highest == 0.0 {
        return Html::default();
    }
    let outline = |buckets: &[u64; BUCKETS]| {
        let steps = shares(buckets).into_iter().map(|share| format!("V{:.1}h4", TALL - share / highest * (TALL - 1.0)));
        steps.collect::<String>()
    };
    let words = format!("{}: {} in {with}, {} in {base}", score.name, fullest(&side.buckets), fullest(&score.buckets));
    html!(
        r#"<svg viewBox="0 0 80 20" width="80" height="20" role="img" aria-label="{}"><title>{}</title><path class="was" d="M0 {}{}V{}z"/><path class="is" d="M0 {}{}V{}"/></svg>"#,
        words,
        words,
        TALL.to_string(),
        outline(&score.buckets),
        TALL.to_string(),
        TALL.to_string(),
        outline(&side.buckets),
        TALL.to_string()
    )
}

/// The share of the inputs in each bucket.
fn shares(buckets: &[u64; BUCKETS]) -> [f64; BUCKETS] {
    let all: u64 = buckets.iter().sum();
    buckets.map(|count| if all == 0 { 0.0 } else { count as f64 / all as f64 })
}

/// Where most inputs lie, in words.
fn fullest(buckets: &[u64; BUCKETS]) -> String {
    let fullest = buckets.iter().enumerate().filter(|(_, count)| **count > 0).rev().max_by_key(|(_, count)| **count);
    fullest.map_or_else(|| "no input".to_owned(), |(index, _)| format!("most inputs from {} to {} %", index * 5, index * 5 + 5))
}

/// A difference in points with its sign: "+3.2", "−0.4", "0.0".
fn signed(difference: f64) -> String {
    format::points(difference * 100.0).unwrap_or_else(|| "0.0".to_owned())
}

/// What can be said of a difference, in words, with its interval.
fn difference(paired: &Paired) -> Html {
    let tone = match paired.verdict() {
        Verdict::TooFew => return Html::ours(r#"<span class="said"><span class="delta flat">too few to say</span></span>"#),
        Verdict::Unclear => "flat",
        Verdict::Better => "up",
        Verdict::Worse => "down",
    };
    let (low, high) = paired.interval.unwrap_or_default();
    let worse = if paired.verdict() == Verdict::Worse && !paired.higher_is_better { ", worse" } else { "" };
    let words = match paired.verdict() {
        Verdict::Unclear => Html::ours("no clear change"),
        _ => html!(
            "{}{}{}",
            icon(if paired.difference > 0.0 { IconName::Up } else { IconName::Down }, IconSize::ExtraSmall),
            signed(paired.difference),
            if worse.is_empty() { " points" } else { worse }
        ),
    };
    html!(
        r#"<span class="said" title="The mean of the differences by input, with its 95 % interval"><span class="delta {}">{}</span> <span class="hint">{} to {}, n={}</span></span>"#,
        tone,
        words,
        signed(low),
        signed(high),
        format::count(paired.pairs)
    )
}

/// A difference and its interval as a dot with whiskers.
fn whiskers(score: &ComparedScore, paired: &Paired, with: &str, end: f64) -> Html {
    let Some((low, high)) = paired.interval else { return Html::default() };
    let tone = match paired.verdict() {
        Verdict::Better => "up",
        Verdict::Worse => "down",
        Verdict::Unclear | Verdict::TooFew => "flat",
    };
    let place = |value: f64| format!("{:.2}%", (50.0 + value * 100.0 / end * 50.0).clamp(0.0, 100.0));
    let (from, to) = (place(low), place(high));
    let words = format!("{}, {with}: {} points, between {} and {}", score.name, signed(paired.difference), signed(low), signed(high));
    html!(
        r#"<svg class="whisk" width="100%" height="18" role="img" aria-label="{0}"><line class="ax" x1="0" x2="100%" y1="9" y2="9"/><line class="ax" x1="50%" x2="50%" y1="0" y2="18"/><line class="ci {1}" x1="{2}" x2="{3}" y1="9" y2="9"/><line class="ci {1}" x1="{2}" x2="{2}" y1="5" y2="13"/><line class="ci {1}" x1="{3}" x2="{3}" y1="5" y2="13"/><circle class="pt {1}" cx="{4}" cy="9" r="4"/></svg>"#,
        words,
        tone,
        from,
        to,
        place(paired.difference)
    )
}
