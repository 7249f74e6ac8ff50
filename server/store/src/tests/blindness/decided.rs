//! No method of a desk is forgotten where it is decided what each tells who has not answered.

use super::ways::{Way, ways};
use std::collections::BTreeSet;
use std::path::Path;

/// The public methods of desks and subscriptions, as the source has them.
fn methods(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            methods(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let mut inside = false;
            for line in std::fs::read_to_string(&path).unwrap().lines() {
                match line {
                    "impl Desk {" | "impl Subscription {" => inside = true,
                    "}" => inside = false,
                    _ => {}
                }
                let signature = line.strip_prefix("    pub async fn ").or_else(|| line.strip_prefix("    pub fn "));
                if let Some((name, _)) = signature.filter(|_| inside).and_then(|signature| signature.split_once('(')) {
                    found.insert(name.to_owned());
                }
            }
        }
    }
}

#[test]
fn every_way_out_is_decided() {
    let mut found = BTreeSet::new();
    methods(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.remove("new");
    let decided: BTreeSet<String> = ways().into_iter().map(|(name, _)| name.to_owned()).collect();
    let new: Vec<_> = found.difference(&decided).collect();
    let gone: Vec<_> = decided.difference(&found).collect();
    assert!(new.is_empty(), "say in ways() what these tell who has not answered: {new:?}");
    assert!(gone.is_empty(), "these are no methods any more: {gone:?}");
    assert!(ways().iter().all(|(_, way)| !matches!(way, Way::Harmless(why) if why.is_empty())));
}
