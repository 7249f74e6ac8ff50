//! The number that digits type on a slider: one is tens of per cent, two are the number, and three are 100.

/// Digits that were typed one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    count: u8,
    number: u8,
}

impl Typed {
    /// With one more digit; by itself where none can follow.
    pub(super) fn then(self, digit: u8) -> Self {
        let begins = self.is_whole() || (self.count == 2 && digit != 0);
        if begins { Self { count: 1, number: digit } } else { Self { count: self.count + 1, number: self.number * 10 + digit } }
    }

    /// Whether a digit begins another number.
    pub(super) fn is_first(self) -> bool {
        self.count == 1
    }

    /// What it is in per cent, as far as it is typed.
    pub(super) fn percent(self) -> u8 {
        if self.count == 1 { self.number * 10 } else { self.number }
    }

    /// Whether no digit can follow.
    pub(super) fn is_whole(self) -> bool {
        self.count > 2 || (self.count == 2 && self.number != 10)
    }
}

#[cfg(test)]
mod tests {
    use super::Typed;

    #[test]
    fn digits_type_the_number() {
        // What is shown after each digit; a star where no digit can follow.
        for (digits, expected) in [
            ("8", "80"),
            ("85", "80 85*"),
            ("0", "0"),
            ("05", "0 5*"),
            ("00", "0 0*"),
            ("100", "10 10 100*"),
            ("10", "10 10"),
            ("105", "10 10 50"),
            ("1005", "10 10 100* 50"),
            ("857", "80 85* 70"),
            ("99", "90 99*"),
        ] {
            let mut typed = Typed::default();
            let shown = digits.bytes().map(|digit| {
                typed = typed.then(digit - b'0');
                format!("{}{}", typed.percent(), if typed.is_whole() { "*" } else { "" })
            });
            assert_eq!(shown.collect::<Vec<_>>().join(" "), expected, "{digits}");
        }
    }
}
