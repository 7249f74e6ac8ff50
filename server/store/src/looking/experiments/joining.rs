//! What the rows of experiments are joined on where their project says so: the value of an expression about the root, as whoever looks sees it.

use super::Input;
use crate::content::inputs;
use crate::ground::database::{list, values};
use crate::ground::keys::SpanKey;
use crate::looking::found::{Wanted, Which};
use crate::looking::view::View;
use crate::looking::work::{Effort, aside};
use crate::projects::settings;
use crate::{Error, Result};
use sea_orm::Value as Bound;
use serde_json::Value;
use shared::filter::{Compiled, parse_expression};
use std::collections::HashMap;
use std::sync::Arc;

/// Roots looked at together.
const CHUNK: usize = 400;

/// What roots are joined on in the place of their input, in their order and as far as the effort goes; none where the project says nothing.
pub(super) async fn keys(view: &View, roots: &[SpanKey], mut effort: Effort) -> Result<Option<HashMap<SpanKey, Input>>> {
    let settings = settings::of_project(&view.snapshot, &view.home.project).await?;
    let Some(key) = settings.comparison_key.as_deref().filter(|key| *key != "input") else { return Ok(None) };
    // It was read when it was set.
    let Ok(key) = parse_expression(key) else { return Err(Error::Corrupt(format!("the comparison key of project {}", view.home.project))) };
    let compiled = Arc::new(Compiled::new(&view.asked(&key), view.context));
    let wanted = Wanted::columns(compiled.columns());
    let salt = inputs::salt(&view.snapshot, &view.home).await?;
    let mut keys = HashMap::new();
    for roots in roots.chunks(CHUNK) {
        let mut left = roots.to_vec();
        while !left.is_empty() && !effort.is_over() {
            let condition = format!("s.object = ? AND s.key IN ({})", list(left.len()));
            let bound = values![view.home.key].into_iter().chain(left.iter().map(|root| Bound::from(*root))).collect();
            let read = view.read(&Which { condition, bound, order: "ORDER BY s.key".to_owned(), waiting: false }, &wanted, None).await?;
            effort.spend(read.spans.len(), read.bytes, compiled.conditions());
            let (compiled, salt) = (Arc::clone(&compiled), salt.clone());
            let found = aside(move || {
                let key = |value: Value| (!value.is_null()).then(|| inputs::digest(&salt, &value.to_string()));
                let keys = read.spans.iter().map(|span| (span.key(), compiled.values(span).into_iter().next().and_then(key)));
                (keys.collect::<Vec<_>>(), read.cut)
            });
            let (found, cut) = found.await?;
            keys.extend(found);
            left.retain(|root| !keys.contains_key(root));
            if !cut {
                // What is not there says nothing.
                keys.extend(left.drain(..).map(|root| (root, None)));
            }
        }
    }
    Ok(Some(keys))
}
