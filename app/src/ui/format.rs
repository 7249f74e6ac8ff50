//! Numbers as people read them. The same everywhere: a plain space before the unit, a comma between thousands.

pub use shared::figures::{bytes, count, counted};

/// A share with one decimal: "73.4 %".
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{} %", percent_number(share))
}

/// The number of [`percent`] without its sign, for figures that set the sign smaller: "73.4". What is neither none nor all is never said to
/// be: ">99.9", "<0.1".
#[must_use]
pub fn percent_number(share: f64) -> String {
    match share {
        _ if share > 0.0 && share < 0.000_5 => "<0.1".to_owned(),
        _ if share > 0.999_5 && share < 1.0 => ">99.9".to_owned(),
        _ => without_negative_zero(format!("{:.1}", share * 100.0), "0.0"),
    }
}

/// A share without decimals: "86 %"; with one where it would else be none or all: "99.9 %".
#[must_use]
pub fn percent_short(share: f64) -> String {
    let whole = format!("{:.0}", share * 100.0);
    let is_end = (whole == "0" && share > 0.0) || (whole == "100" && share < 1.0);
    format!("{} %", if is_end { percent_number(share) } else { without_negative_zero(whole, "0") })
}

/// From one share to another: "74 to 95 %"; "80 %" where both read the same.
#[must_use]
pub fn between(low: f64, high: f64) -> String {
    let (low, high) = (percent_short(low), percent_short(high));
    if low == high { high } else { format!("{} to {high}", low.trim_end_matches(" %")) }
}

/// A change in points with its sign: "+3.4", "−11.8". None where it is too small to tell.
#[must_use]
pub fn points(change: f64) -> Option<String> {
    let sign = if change < 0.0 { '−' } else { '+' };
    (change.abs() >= 0.05).then(|| format!("{sign}{:.1}", change.abs()))
}

/// A share to put into a field for per cent: "86", or "86.5" if it has decimals.
#[must_use]
pub fn percent_field(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    without_negative_zero(text.trim_end_matches('0').trim_end_matches('.').to_owned(), "0")
}

fn without_negative_zero(text: String, zero: &str) -> String {
    if text.strip_prefix('-') == Some(zero) { zero.to_owned() } else { text }
}

/// How long something took: "258 ms", "2.41 s", "1 m 12 s", "3 h 5 m"; "–" for what is no length of time.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "–".to_owned();
    }
    // Each border lies where rounding would reach the next unit.
    if seconds < 0.9995 {
        return format!("{:.0} ms", seconds * 1000.0);
    }
    if seconds < 59.995 {
        return format!("{seconds:.2} s");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "finite and not negative; larger values saturate")]
    let whole = seconds.round() as u64;
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{} h {minutes} m", count(hours)) } else { format!("{minutes} m {rest} s") }
}

/// A cost that is given in units of 1e-9 dollars, so that small ones can be told apart: "$0.0041", "$1.20", "<$0.0001".
#[must_use]
pub fn nanodollars(cost: i64) -> String {
    let (sign, cost) = (if cost < 0 { "−" } else { "" }, cost.unsigned_abs());
    match cost {
        0 => "$0".to_owned(),
        1..50_000 => format!("{sign}<$0.0001"),
        50_000..999_950_000 => {
            let tenths = (cost + 50_000) / 100_000;
            format!("{sign}$0.{tenths:04}")
        }
        _ => {
            let cents = cost.saturating_add(5_000_000) / 10_000_000;
            format!("{sign}${}.{:02}", count(cents / 100), cents % 100)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        for (share, exact, short) in [
            (0.734, "73.4 %", "73 %"),
            (0.863, "86.3 %", "86 %"),
            (0.0, "0.0 %", "0 %"),
            (1.0, "100.0 %", "100 %"),
            (-0.0001, "0.0 %", "0 %"),
            // Nearly all is not all, and hardly any is not none.
            (0.9988, "99.9 %", "99.9 %"),
            (0.995, "99.5 %", "99.5 %"),
            (0.999_99, ">99.9 %", ">99.9 %"),
            (0.004, "0.4 %", "0.4 %"),
            (0.000_1, "<0.1 %", "<0.1 %"),
        ] {
            assert_eq!((percent(share).as_str(), percent_short(share).as_str()), (exact, short), "{share}");
        }
        assert_eq!(percent_field(0.86), "86");
        assert_eq!(percent_field(0.865), "86.5");
        assert_eq!(percent_field(0.0), "0");
        assert_eq!(percent_field(1.0), "100");
    }

    #[test]
    fn spreads() {
        for (low, high, expected) in [
            (0.74, 0.95, "74 to 95 %"),
            (1.0, 1.0, "100 %"),
            (0.9988, 1.0, "99.9 to 100 %"),
            (0.741, 0.744, "74 %"),
            (0.0, 0.5, "0 to 50 %"),
        ] {
            assert_eq!(between(low, high), expected);
        }
    }

    #[test]
    fn changes() {
        for (change, expected) in
            [(25.0, Some("+25.0")), (-11.84, Some("−11.8")), (0.05, Some("+0.1")), (0.04, None), (-0.04, None), (0.0, None)]
        {
            assert_eq!(points(change).as_deref(), expected, "{change}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(duration(0.0), "0 ms");
        assert_eq!(duration(0.258), "258 ms");
        assert_eq!(duration(0.9996), "1.00 s");
        assert_eq!(duration(2.41), "2.41 s");
        assert_eq!(duration(59.997), "1 m 0 s");
        assert_eq!(duration(72.0), "1 m 12 s");
        assert_eq!(duration(11_100.0), "3 h 5 m");
        assert_eq!(duration(f64::NAN), "–");
        assert_eq!(duration(-1.0), "–");
    }

    #[test]
    fn costs() {
        for (cost, expected) in [
            (0, "$0"),
            (1, "<$0.0001"),
            (50_000, "$0.0001"),
            (4_100_000, "$0.0041"),
            (999_949_999, "$0.9999"),
            (999_950_000, "$1.00"),
            (1_200_000_000, "$1.20"),
            (1_234_567_000_000, "$1,234.57"),
            (-4_100_000, "−$0.0041"),
            (i64::MAX, "$9,223,372,036.85"),
        ] {
            assert_eq!(nanodollars(cost), expected, "{cost}");
        }
    }
}
