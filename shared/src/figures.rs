//! Counts and sizes as people read them, the same in what the server draws and in what the browser draws.

/// A count with commas between the thousands: "12,480".
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun: "1 trace", "214 traces".
#[must_use]
pub fn counted(number: u64, one: &str, several: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { several })
}

/// What to say of a text that is too long, both in bytes: "Use at most 100,000 bytes; this has 1,048,576."
#[must_use]
pub fn too_long(most: usize, has: usize) -> String {
    format!("Use at most {} bytes; this has {}.", count(most as u64), count(has as u64))
}

/// A size: "812 B", "4.1 kB", "10 MB".
#[must_use]
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if size < 1000 {
        return format!("{size} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let mut amount = size as f64 / 1000.0;
    let mut unit = UNITS[0];
    for larger in &UNITS[1..] {
        if amount < 999.5 {
            break;
        }
        amount /= 1000.0;
        unit = larger;
    }
    if amount < 9.95 { format!("{amount:.1} {unit}") } else { format!("{amount:.0} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(12_480), "12,480");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "trace", "traces"), "1 trace");
        assert_eq!(counted(1_932, "trace", "traces"), "1,932 traces");
    }

    #[test]
    fn sizes() {
        assert_eq!(bytes(812), "812 B");
        assert_eq!(bytes(4_096), "4.1 kB");
        assert_eq!(bytes(999_700), "1.0 MB");
        assert_eq!(bytes(10_000_000), "10 MB");
        assert_eq!(bytes(5_000_000_000_000_000), "5000 TB");
    }
}
