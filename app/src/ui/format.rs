//! Numbers as people read them. The same everywhere: a plain space before the unit, a comma between thousands.

pub use shared::figures::{bytes, count, counted};

/// A share with one decimal: "73.4 %".
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{} %", percent_number(share))
}

/// The number of [`percent`] without its sign, for figures that set the sign smaller: "73.4".
#[must_use]
pub fn percent_number(share: f64) -> String {
    without_negative_zero(format!("{:.1}", share * 100.0), "0.0")
}

/// A share without decimals: "86 %".
#[must_use]
pub fn percent_short(share: f64) -> String {
    format!("{} %", without_negative_zero(format!("{:.0}", share * 100.0), "0"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        assert_eq!(percent(0.734), "73.4 %");
        assert_eq!(percent(1.0), "100.0 %");
        assert_eq!(percent(-0.0001), "0.0 %");
        assert_eq!(percent_short(0.863), "86 %");
        assert_eq!(percent_short(0.0), "0 %");
        assert_eq!(percent_field(0.86), "86");
        assert_eq!(percent_field(0.865), "86.5");
        assert_eq!(percent_field(0.0), "0");
        assert_eq!(percent_field(1.0), "100");
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
}
