//! Fields that say what to do with a row, or where it belongs; they are no content. One of a wrong type refuses the row: read otherwise
//! than it was meant, it would replace or lose what is stored.

use crate::ground::body::{self, DEEPEST_MERGE, Object, Paths, Raw, Removals};
use serde::de::DeserializeOwned;

/// All of them.
pub(super) const ALL: [&str; 17] = [
    "_is_merge",
    "_merge_paths",
    "_array_delete",
    "_object_delete",
    "_audit_source",
    "_audit_metadata",
    "_parent_id",
    "_async_scoring_control",
    "_skip_async_scoring",
    "_xact_id",
    "_pagination_key",
    "org_id",
    "project_id",
    "log_id",
    "experiment_id",
    "dataset_id",
    "is_root",
];

/// Paths in `_merge_paths`, and values in `_array_delete`, of a row at most.
const MOST: usize = 10_000;

/// Checks the types of all fields that this module does not read itself.
pub(super) fn check(fields: &Object) -> Result<(), String> {
    for key in ["experiment_id", "dataset_id", "project_id", "_parent_id", "span_id", "root_span_id"] {
        read::<String>(fields, key, "must be a string")?;
    }
    read::<String>(fields, "_audit_source", "must be \"app\", \"api\" or \"external\"")?;
    read::<Vec<String>>(fields, "span_parents", "must be a list of span ids, such as [\"0ce90cbb0f8e47d0\"], or null")?;
    if let Some(metadata) = fields.get("_audit_metadata").filter(|metadata| !body::is_null(metadata))
        && body::object(metadata.get()).is_none()
    {
        return Err(match body::is_object(metadata.get()) {
            true => format!("A key in _audit_metadata holds {}", super::HALF),
            false => "_audit_metadata must be an object, such as {\"user_id\": \"u7\"}.".to_owned(),
        });
    }
    Ok(())
}

/// A field that is true or false; false where it is missing.
pub(super) fn flag(fields: &Object, key: &str) -> Result<bool, String> {
    Ok(read(fields, key, "must be true or false")?.unwrap_or(false))
}

/// Where a merge replaces.
pub(super) fn paths(fields: &Object) -> Result<Paths, String> {
    const RIGHT: &str = "must be a list of paths, each a list of keys, such as [[\"input\", \"a\"], [\"output\"]]";
    let sent: Vec<Vec<String>> = read(fields, "_merge_paths", RIGHT)?.unwrap_or_default();
    if sent.len() > MOST {
        return Err(format!("_merge_paths may have {MOST} paths; this has {}. Name the object above them instead.", sent.len()));
    }
    let mut paths = Paths::default();
    for path in sent {
        check_length("_merge_paths", &path)?;
        paths.add(path);
    }
    Ok(paths)
}

/// What is taken out of lists.
pub(super) fn removals(fields: &Object) -> Result<Removals, String> {
    #[derive(serde::Deserialize)]
    struct Removal {
        path: Vec<String>,
        delete: Vec<Raw>,
    }
    const RIGHT: &str = "must be [{\"path\": [\"tags\"], \"delete\": [\"x\"]}]";
    let sent: Vec<Removal> = read(fields, "_array_delete", RIGHT)?.unwrap_or_default();
    let values = sent.len().max(sent.iter().map(|removal| removal.delete.len()).sum());
    if values > MOST {
        return Err(format!("_array_delete may take out {MOST} values; this has {values}. Replace the list, or send several rows."));
    }
    let mut removals = Removals::default();
    for Removal { path, delete } in sent {
        check_length("_array_delete", &path)?;
        removals.add(path, &delete);
    }
    Ok(removals)
}

fn check_length(key: &str, path: &[String]) -> Result<(), String> {
    if path.len() > DEEPEST_MERGE {
        return Err(format!("A path in {key} may have {DEEPEST_MERGE} keys; this has {}.", path.len()));
    }
    Ok(())
}

fn read<T: DeserializeOwned>(fields: &Object, key: &str, right: &str) -> Result<Option<T>, String> {
    match fields.get(key).filter(|value| !body::is_null(value)) {
        None => Ok(None),
        Some(value) => serde_json::from_str(value.get()).map(Some).map_err(|_| format!("{key} {right}.")),
    }
}
