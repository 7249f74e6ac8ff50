//! What a browser keeps in cookies, read from the header in which it sends them: choices that the server draws at once.

/// The cookie in which the sign-in page finds for a moment, percent-encoded, the address that was typed before.
pub const TYPED_EMAIL: &str = "touchstone_email";

/// The value of a cookie; none if the browser sends none of that name.
pub fn cookie<'header>(header: &'header str, name: &str) -> Option<&'header str> {
    header.split(';').filter_map(|cookie| cookie.trim().split_once('=')).find(|(known, _)| *known == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::cookie;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let header = "session=a=b; touchstone=1;other=; last=2";
        for (name, expected) in [("session", Some("a=b")), ("touchstone", Some("1")), ("other", Some("")), ("stone", None), ("", None)] {
            assert_eq!(cookie(header, name), expected, "{name}");
        }
        assert_eq!(cookie("", "last"), None);
    }
}
