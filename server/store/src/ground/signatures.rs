//! Texts that this installation signs, so that what it handed out is known again.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The signature of a text, to be written or compared.
pub(crate) fn signature(secret: &[u8], text: &str) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(secret).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(text.as_bytes());
    mac
}
