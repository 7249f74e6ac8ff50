//! The letters of options: stored with the question, and moved by no other.

use super::sending::choice;
use super::{TestStore, stores};
use shared::projects::Project;
use shared::questions::{ArchiveQuestion, Definition, Question, SaveQuestion};

/// What picks the options, `–` where nothing does.
fn letters(question: &Question) -> String {
    question.definition.letters.iter().map(|letter| letter.unwrap_or('–')).collect()
}

/// Saves a question as it is now after a change, and gives it back or what was refused.
async fn edit(store: &TestStore, question: &Question, change: impl FnOnce(&mut Definition)) -> Result<Question, String> {
    let now = store.engineer.question(&question.id).await.unwrap();
    let mut definition = now.definition;
    change(&mut definition);
    let command = SaveQuestion { project: now.project, question: Some(now.id), after: Some(now.version), name: now.name, definition };
    store.engineer.save_question(command).await.map_err(|error| error.problem().unwrap().to_string())
}

async fn again(store: &TestStore, question: &Question) -> String {
    letters(&store.engineer.question(&question.id).await.unwrap())
}

async fn two(store: &TestStore) -> (Project, Question, Question) {
    let project = store.project("letters").await;
    let resolution = store.question(&project, "Resolution", choice(&[("Not resolved", 0.0), ("Partly", 0.5), ("Done", 1.0)])).await;
    let topic = store.question(&project, "Topic", choice(&[("Payment", 0.0), ("Delivery", 0.5), ("Warranty", 1.0)])).await;
    (project, resolution, topic)
}

#[tokio::test]
async fn no_change_of_another_question_moves_a_letter() {
    for store in &stores().await {
        let (_, resolution, topic) = two(store).await;
        assert_eq!((letters(&resolution).as_str(), letters(&topic).as_str()), ("npd", "–lw"));
        let options = choice(&[("Open", 0.0), ("Partly", 0.5), ("Done", 1.0)]).kind;
        let renamed = edit(store, &resolution, |definition| (definition.kind, definition.letters) = (options, Vec::new())).await.unwrap();
        assert_eq!((letters(&renamed).as_str(), again(store, &topic).await.as_str()), ("opd", "–lw"));
        store.engineer.archive_question(ArchiveQuestion { question: resolution.id.clone(), archived: true }).await.unwrap();
        assert_eq!(again(store, &topic).await, "–lw", "what became free moves nothing");
    }
}

#[tokio::test]
async fn another_letter_makes_no_version() {
    for store in &stores().await {
        let (_, resolution, topic) = two(store).await;
        let changed = edit(store, &topic, |definition| definition.letters = vec![Some('b'), None, Some('w')]).await.unwrap();
        assert_eq!((letters(&changed).as_str(), changed.version), ("b–w", 1));
        // As they were, by the names of the options, also in another order.
        let turned = choice(&[("Warranty", 0.0), ("Delivery", 0.5), ("Payment", 1.0)]).kind;
        let changed = edit(store, &topic, |definition| (definition.kind, definition.letters) = (turned, Vec::new())).await.unwrap();
        assert_eq!((letters(&changed).as_str(), changed.version), ("w–b", 2));
        assert_eq!(store.engineer.question_versions(&topic.id).await.unwrap().len(), 2);
        assert_eq!(again(store, &resolution).await, "npd");
    }
}

#[tokio::test]
async fn a_letter_means_one_thing() {
    for store in &stores().await {
        let (_, resolution, topic) = two(store).await;
        let refused = edit(store, &topic, |definition| definition.letters[0] = Some('n')).await.unwrap_err();
        assert_eq!(refused, "Key 1: Resolution has this key already. Choose another letter.");
        let refused = edit(store, &topic, |definition| definition.hotkey = Some('d')).await.unwrap_err();
        assert_eq!(refused, "Key: Resolution has this key already. Choose another letter.");
        // What was given away while it was archived is replaced when it comes back.
        let archive = |archived| store.engineer.archive_question(ArchiveQuestion { question: resolution.id.clone(), archived });
        archive(true).await.unwrap();
        edit(store, &topic, |definition| definition.letters[0] = Some('n')).await.unwrap();
        assert_eq!(letters(&archive(false).await.unwrap()), "opd");
        assert_eq!(again(store, &topic).await, "nlw");
    }
}
