//! Times: relative to now, with the exact time on hover.

pub mod civil;

use leptos::prelude::*;

use civil::CivilTime;

/// What time it is on this page, in microseconds since 1970; nothing before the page is hydrated.
#[derive(Clone, Copy)]
struct Clock(ReadSignal<Option<i64>>);

/// Gives every time below the calling component one clock that ticks each half minute.
/// To be called once, in the outermost component.
pub fn provide_clock() {
    let (now, set_now) = signal(None);
    provide_context(Clock(now));
    // Effects run in the browser only, and not before the page is hydrated.
    Effect::new(move |_| tick_each_half_minute(set_now));
}

#[cfg(feature = "hydrate")]
fn tick_each_half_minute(set_now: WriteSignal<Option<i64>>) {
    set_now.set(Some(now_in_browser()));
    let interval = gloo::timers::callback::Interval::new(30_000, move || set_now.set(Some(now_in_browser())));
    // The clock lives as long as the page.
    interval.forget();
}

#[cfg(not(feature = "hydrate"))]
fn tick_each_half_minute(_: WriteSignal<Option<i64>>) {}

#[cfg(feature = "hydrate")]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below 2^53")]
fn now_in_browser() -> i64 {
    (js_sys::Date::now() * 1000.0) as i64
}

/// Draws a point in time as "now", "2 m", "1 h" or "3 d".
///
/// The server and the first drawing in the browser say the time in full, in UTC, since they cannot agree on
/// how late it is; right after that the browser says it relative to now.
#[component]
pub fn RelativeTime(
    /// Microseconds since 1970.
    micros: i64,
) -> impl IntoView {
    let [machine, exact, _] = texts(micros, None);
    let text = move || {
        let [_, _, text] = texts(micros, now());
        text
    };
    view! { <time datetime=machine title=exact>{text}</time> }
}

/// A time for machines, exactly, and as people read it: relative to `now`, in full without one.
pub(super) fn texts(micros: i64, now: Option<i64>) -> [String; 3] {
    let time = CivilTime::from_micros(micros);
    [time.to_machine(), time.to_exact(), now.map_or_else(|| time.to_minute(), |now| relative(micros, now))]
}

/// What time it is on this page; nothing until it is hydrated, so that the first drawing is the server's.
pub fn now() -> Option<i64> {
    use_context::<Clock>().and_then(|Clock(now)| now.get())
}

/// By how many minutes midnight is later here than in Greenwich: where days begin for who looks.
pub(crate) fn offset_minutes() -> i32 {
    #[cfg(feature = "hydrate")]
    {
        #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
        let minutes = js_sys::Date::new_0().get_timezone_offset() as i32;
        minutes
    }
    #[cfg(not(feature = "hydrate"))]
    0
}

/// How long ago something was; after a month its day. What lies ahead is a clock that is wrong, so it is "now".
fn relative(micros: i64, now: i64) -> String {
    match now.saturating_sub(micros) / 1_000_000 {
        ..60 => "now".to_owned(),
        seconds @ 60..3_600 => format!("{} m", seconds / 60),
        seconds @ 3_600..86_400 => format!("{} h", seconds / 3_600),
        seconds @ 86_400..2_592_000 => format!("{} d", seconds / 86_400),
        _ => CivilTime::from_micros(micros).to_day(),
    }
}

#[cfg(test)]
mod tests {
    use super::relative;

    const NOW: i64 = 1_795_458_300_000_000;

    fn ago(seconds: i64) -> String {
        relative(NOW - seconds * 1_000_000, NOW)
    }

    #[test]
    fn times_are_said_in_the_largest_unit() {
        assert_eq!(ago(-300), "now");
        assert_eq!(ago(59), "now");
        assert_eq!(ago(60), "1 m");
        assert_eq!(ago(3_599), "59 m");
        assert_eq!(ago(3_600), "1 h");
        assert_eq!(ago(86_399), "23 h");
        assert_eq!(ago(3 * 86_400), "3 d");
        assert_eq!(ago(31 * 86_400), "2026-10-23");
    }
}
