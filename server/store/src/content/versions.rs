//! Versions of rows that are no longer the newest, and what proves them.
//!
//! The newest version of a row stands in `spans`; what a later transaction replaces or deletes moves to `span_versions` with the
//! transaction that ended it. So a row *as of* a transaction is the one version whose span of life contains it, found by two indexes. A
//! first write costs nothing more, and the same sent again makes no version.

use crate::Result;
use crate::ground::database::{places, run, values};
use crate::ground::fate::Fate;
use crate::ground::keys::SpanKey;
use crate::ground::places::Home;
use crate::writing::chain::{self, Digest};
use sea_orm::ConnectionTrait;

/// What a transaction did to a row.
pub(crate) const UPSERT: &str = "upsert";

/// See [`UPSERT`].
pub(crate) const MERGE: &str = "merge";

/// See [`UPSERT`].
pub(crate) const DELETE: &str = "delete";

/// Something was said about a row that is not there yet. What waits is neither listed nor counted.
pub(crate) const WAITING: &str = "waiting";

/// The content of a version, and what proves it.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    pub(crate) body: String,
    /// None for rows that are older than the chain.
    pub(crate) seal: Option<Seal>,
}

/// A digest that cannot be guessed back once its salt is gone.
#[derive(Clone, Debug)]
pub(crate) struct Seal {
    pub(crate) salt: Vec<u8>,
    pub(crate) digest: Vec<u8>,
}

/// Seals a version of a row.
pub(crate) fn seal_version(fate: &Fate, home: &Home, row_id: &str, transaction: i64, action: &str, body: &str) -> (Seal, Digest) {
    let salt = fate.salt();
    let digest = digest_of_version(&salt, home.id.as_str(), row_id, transaction, action, body);
    (Seal { salt: salt.to_vec(), digest: digest.to_vec() }, digest)
}

/// What stands in the chain for a version of a row.
pub(crate) fn digest_of_version(salt: &[u8], object: &str, row_id: &str, transaction: i64, action: &str, body: &str) -> Digest {
    let transaction = transaction.to_string();
    chain::digest(salt, [Some("version"), Some(object), Some(row_id), Some(&transaction), Some(action), Some(body)])
}

/// A version that is no longer the newest.
pub(crate) struct Superseded<'a> {
    pub(crate) row_id: &'a str,
    pub(crate) transaction: i64,
    pub(crate) superseded: i64,
    pub(crate) key: SpanKey,
    pub(crate) span_id: &'a str,
    pub(crate) root_span_id: &'a str,
    pub(crate) parent_span_id: Option<&'a str>,
    pub(crate) created: i64,
    pub(crate) action: &'a str,
    pub(crate) written_by: Option<&'a str>,
    pub(crate) informed: bool,
    pub(crate) content: &'a Sealed,
}

/// Keeps versions that are no longer the newest.
pub(crate) async fn keep(connection: &impl ConnectionTrait, home: &Home, versions: &[Superseded<'_>]) -> Result<()> {
    const COLUMNS: usize = 16;
    for versions in versions.chunks(400) {
        let mut bound = Vec::with_capacity(versions.len() * COLUMNS);
        for version in versions {
            let seal = version.content.seal.as_ref();
            bound.extend(values![
                home.key,
                version.row_id,
                version.transaction,
                version.superseded,
                home.short(),
                version.key,
                version.span_id,
                version.root_span_id,
                version.parent_span_id,
                version.created,
                version.action,
                version.written_by,
                version.informed,
                version.content.body.as_str(),
                seal.map(|seal| seal.salt.clone()),
                seal.map(|seal| seal.digest.clone()),
            ]);
        }
        let text = format!(
            "INSERT INTO span_versions (object, row_id, transaction_id, superseded, project, key, span_id, root_span_id, parent_span_id, \
             created, action, written_by, informed, body, salt, digest) VALUES {}",
            places(COLUMNS, versions.len())
        );
        run(connection, &text, bound).await?;
    }
    Ok(())
}
