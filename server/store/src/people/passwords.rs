//! Passwords: argon2id, away from the threads that serve requests.

use crate::ground::error::{Error, Result};
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString, rand_core::OsRng};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::OnceLock;
use tokio::sync::Semaphore;

/// Each hash takes some twenty megabytes while it is computed, so that only a few run at once.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Compared with when there is nothing to compare with, so that an unknown address takes as long as a known one.
static NOBODY: OnceLock<String> = OnceLock::new();

/// Hashes a password for storing.
pub(super) async fn hash(password: String) -> Result<String> {
    aside(move || hash_now(&password)).await
}

/// Whether a password is the one that was hashed. Takes equally long when there is no hash, and then it never is.
pub(super) async fn matches(password: String, stored: Option<String>) -> Result<bool> {
    aside(move || {
        let nobody = match NOBODY.get() {
            Some(hash) => hash,
            None => {
                let hash = hash_now("nobody has this password")?;
                NOBODY.get_or_init(|| hash)
            }
        };
        let parsed =
            PasswordHash::new(stored.as_ref().unwrap_or(nobody)).map_err(|error| Error::Corrupt(format!("a password's hash: {error}")))?;
        let right = hasher()?.verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(right && stored.is_some())
    })
    .await
}

fn hash_now(password: &str) -> Result<String> {
    let salt = SaltString::generate(&mut OsRng);
    let hash = hasher()?
        .hash_password(password.as_bytes(), &salt)
        .map_err(|error| Error::Corrupt(format!("a password cannot be hashed: {error}")))?;
    Ok(hash.to_string())
}

fn hasher() -> Result<Argon2<'static>> {
    // Tests sign in hundreds of times; what they test is not how slow that is.
    let parameters = if cfg!(test) { Params::new(8, 1, 1, None) } else { Ok(Params::default()) };
    let parameters = parameters.map_err(|error| Error::Corrupt(format!("parameters of argon2: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _turn = AT_ONCE.acquire().await.map_err(|_| Error::Closing)?;
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closing)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let stored = hash("correct horse".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert!(matches("correct horse".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!matches("correct mule".to_owned(), Some(stored)).await.unwrap());
        assert!(!matches("nobody has this password".to_owned(), None).await.unwrap());
    }
}
