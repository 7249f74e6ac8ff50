//! Whatever was done to a project: as an archive it goes to another database, on the same kind and across, and is the same there.

use super::steps::step;
use super::{Stage, number_of};
use crate::tests::{PASSWORD, empty_stores};
use crate::{Desk, Imported, Store};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngSeed, TestRunner};
use shared::ProjectId;
use shared::people::Role;

/// Projects of a stage.
const PROJECTS: usize = 6;

async fn exported(desk: &Desk, project: &ProjectId) -> Vec<u8> {
    let mut archive = desk.export_archive(project, None).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(page) = archive.page().await.unwrap() {
        bytes.extend(page);
    }
    bytes
}

async fn imported(desk: &Desk, archive: &[u8]) -> Imported {
    let mut import = desk.import_archive(None).unwrap();
    // As a network cuts it.
    for part in archive.chunks(10_007) {
        import.take(part).await.unwrap();
    }
    import.finish().await.unwrap()
}

async fn verified(store: &Store) {
    if let Err(difference) = store.verify().await.unwrap() {
        panic!("{difference}");
    }
}

/// The first line in which two archives differ.
fn compare(there: &[u8], here: &[u8], what: &str) {
    let [there, here] = [there, here].map(|archive| String::from_utf8_lossy(archive).lines().map(str::to_owned).collect::<Vec<_>>());
    let differs = there.iter().zip(&here).find(|(there, here)| there != here);
    assert_eq!((differs, there.len()), (None, here.len()), "{what}");
}

/// `TOUCHSTONE_SEED` makes the same projects again.
#[test]
fn any_project_is_the_same_in_another_database() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let seed = number_of("TOUCHSTONE_SEED").unwrap_or_else(rand::random);
    println!("TOUCHSTONE_SEED={seed}");
    let config = ProptestConfig { rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new(config);
    let stories = prop::collection::vec(step(), 10..40);
    let stories: Vec<_> = (0..PROJECTS).map(|_| stories.new_tree(&mut runner).unwrap().current()).collect();
    runtime.block_on(async {
        let mut stage = Stage::set().await;
        for steps in &stories {
            stage.tell(steps).await;
        }
        let mut rows = 0;
        for (store, _) in &stage.stores {
            let mut archives = Vec::new();
            for project in store.owner.projects().await.unwrap() {
                archives.push((project.project.clone(), exported(&store.engineer, &project.project.id).await));
            }
            for (target, _place) in empty_stores().await {
                target.add_member("mover@example.org", "The mover", Role::Owner, PASSWORD).await.unwrap();
                let mover = target.console_desk("mover@example.org").await.unwrap();
                for (project, archive) in &archives {
                    let moved = imported(&mover, archive).await;
                    assert_eq!((&moved.project, &moved.name, moved.ids.len()), (&project.id, &project.name, 0));
                    assert_eq!((moved.rows, moved.already), (moved.written, false));
                    rows += moved.rows;
                    verified(&target).await;
                    compare(archive, &exported(&mover, &project.id).await, &project.name);
                    // The same again changes nothing.
                    let again = imported(&mover, archive).await;
                    assert_eq!((&again.project, again.written, again.already), (&project.id, 0, true));
                }
                verified(&target).await;
                target.close().await;
            }
            // Where all of it is already, it becomes another project.
            for (project, archive) in archives.iter().take(2) {
                let copy = imported(&store.owner, archive).await;
                assert_eq!(copy.name, format!("{} (2)", project.name));
                assert_ne!(copy.project, project.id);
                let length = exported(&store.owner, &copy.project).await.split(|byte| *byte == b'\n').count();
                assert_eq!(length, archive.split(|byte| *byte == b'\n').count(), "{}", project.name);
            }
            store.verified().await;
        }
        assert!(rows > 20, "{rows} rows moved");
    });
}
