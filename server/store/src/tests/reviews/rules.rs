//! Rules: what arrives is put into their list, once, so many in a day, by whoever works at them; and when they stop.

use super::super::sending::{address, number, slider};
use super::{TestStore, flag, refused, stores};
use crate::content::reviews::drawing::is_drawn;
use crate::ground::database::{run, values};
use crate::jobs::rules::following::RuleWorker;
use crate::{Desk, Error, Store};
use serde_json::{Value, json};
use shared::people::{ChangeMember, CreateKey, Role};
use shared::projects::Project;
use shared::reviews::{
    ArchiveReviewList, ListDefinition, NameReviewRule, ReviewItem, ReviewRule, SaveReviewRule, SelectionKind, UnflagRow,
};
use shared::{Problem, ReviewListId};

fn rule(list: &ReviewListId, filter: &str, rate: f64, cap_per_day: Option<u32>) -> SaveReviewRule {
    let (list, filter) = (list.clone(), filter.to_owned());
    SaveReviewRule { list, rule: None, object: None, filter, rate, cap_per_day, seed: Some(5), paused: false }
}

fn changed(rule: &ReviewRule, alter: impl FnOnce(&mut SaveReviewRule)) -> SaveReviewRule {
    let mut command = SaveReviewRule {
        list: rule.list.clone(),
        rule: Some(rule.id.clone()),
        object: None,
        filter: rule.filter.clone(),
        rate: rule.rate,
        cap_per_day: rule.cap_per_day,
        seed: None,
        paused: rule.paused,
    };
    alter(&mut command);
    command
}

async fn work(store: &Store) {
    let mut worker = RuleWorker::new();
    for _ in 0..3 {
        // Whoever had a rule in hand is not there any more.
        let free = "UPDATE review_rules SET held_until = 0";
        store.write(move |change| Box::pin(async move { run(&change.transaction, free, values![]).await })).await.unwrap();
        store.work_at_rules(&mut worker).await.unwrap();
    }
}

impl TestStore {
    async fn arrive(&self, project: &Project, numbers: std::ops::Range<usize>) {
        let rows: Vec<Value> = numbers.map(|number| json!({"id": format!("r{number}"), "input": number, "tags": ["new"]})).collect();
        self.send(project, &rows).await;
    }

    async fn taken(&self, project: &Project, list: &ReviewListId) -> Vec<String> {
        let mut rows: Vec<String> = self.all_items(project, list).await.into_iter().map(|item| item.row.id.0).collect();
        rows.sort();
        rows
    }

    /// The number of the last event of a project.
    async fn last_event(&self, project: &Project) -> i64 {
        crate::writing::events::head(self.store.readers(), &project.id).await.unwrap()
    }

    async fn only_rule(&self, list: &ReviewListId) -> ReviewRule {
        self.engineer.review_rules(list).await.unwrap().pop().unwrap()
    }
}

fn probabilities(items: &[ReviewItem]) -> Vec<Option<f64>> {
    items.iter().map(|item| item.selections.last().unwrap().probability).collect()
}

#[tokio::test]
async fn what_arrives_is_taken_once_and_never_again_what_was_taken_out() {
    for store in stores().await {
        let project = store.project("arriving").await;
        let list = store.list_of(&project, "Errors", ListDefinition::default()).await.id;
        store.arrive(&project, 0..5).await;
        let made = store.engineer.save_review_rule(rule(&list, "input >= 10", 1.0, None)).await.unwrap();
        assert_eq!((made.by.as_str(), made.seed, made.today, &made.stopped), ("The engineer", 5, 0, &None));
        store.arrive(&project, 8..12).await;
        work(&store.store).await;
        assert_eq!(store.taken(&project, &list).await, ["r10", "r11"], "what was there before is not taken, nor what does not match");
        let items = store.all_items(&project, &list).await;
        let selection = &items[0].selections[0];
        assert_eq!((selection.kind, selection.probability, selection.seed), (SelectionKind::Rule, Some(1.0), Some(5)));
        assert_eq!(selection.rule.as_deref(), Some(made.id.as_str()));
        assert_eq!(selection.frame.as_ref().map(|frame| (frame.filter.as_str(), frame.rows)), Some(("input >= 10", 0)));
        assert_eq!(items[0].flagged_by.as_ref().map(|person| person.name.as_str()), Some("The engineer"));
        // What changes so that it matches is taken then; what was taken stays taken once.
        store
            .send(&project, &[json!({"id": "r9", "_is_merge": true, "input": 90}), json!({"id": "r3", "_is_merge": true, "input": 30})])
            .await;
        work(&store.store).await;
        assert_eq!(store.taken(&project, &list).await, ["r10", "r11", "r9"]);
        let out = UnflagRow { row: address(&project, "r10"), lists: vec![list.clone()], client_id: None };
        store.reviewer.unflag_row(out).await.unwrap();
        store.send(&project, &[json!({"id": "r10", "_is_merge": true, "output": "again"})]).await;
        work(&store.store).await;
        assert_eq!(store.taken(&project, &list).await, ["r11", "r9"]);
        // By hand it comes back, and the rule leaves it alone.
        store.engineer.flag_row(flag(&project, "r10", &[&list])).await.unwrap();
        store.send(&project, &[json!({"id": "r10", "_is_merge": true, "output": "once more"})]).await;
        work(&store.store).await;
        let items = store.all_items(&project, &list).await;
        let r10 = items.iter().find(|item| item.row.id.as_str() == "r10").unwrap();
        assert_eq!(r10.selections.len(), 2, "{r10:?}");
        let stands = store.only_rule(&list).await;
        assert_eq!((stands.today, stands.total), (3, 3));
        store.engineer.delete_review_rule(NameReviewRule { rule: made.id }).await.unwrap();
        store.arrive(&project, 20..22).await;
        work(&store.store).await;
        assert_eq!(store.taken(&project, &list).await.len(), 3);
        store.verified().await;
    }
}

#[tokio::test]
async fn a_share_is_taken_whoever_works_at_it() {
    for store in stores().await {
        let project = store.project("two").await;
        let list = store.list_of(&project, "Share", ListDefinition::default()).await.id;
        let made = store.engineer.save_review_rule(rule(&list, "", 0.3, None)).await.unwrap();
        let other = store.place.open().await;
        for part in 0..4 {
            store.arrive(&project, part * 30..(part + 1) * 30).await;
            let (mut one, mut two) = (RuleWorker::new(), RuleWorker::new());
            let (first, second) = tokio::join!(store.store.work_at_rules(&mut one), other.work_at_rules(&mut two));
            first.and(second).unwrap();
            // Whoever froze with the rule in hand goes on beside who took it.
            let free = "UPDATE review_rules SET held_until = 0, seen = mark";
            store.store.write(move |change| Box::pin(async move { run(&change.transaction, free, values![]).await })).await.unwrap();
            let (first, second) = tokio::join!(other.work_at_rules(&mut one), store.store.work_at_rules(&mut two));
            first.and(second).unwrap();
        }
        work(&store.store).await;
        let mut drawn: Vec<String> = (0..120).map(|number| format!("r{number}")).collect();
        drawn.retain(|row| is_drawn(made.seed, &project.logs(), &row.as_str().into(), 0.3));
        drawn.sort();
        assert_eq!(store.taken(&project, &list).await, drawn);
        let items = store.all_items(&project, &list).await;
        assert!(items.iter().all(|item| item.selections.len() == 1 && item.selections[0].probability == Some(0.3)));
        store.verified().await;
        other.close().await;
        let difference = store.tampered("UPDATE review_selections SET probability = 0.0000001").await;
        assert!(difference.contains("that a rule drew span"), "{difference}");
    }
}

#[tokio::test]
async fn a_bound_of_a_day_cuts_and_what_comes_after_has_no_probability() {
    for store in stores().await {
        let project = store.project("capped").await;
        let list = store.list_of(&project, "Capped", ListDefinition::default()).await.id;
        let made = store.engineer.save_review_rule(rule(&list, "", 1.0, Some(3))).await.unwrap();
        store.arrive(&project, 0..2).await;
        work(&store.store).await;
        store.arrive(&project, 2..9).await;
        work(&store.store).await;
        assert_eq!(store.taken(&project, &list).await.len(), 3, "two, and one more");
        assert_eq!(probabilities(&store.all_items(&project, &list).await), [Some(1.0); 3]);
        // Somebody raises it: what comes on the same day is taken, and nobody knows how likely that was.
        store.engineer.save_review_rule(changed(&made, |rule| rule.cap_per_day = Some(5))).await.unwrap();
        store.arrive(&project, 9..12).await;
        work(&store.store).await;
        let of = async || {
            let items = store.all_items(&project, &list).await;
            let mut known: Vec<bool> = probabilities(&items).iter().map(Option::is_some).collect();
            known.sort_unstable();
            known
        };
        assert_eq!(of().await, [false, false, true, true, true]);
        // On the next day it takes again; of what came before it cut, it is still not known.
        let yesterday = "UPDATE review_rules SET cut = cut - 86400000000";
        let earlier = "UPDATE review_selections SET created = created - 86400000000";
        for text in [yesterday, earlier] {
            store.store.write(move |change| Box::pin(async move { run(&change.transaction, text, values![]).await })).await.unwrap();
        }
        store.send(&project, &[json!({"id": "r8", "_is_merge": true, "output": "late"})]).await;
        store.arrive(&project, 12..14).await;
        work(&store.store).await;
        assert_eq!(of().await, [false, false, false, true, true, true, true, true]);
        assert_eq!(store.only_rule(&list).await.today, 3);
        store.verified().await;
    }
}

#[tokio::test]
async fn a_rule_that_matches_its_own_effect_ends() {
    for store in stores().await {
        let project = store.project("own").await;
        let list = store.list_of(&project, "Own", ListDefinition::default()).await.id;
        store.question(&project, "Tone", slider()).await;
        store
            .engineer
            .save_review_rule(rule(&list, "review.status is null or review.status = 'PENDING' or id != ''", 1.0, None))
            .await
            .unwrap();
        store.arrive(&project, 0..6).await;
        for _ in 0..4 {
            work(&store.store).await;
        }
        super::super::sending::answer(&store.reviewer, &project, "r1", "Tone", number(0.5)).await.unwrap();
        work(&store.store).await;
        let items = store.all_items(&project, &list).await;
        assert!(items.len() == 6 && items.iter().all(|item| item.selections.len() == 1));
        let before = store.last_event(&project).await;
        work(&store.store).await;
        assert_eq!(store.last_event(&project).await, before, "nothing is left to do");
    }
}

#[tokio::test]
async fn a_rule_stops_and_says_why() {
    for store in stores().await {
        let project = store.project("stopping").await;
        let list = store.list_of(&project, "Stops", ListDefinition::default()).await.id;
        let made = store.engineer.save_review_rule(rule(&list, "", 1.0, None)).await.unwrap();
        let engineer = store.engineer.actor().person.id.to_string();
        let change = |role| ChangeMember { person: engineer.clone(), role: Some(role), active: None };
        store.owner.change_member(change(Role::Reviewer)).await.unwrap();
        store.owner.ingest(super::super::sending::raws(&[json!({"id": "a"})]), Some(project.logs())).await.unwrap();
        work(&store.store).await;
        let stops = async || store.owner.review_rules(&list).await.unwrap().remove(0).stopped.unwrap_or_default();
        assert_eq!(
            stops().await,
            "The engineer made it, and may no longer assign reviews or say how rows were picked. Save it again, and it is yours."
        );
        let page = store.owner.open_reviews(shared::reviews::OpenReviews {
            list: Some(list.clone()),
            ..shared::reviews::OpenReviews::of(project.id.clone())
        });
        assert_eq!(page.await.unwrap().stopped, Some(stops().await));
        // Whoever saves it again has it, from then on.
        let theirs = store.owner.save_review_rule(changed(&made, |_| {})).await.unwrap();
        assert_eq!((theirs.by.as_str(), &theirs.stopped), ("The owner", &None));
        let send = async |id: &str| {
            store.owner.ingest(super::super::sending::raws(&[json!({"id": id})]), Some(project.logs())).await.unwrap();
            work(&store.store).await;
        };
        send("b").await;
        assert_eq!(store.owner.review_rules(&list).await.unwrap()[0].total, 1, "what came meanwhile is passed over");
        // A filter that cannot be read any more.
        let text = "UPDATE review_rules SET filter = 'scores. >'";
        store.store.write(move |change| Box::pin(async move { run(&change.transaction, text, values![]).await })).await.unwrap();
        send("c").await;
        assert!(stops().await.starts_with("Its filter cannot be read any more: "), "{}", stops().await);
        // A key that does not work any more.
        let key = store
            .owner
            .create_key(CreateKey { name: "k".to_owned(), scopes: Vec::new(), expires_in_days: None, owner: None })
            .await
            .unwrap();
        let by_key = Desk::new(store.store.clone(), store.store.actor_of_key(&key.secret).await.unwrap());
        by_key.save_review_rule(changed(&made, |_| {})).await.unwrap();
        by_key.revoke_key(&key.key.id).await.unwrap();
        send("d").await;
        assert_eq!(stops().await, "The owner made it, and the API key it was made with no longer works. Save it again, and it is yours.");
        // Of a list that is gone nothing is left to do.
        store.owner.archive_review_list(ArchiveReviewList { list: list.clone() }).await.unwrap();
        work(&store.store).await;
        assert!(store.owner.review_rules(&list).await.is_err());
        store.verified().await;
    }
}

#[tokio::test]
async fn rules_are_for_engineers_and_say_what_they_would_have_done() {
    for store in stores().await {
        let project = store.project("tried").await;
        let list = store.list_of(&project, "Tried", ListDefinition::default()).await.id;
        let day = 86_400_000_000;
        let yesterday = crate::now() / day * day - day;
        let row = |number: i64| {
            let created = shared::filter::format_instant(yesterday + number * 1_000_000);
            json!({"id": format!("y{number}"), "input": number, "created": created})
        };
        store.send(&project, &(0..40).map(row).collect::<Vec<_>>()).await;
        store.arrive(&project, 0..5).await;
        let tried = async |rate, cap, filter: &str| {
            let trial = store.engineer.try_review_rule(rule(&list, filter, rate, cap)).await.unwrap();
            (trial.would_add, trial.matched)
        };
        assert_eq!(tried(1.0, None, "").await, (40, 40));
        assert_eq!(tried(1.0, Some(7), "input < 20 -- half").await, (7, 20));
        let drawn = (0..40).filter(|number| is_drawn(5, &project.logs(), &format!("y{number}").as_str().into(), 0.4)).count();
        assert_eq!(tried(0.4, None, "").await, (i64::try_from(drawn).unwrap(), 40));
        for desk in [&store.reviewer, &store.viewer] {
            assert!(refused(desk.save_review_rule(rule(&list, "", 1.0, None)).await).starts_with("You may not"));
            assert!(refused(desk.try_review_rule(rule(&list, "", 1.0, None)).await).starts_with("You may not"));
            assert!(refused(desk.review_rules(&list).await).starts_with("You may not"));
        }
        let refuse = async |command| refused(store.engineer.save_review_rule(command).await);
        let unreadable = store.engineer.save_review_rule(rule(&list, "scores. >", 1.0, None)).await;
        assert!(matches!(unreadable, Err(Error::Problem(Problem::Filter { .. }))));
        assert!(refuse(rule(&list, "", 2.0, None)).await.starts_with("rate: "));
        let made = store.engineer.save_review_rule(rule(&list, "", 1.0, None)).await.unwrap();
        assert!(refuse(changed(&made, |rule| rule.seed = Some(6))).await.contains("The seed of a rule is never changed"));
        // While it rests, what arrives is passed over.
        let rests = store.engineer.save_review_rule(changed(&made, |rule| rule.paused = true)).await.unwrap();
        store.arrive(&project, 10..12).await;
        work(&store.store).await;
        store.engineer.save_review_rule(changed(&rests, |rule| rule.paused = false)).await.unwrap();
        store.arrive(&project, 12..14).await;
        work(&store.store).await;
        assert_eq!(store.taken(&project, &list).await, ["r12", "r13"]);
        for _ in 1..20 {
            store.engineer.save_review_rule(rule(&list, "", 0.1, None)).await.unwrap();
        }
        assert_eq!(refuse(rule(&list, "", 0.1, None)).await, "rule: A list has at most 20 rules. Remove one, or change one.");
        // Nobody says that a rule took what it does not draw.
        let rare = store.engineer.save_review_rule(changed(&made, |rule| rule.rate = 1e-12)).await.unwrap();
        let forged = super::flag_as(&project, "r0", &[&list], |flagging| {
            flagging.selection.kind = SelectionKind::Rule;
            flagging.selection.rule = Some(rare.id.0.clone());
        });
        assert!(refused(store.engineer.flag_row(forged).await).contains("This rule does not draw this row"));
    }
}
