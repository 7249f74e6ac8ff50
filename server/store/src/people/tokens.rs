//! Random secrets, and what of them is stored.

use crate::ground::hexadecimal;
use rand::RngCore as _;
use sha2::{Digest, Sha256};

/// 32 random bytes as hexadecimal digits.
pub(super) fn random() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    hexadecimal::write(&bytes)
}

/// What is stored of a secret.
pub(super) fn hash(secret: &str) -> String {
    hexadecimal::write(&Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_their_hashes_are_known() {
        assert_eq!(random().len(), 64);
        assert_ne!(random(), random());
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
