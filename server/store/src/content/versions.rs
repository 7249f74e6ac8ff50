//! Versions of rows that are no longer the newest, and what proves them.
//!
//! The newest version of a row stands in `spans`; what a later transaction replaces or deletes moves to `span_versions` with the
//! transaction that ended it. So a row *as of* a transaction is the one version whose span of life contains it, found by two indexes. A
//! first write costs nothing more, and the same sent again makes no version.

use crate::Result;
use crate::ground::fate::Fate;
use crate::ground::keys::SpanKey;
use crate::ground::places::Home;
use crate::ground::upsert::{Upsert, insert_all};
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

/// The transaction that ended what has not ended: later than every one.
pub(crate) const STANDS: i64 = i64::MAX;

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
    let rows = versions.iter().map(|version| {
        let seal = version.content.seal.as_ref();
        Upsert::into("span_versions")
            .set("project", home.short())
            .set("object", home.key)
            .set("row_id", version.row_id)
            .set("transaction_id", version.transaction)
            .set("superseded", version.superseded)
            .set("key", version.key)
            .set("span_id", version.span_id)
            .set("root_span_id", version.root_span_id)
            .set("parent_span_id", version.parent_span_id)
            .set("created", version.created)
            .set("action", version.action)
            .set("written_by", version.written_by)
            .set("informed", version.informed)
            .set("body", version.content.body.as_str())
            .set("salt", seal.map(|seal| seal.salt.clone()))
            .set("digest", seal.map(|seal| seal.digest.clone()))
    });
    insert_all(rows.collect(), connection).await
}
