//! Digests of inputs, by which rows of the same input find each other: in comparisons, and as duplicates of a dataset.
//!
//! They are keyed with a salt of the project, never leave the store, and go with the row: from outside nobody can tell what an input was, nor
//! whether two projects have the same.

use crate::ground::database::{one, values};
use crate::ground::places::Home;
use crate::{Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What the inputs of a project are digested with.
pub(crate) async fn salt(connection: &impl ConnectionTrait, home: &Home) -> Result<Vec<u8>> {
    #[derive(FromQueryResult)]
    struct Row {
        salt: Vec<u8>,
    }
    let row = one::<Row>(connection, "SELECT salt FROM projects WHERE short = ?", values![home.short()]).await?;
    Ok(row.ok_or_else(|| Error::Corrupt(format!("project {}", home.project)))?.salt)
}

/// The digest of an input that is JSON text: the same for inputs that mean the same, whatever the order of their keys and the spaces between
/// them. What is too deep to be read, or holds half a character, is the same only if it was written alike.
pub(crate) fn digest(salt: &[u8], input: &str) -> i64 {
    let hasher = Sha256::new_with_prefix(salt);
    let hash = match serde_json::from_str::<Value>(input) {
        Ok(value) => hasher.chain_update(value.to_string()),
        Err(_) => hasher.chain_update(input.trim()),
    }
    .finalize();
    hash.iter().take(8).fold(0, |digest, byte| digest << 8 | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_has_the_same_digest() {
        let same = |one: &str, other: &str| digest(b"salt", one) == digest(b"salt", other);
        for (one, other, expected) in [
            (r#"{"a": 1, "b": [true]}"#, r#"{"b":[true],"a":1}"#, true),
            (r#""\u00e9""#, "\"é\"", true),
            (r#"[1, 2]"#, r#"[2, 1]"#, false),
            (r#""cut \ud83e""#, r#" "cut \ud83e""#, true),
            (r#""cut \ud83e""#, r#""cut \ud83f""#, false),
            (&"[".repeat(200), &"[".repeat(201), false),
            ("\"1\"", "1", false),
        ] {
            assert_eq!(same(one, other), expected, "{one} {other}");
        }
        assert_ne!(digest(b"one", "1"), digest(b"other", "1"));
    }
}
