//! Digests computed from what they stand for, and the chains from the digests.

use super::told::Told;
use super::{Named, Step, Verified, same};
use crate::content::versions::{DELETE, digest_of_version};
use crate::ground::database::{all, values};
use crate::ground::hexadecimal;
use crate::ground::keys::{EntryId, Key, ObjectKey, ProjectShort, SpanKey, project_of};
use crate::writing::activity;
use crate::writing::chain::{Digest, Link, digest_of_leaves};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::{ProjectId, TransactionId};
use std::collections::{BTreeMap, HashMap};

/// Rows looked at in one go.
const ROWS: usize = 2_000;

/// The digests of everything, by project and transaction.
#[derive(Default)]
pub(super) struct Proofs {
    leaves: BTreeMap<String, Vec<(i64, Digest)>>,
}

impl Proofs {
    /// Compares a version with its digest, and remembers that.
    #[expect(clippy::too_many_arguments, reason = "a version has these parts")]
    pub(super) fn version(
        &mut self,
        home: Option<&Named>,
        row_id: &str,
        transaction: i64,
        action: &str,
        body: &str,
        (salt, digest): (&Option<Vec<u8>>, &Option<Vec<u8>>),
        place: impl Fn() -> String,
    ) -> Step {
        let Some(home) = home else { return same(|| format!("the object of {}", place()), &"none", &"one") };
        let computed = salt.as_ref().map(|salt| digest_of_version(salt, &home.id, row_id, transaction, action, body));
        self.leaf(&home.project, transaction, digest, computed, || format!("the content of {} as of {transaction}", place()))
    }

    /// What was erased has no salt any more; its digest stays. What is older than the chain has neither.
    fn leaf(
        &mut self,
        project: &str,
        transaction: i64,
        stored: &Option<Vec<u8>>,
        computed: Option<Digest>,
        place: impl Fn() -> String,
    ) -> Step {
        let Some(stored) = stored else { return Ok(()) };
        if let Some(computed) = computed {
            same(&place, &hexadecimal::write(stored), &hexadecimal::write(&computed))?;
        }
        let Ok(digest) = Digest::try_from(stored.as_slice()) else { return same(place, &stored.len(), &32) };
        self.leaves.entry(project.to_owned()).or_default().push((transaction, digest));
        Ok(())
    }
}

/// Looks at superseded versions, at the activity with the answers, and at the chains.
pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    objects: &HashMap<ObjectKey, Named>,
    mut proofs: Proofs,
    verified: &mut Verified,
) -> Step {
    versions(connection, objects, &mut proofs, verified).await?;
    activity(connection, &mut proofs, verified).await?;
    chains(connection, proofs, verified).await
}

#[derive(FromQueryResult)]
struct Version {
    object: ObjectKey,
    row_id: String,
    transaction_id: i64,
    superseded: i64,
    action: String,
    body: String,
    salt: Option<Vec<u8>>,
    digest: Option<Vec<u8>>,
    newest: Option<i64>,
}

/// Every version ends where the next begins: nothing is missing between two of them.
async fn versions(
    connection: &impl ConnectionTrait,
    objects: &HashMap<ObjectKey, Named>,
    proofs: &mut Proofs,
    verified: &mut Verified,
) -> Step {
    let mut after = (ObjectKey::LOWEST, String::new(), i64::MIN);
    let mut before: Option<Version> = None;
    loop {
        let text = format!(
            "SELECT v.object, v.row_id, v.transaction_id, v.superseded, v.action, v.body, v.salt, v.digest, s.transaction_id AS newest \
             FROM span_versions v LEFT JOIN spans s ON s.project = v.project AND s.object = v.object AND s.row_id = v.row_id \
             WHERE (v.project, v.object, v.row_id, v.transaction_id) > (?, ?, ?, ?) ORDER BY v.project, v.object, v.row_id, v.transaction_id LIMIT {ROWS}"
        );
        let page = all::<Version>(connection, &text, values![project_of(after.0), after.0, after.1.as_str(), after.2]).await?;
        let full = page.len() == ROWS;
        for version in page {
            let place = || format!("row {} of object {}", version.row_id, version.object);
            let proof = (&version.salt, &version.digest);
            let home = objects.get(&version.object);
            proofs.version(home, &version.row_id, version.transaction_id, &version.action, &version.body, proof, place)?;
            if let Some(before) = before.take() {
                let follows = (before.object, &before.row_id) == (version.object, &version.row_id);
                end_of(&before, if follows { Some(version.transaction_id) } else { before.newest })?;
            }
            after = (version.object, version.row_id.clone(), version.transaction_id);
            before = Some(version);
            verified.versions += 1;
        }
        if !full {
            return before.map_or(Ok(()), |last| end_of(&last, last.newest));
        }
    }
}

fn end_of(version: &Version, next: Option<i64>) -> Step {
    let place = || format!("the end of version {} of row {}", version.transaction_id, version.row_id);
    let end = if version.action == DELETE { Some(version.transaction_id) } else { next };
    same(place, &Some(version.superseded), &end)
}

#[derive(FromQueryResult)]
struct Entry {
    id: EntryId,
    project_id: String,
    span: SpanKey,
    transaction_id: i64,
    person_id: Option<String>,
    external: Option<String>,
    source: String,
    action: String,
    path: String,
    from_value: Option<String>,
    to_value: Option<String>,
    reason: Option<String>,
    given: Option<String>,
    created: i64,
    salt: Option<Vec<u8>>,
    digest: Option<Vec<u8>>,
}

/// Looks at every entry of the activity, and tells what is left of what people said.
async fn activity(connection: &impl ConnectionTrait, proofs: &mut Proofs, verified: &mut Verified) -> Step {
    let mut told = Told::default();
    let mut after = EntryId::LOWEST;
    loop {
        let text = format!(
            "SELECT a.id, p.id AS project_id, a.span, a.transaction_id, person_id, external, source, action, path, from_value, to_value, reason, given, a.created, a.salt, \
             a.digest FROM activity a JOIN projects p ON p.short = a.project WHERE (a.project, a.id) > (?, ?) ORDER BY a.project, a.id LIMIT {ROWS}"
        );
        let page = all::<Entry>(connection, &text, values![project_of(after), after]).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for entry in page {
            let computed = entry.salt.as_ref().map(|salt| {
                let sealed = activity::SealedEntry {
                    id: entry.id,
                    span: entry.span,
                    transaction_id: entry.transaction_id,
                    person_id: entry.person_id.as_deref(),
                    external: entry.external.as_deref(),
                    source: &entry.source,
                    action: &entry.action,
                    path: &entry.path,
                    from_value: entry.from_value.as_deref(),
                    to_value: entry.to_value.as_deref(),
                    reason: entry.reason.as_deref(),
                    created: entry.created,
                    given: entry.given.as_deref(),
                };
                activity::digest(salt, &sealed)
            });
            let place = || format!("entry {} of the activity", entry.id);
            proofs.leaf(&entry.project_id, entry.transaction_id, &entry.digest, computed, place)?;
            verified.activity += 1;
            let whose = (entry.person_id, entry.external);
            let values = (entry.from_value, entry.to_value, entry.given);
            told.hear((entry.span, entry.transaction_id), &entry.action, entry.path, whose, values)?;
        }
    }
    told.compare(connection).await
}

async fn chains(connection: &impl ConnectionTrait, mut proofs: Proofs, verified: &mut Verified) -> Step {
    #[derive(FromQueryResult)]
    struct Head {
        id: String,
        short: ProjectShort,
        link: i64,
        hash: Option<Vec<u8>>,
    }
    // What is on its way from elsewhere gets its first link when it is all there.
    let text = "SELECT id, short, link, hash FROM projects p \
                WHERE NOT EXISTS (SELECT 1 FROM imports i WHERE i.project_id = p.id AND i.finished IS NULL) ORDER BY id";
    for head in all::<Head>(connection, text, values![]).await? {
        let mut leaves = proofs.leaves.remove(&head.id).unwrap_or_default();
        leaves.sort_unstable();
        let project = ProjectId(head.id);
        let end = chain(connection, (&project, head.short), leaves, verified).await?;
        let stored = Link::stored(head.link, head.hash)?;
        same(|| format!("the end of the chain of project {project}"), &stored, &end)?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct StoredLink {
    sequence: i64,
    first_transaction: i64,
    last_transaction: i64,
    digest: Vec<u8>,
    hash: Vec<u8>,
}

/// Follows the chain of a project from its beginning.
async fn chain(
    connection: &impl ConnectionTrait,
    (project, short): (&ProjectId, ProjectShort),
    leaves: Vec<(i64, Digest)>,
    verified: &mut Verified,
) -> Step<Link> {
    let mut end = Link::default();
    let mut leaves = leaves.into_iter().peekable();
    loop {
        let text = format!(
            "SELECT sequence, first_transaction, last_transaction, digest, hash FROM links WHERE project = ? AND sequence > ? \
             ORDER BY sequence LIMIT {ROWS}"
        );
        let page = all::<StoredLink>(connection, &text, values![short, end.sequence]).await?;
        if page.is_empty() {
            break;
        }
        for link in page {
            let place = |what: &str| format!("{what} of link {} of project {project}", link.sequence);
            same(|| place("the number"), &link.sequence, &(end.sequence + 1))?;
            let mut own = Vec::new();
            while let Some((_, digest)) = leaves.next_if(|(transaction, _)| *transaction <= link.last_transaction) {
                own.push(digest);
            }
            let count = own.len();
            let digest = digest_of_leaves(own);
            same(|| place("the digest"), &hexadecimal::write(&link.digest), &hexadecimal::write(&digest))?;
            end = end.next(project, (TransactionId(link.first_transaction), TransactionId(link.last_transaction)), count, &digest);
            same(|| place("the hash"), &hexadecimal::write(&link.hash), &hexadecimal::write(&end.hash))?;
            verified.links += 1;
        }
    }
    match leaves.next() {
        Some((transaction, _)) => {
            same(|| format!("the link of transaction {transaction} of project {project}"), &"none", &"one").map(|()| end)
        }
        None => Ok(end),
    }
}
