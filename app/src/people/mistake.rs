//! What went wrong in a plain form, as a word in the address of the page that shows it again.
//!
//! Only words of this list are ever shown as sentences, so that nobody can put words of their own on a sign-in page.

use shared::Problem;

/// The word for a problem, for `?problem=…`.
pub fn mistake_of(problem: &Problem) -> &'static str {
    match problem {
        Problem::SignIn { .. } => "sign-in",
        Problem::Busy { .. } => "busy",
        Problem::NotFound { .. } => "link",
        Problem::Invalid { field, .. } => match field.to_lowercase().as_str() {
            "name" => "name",
            "email" => "email",
            "password" => "password",
            "link" => "link",
            _ => "invalid",
        },
        _ => "failed",
    }
}

/// The sentence of a word.
pub(super) fn sentence(mistake: &str) -> &'static str {
    match mistake {
        "sign-in" => "The email or the password is wrong.",
        "busy" => "Too many attempts. Wait a minute, then try again.",
        "link" => "This link was used already or has expired. Ask an owner for a new one.",
        "name" => "Give the name that others will see.",
        "email" => "Give an email address of your own, such as mara@example.com.",
        "password" => "Choose a longer password: at least 10 characters.",
        "invalid" => "Something in the form is missing. Fill in every field, then try again.",
        _ => "That did not work. Try again; the server's log has the details.",
    }
}

#[cfg(test)]
mod tests {
    use super::{mistake_of, sentence};
    use shared::Problem;

    #[test]
    fn problems_come_back_as_sentences() {
        assert_eq!(sentence(mistake_of(&Problem::sign_in())), "The email or the password is wrong.");
        assert_eq!(sentence(mistake_of(&Problem::invalid("Password", "short"))), "Choose a longer password: at least 10 characters.");
        assert_eq!(sentence("<b>anything</b>"), "That did not work. Try again; the server's log has the details.");
    }
}
