//! The chain of a project: one link for each commit, over the digests of everything written in it.
//!
//! A digest is SHA-256 over a random salt and the content. Erasing forgets content and salt and keeps the digest: the
//! chain still holds, and nobody can find the content by trying. A link hashes the one before it, so that nothing can be
//! changed, added or taken out later without every link after it changing too.

use crate::{Error, Result};
use sha2::{Digest as _, Sha256};
use shared::{ProjectId, TransactionId};

/// A SHA-256 digest.
pub(crate) type Digest = [u8; 32];

/// The digest of parts, each with its length, so that no two lists of parts look the same.
pub(crate) fn digest<'a>(salt: &[u8], parts: impl IntoIterator<Item = Option<&'a str>>) -> Digest {
    let mut hash = Sha256::new();
    hash.update(salt);
    for part in parts {
        match part {
            None => hash.update([0]),
            Some(text) => {
                hash.update([1]);
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text.as_bytes());
            }
        }
    }
    hash.finalize().into()
}

/// The digest of everything in a link, in whichever order it is found again.
pub(crate) fn digest_of_leaves(mut leaves: Vec<Digest>) -> Digest {
    leaves.sort_unstable();
    let mut hash = Sha256::new();
    for leaf in leaves {
        hash.update(leaf);
    }
    hash.finalize().into()
}

/// The last link of a chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Link {
    /// From 1; 0 stands before the first.
    pub(crate) sequence: i64,
    /// Over this link and all before it.
    pub(crate) hash: Digest,
}

impl Link {
    /// As a project remembers it.
    pub(crate) fn stored(sequence: i64, hash: Option<Vec<u8>>) -> Result<Self> {
        let hash = hash.map_or(Ok(Digest::default()), Digest::try_from);
        let hash = hash.map_err(|hash| Error::Corrupt(format!("a link of {} bytes", hash.len())))?;
        Ok(Self { sequence, hash })
    }

    /// The link after this one.
    pub(crate) fn next(self, project: &ProjectId, span: (TransactionId, TransactionId), leaves: usize, digest: &Digest) -> Self {
        let sequence = self.sequence + 1;
        let mut hash = Sha256::new();
        hash.update(self.hash);
        hash.update((project.as_str().len() as u64).to_be_bytes());
        hash.update(project.as_str().as_bytes());
        for number in [sequence, span.0.0, span.1.0, i64::try_from(leaves).unwrap_or(i64::MAX)] {
            hash.update(number.to_be_bytes());
        }
        hash.update(digest);
        Self { sequence, hash: hash.finalize().into() }
    }
}
