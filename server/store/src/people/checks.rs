//! What people type about themselves, checked and put into one form.

use crate::people::names;
use shared::Problem;

/// The form in which an address is stored and looked up.
pub(super) fn normal_email(typed: &str) -> String {
    names::normal(&typed.to_lowercase())
}

/// A plausible address in its stored form. Whether it exists shows when the link is used.
pub(super) fn email(typed: &str) -> Result<String, Problem> {
    let email = normal_email(typed);
    let mut parts = email.split('@');
    let plausible = match (parts.next(), parts.next(), parts.next()) {
        (Some(local), Some(domain), None) => !local.is_empty() && !domain.is_empty(),
        _ => false,
    };
    if plausible && email.chars().count() <= 254 && !email.chars().any(|character| character.is_whitespace() || character.is_control()) {
        Ok(email)
    } else {
        Err(Problem::invalid("Email", "Use an address like name@example.com."))
    }
}

/// A name without the space around it; `subject` begins the sentence.
pub(super) fn name(typed: &str, subject: &str) -> Result<String, Problem> {
    let name = names::normal(typed);
    if name.is_empty() {
        Err(Problem::invalid("Name", format!("{subject} needs a name.")))
    } else if name.chars().count() > 100 {
        Err(Problem::invalid("Name", "Use at most 100 characters."))
    } else if name.chars().any(char::is_control) {
        Err(Problem::invalid("Name", "Use letters, digits and signs on one line."))
    } else {
        Ok(name)
    }
}

/// A password that is long enough to be worth hashing.
pub(super) fn password(typed: &str) -> Result<(), Problem> {
    match typed.chars().count() {
        0..10 => Err(Problem::invalid("Password", "Use at least 10 characters.")),
        10..=1000 => Ok(()),
        _ => Err(Problem::invalid("Password", "Use at most 1,000 characters.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(email(" Ada@Example.COM \n").as_deref(), Ok("ada@example.com"));
        assert_eq!(email("ä@dömäin").as_deref(), Ok("ä@dömäin"));
        assert_eq!(email("Zoe\u{308}@example.com").as_deref(), Ok("zo\u{eb}@example.com"));
        for wrong in ["", "ada", "@example.com", "ada@", "a@b@c", "a da@example.com", "a\u{0}@example.com"] {
            assert!(email(wrong).is_err(), "{wrong:?}");
        }
        assert!(email(&format!("{}@example.com", "a".repeat(250))).is_err());
    }

    #[test]
    fn names_and_passwords() {
        assert_eq!(name(" Ada Lovelace ", "A member").as_deref(), Ok("Ada Lovelace"));
        assert_eq!(name(" ", "A member").map_err(|problem| problem.to_string()), Err("Name: A member needs a name.".to_owned()));
        assert!(name(&"ä".repeat(100), "A member").is_ok());
        assert!(name(&"ä".repeat(101), "A member").is_err());
        assert!(password("123456789").is_err());
        assert!(password("ääääääääää").is_ok());
        assert!(password(&"a".repeat(1001)).is_err());
    }
}
