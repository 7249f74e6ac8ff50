//! Rules of review lists: rows that match are put into a list as they arrive, a share of them, and so many in a day at most.
//!
//! A rule belongs to whoever made or changed it last. What they may no longer, it may not either: it stops, and says so at its list.

pub(crate) mod following;

use super::filling::WholeScan;
use crate::content::reviews;
use crate::content::reviews::drawing::is_drawn;
use crate::content::reviews::rules::{StoredRule, day, rules};
use crate::ground::database::{run, values};
use crate::ground::keys::{Key as _, SelectionKey};
use crate::ground::time;
use crate::ground::upsert::Upsert;
use crate::projects::lists::new_seed;
use crate::writing::events;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use sea_orm::ConnectionTrait;
use shared::filter::format_instant;
use shared::permissions::Action;
use shared::reviews::{MOST_RULES, NameReviewRule, ReviewRule, RuleTrial, SaveReviewRule};
use shared::{ObjectId, Problem, ProjectId, ReviewListId, ReviewRuleId};

impl Desk {
    /// The rules of a list, in the order in which they were made.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers: a filter tells what was looked for. [`Problem::NotFound`] for an unknown list.
    pub async fn review_rules(&self, list: &ReviewListId) -> Result<Vec<ReviewRule>> {
        self.require(Action::ActOnMany)?;
        reviews::list(self.store.readers(), list).await?;
        let stored = rules(self.store.readers(), "r.list_id = ?", values![list.as_str()]).await?;
        let (mut shown, now) = (Vec::new(), self.store.inner.writer.clock().now());
        for rule in stored {
            shown.push(shown_rule(self.store.readers(), rule, now).await?);
        }
        Ok(shown)
    }

    /// Makes or changes a rule. It begins with what arrives from then on.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`] for an unknown list, rule or object, [`Problem::Filter`] and
    /// [`Problem::Invalid`] for what cannot be.
    pub async fn save_review_rule(&self, command: SaveReviewRule) -> Result<ReviewRule> {
        self.require(Action::ActOnMany)?;
        let object = self.object_of_list(&command.list, command.object.clone()).await?;
        self.require_rules()?;
        command.check()?;
        self.read_filter(&command.filter)?;
        let project = reviews::list(self.store.readers(), &command.list).await?.list.project;
        let (actor, of) = (self.actor.clone(), project.clone());
        self.store.write_in(&project, move |change| Box::pin(async move { save(change, &actor, &of, object, command).await })).await
    }

    /// What a rule would have done yesterday.
    ///
    /// # Errors
    /// Those of [`Desk::save_review_rule`], and [`Problem::Invalid`] where looking at everything takes too long.
    pub async fn try_review_rule(&self, command: SaveReviewRule) -> Result<RuleTrial> {
        self.require(Action::ActOnMany)?;
        reviews::list(self.store.readers(), &command.list).await?;
        self.require_rules()?;
        command.check()?;
        self.read_filter(&command.filter)?;
        let (mut seed, mut object) = (command.seed, command.object.clone());
        if let Some(rule) = &command.rule {
            let stored = of_list(self.store.readers(), &command.list, rule).await?;
            (seed, object) = (Some(stored.seed), Some(stored.object()));
        }
        let object = self.object_of_list(&command.list, object).await?;
        let today = day(self.store.inner.writer.clock().now());
        let (from, to) = (format_instant(today - time::DAY), format_instant(today));
        let yesterday = match command.filter.trim().is_empty() {
            true => format!("created >= '{from}' and created < '{to}'"),
            // What it ends with may be a remark.
            false => format!("({}\n) and created >= '{from}' and created < '{to}'", command.filter),
        };
        let filter = self.read_filter(&yesterday)?;
        let view = self.search_view(&object).await?;
        let seed = seed.unwrap_or_else(|| rand::random::<u32>().into());
        let (mut trial, mut scan) = (RuleTrial::default(), WholeScan::new(&view, filter.as_ref()).await?);
        while let Some(rows) = scan.next().await? {
            for row in rows {
                trial.matched += 1;
                trial.would_add += i64::from(is_drawn(seed, &object, &row.listed.row.row_id, command.rate));
            }
        }
        trial.would_add = command.cap_per_day.map_or(trial.would_add, |cap| trial.would_add.min(cap.into()));
        Ok(trial)
    }

    /// Takes a rule away and returns it as it was. What it put into the list stays there.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`].
    pub async fn delete_review_rule(&self, command: NameReviewRule) -> Result<ReviewRule> {
        self.require(Action::ActOnMany)?;
        let rule = one(self.store.readers(), &command.rule).await?;
        let project = reviews::list(self.store.readers(), &rule.list()).await?.list.project;
        self.store
            .write_in(&project, move |change| {
                Box::pin(async move {
                    let rule = one(&change.transaction, &command.rule).await?;
                    run(&change.transaction, "UPDATE review_rules SET deleted = ? WHERE id = ?", values![change.now, rule.id.as_str()])
                        .await?;
                    shown_rule(&change.transaction, rule, change.now).await
                })
            })
            .await
    }

    /// Refuses who may not have rows put into lists by a rule, which reads them.
    fn require_rules(&self) -> Result<()> {
        self.require(Action::Assign)?;
        self.require(Action::Read)
    }
}

/// A rule, whatever its list.
async fn one(connection: &impl ConnectionTrait, id: &ReviewRuleId) -> Result<StoredRule> {
    let found = rules(connection, "r.id = ?", values![id.as_str()]).await?.pop();
    found.ok_or_else(|| Problem::not_found("rule").into())
}

/// A rule of a list.
async fn of_list(connection: &impl ConnectionTrait, list: &ReviewListId, id: &ReviewRuleId) -> Result<StoredRule> {
    let rule = one(connection, id).await?;
    if rule.list_id == list.0 { Ok(rule) } else { Err(Problem::not_found("rule of this list").into()) }
}

async fn shown_rule(connection: &impl ConnectionTrait, rule: StoredRule, now: shared::Micros) -> Result<ReviewRule> {
    let (today, total) = (rule.taken(connection, day(now)).await?, rule.taken(connection, 0).await?);
    Ok(ReviewRule {
        list: rule.list(),
        object: rule.object(),
        id: ReviewRuleId(rule.id),
        filter: rule.filter,
        rate: rule.rate,
        cap_per_day: rule.cap_per_day.and_then(|cap| u32::try_from(cap).ok()),
        seed: rule.seed,
        by: rule.person_name.unwrap_or_default(),
        paused: rule.paused,
        stopped: rule.stopped,
        created: rule.created,
        today,
        total,
    })
}

async fn save(change: &mut Change, actor: &Actor, project: &ProjectId, object: ObjectId, command: SaveReviewRule) -> Result<ReviewRule> {
    reviews::list(&change.transaction, &command.list).await?;
    // What arrives later has larger numbers, and is told by later events.
    let mark = change.take::<SelectionKey>(project, 1).await?.number();
    let heard = events::head(&change.transaction, project).await?;
    let cap = command.cap_per_day.map(i64::from);
    let id = match &command.rule {
        Some(rule) => {
            let before = of_list(&change.transaction, &command.list, rule).await?;
            if command.seed.is_some_and(|seed| seed != before.seed) {
                let reason = "The seed of a rule is never changed: what was drawn could not be drawn again. Make another rule.";
                return Err(Problem::invalid("seed", reason).into());
            }
            if command.object.is_some() && before.object() != object {
                return Err(Problem::invalid("object_id", "A rule stays with its rows. Make another rule there.").into());
            }
            // One that was at work goes on where it is; one that rested or had stopped begins anew.
            let from = if before.is_at_work() { (before.mark, before.seen, before.heard) } else { (mark, mark, heard) };
            let text = "UPDATE review_rules SET filter = ?, rate = ?, cap_per_day = ?, paused = ?, stopped = NULL, person_id = ?, key_id = ?, \
                        mark = ?, seen = ?, heard = ? WHERE id = ?";
            let bound = values![
                command.filter.as_str(),
                command.rate,
                cap,
                command.paused,
                actor.person.id.as_str(),
                actor.api_key(),
                from.0,
                from.1,
                from.2,
                before.id.as_str()
            ];
            run(&change.transaction, text, bound).await?;
            rule.clone()
        }
        None => {
            let there = rules(&change.transaction, "r.list_id = ?", values![command.list.as_str()]).await?.len();
            if there >= MOST_RULES {
                return Err(Problem::invalid("rule", format!("A list has at most {MOST_RULES} rules. Remove one, or change one.")).into());
            }
            let id = change.fate.id();
            Upsert::into("review_rules")
                .set("id", id.as_str())
                .set("project_id", project.as_str())
                .set("list_id", command.list.as_str())
                .set("object_id", object.as_str())
                .set("filter", command.filter.as_str())
                .set("rate", command.rate)
                .set("cap_per_day", cap)
                .set("seed", command.seed.unwrap_or_else(|| new_seed(change)))
                .set("person_id", actor.person.id.as_str())
                .set("key_id", actor.api_key())
                .set("paused", command.paused)
                .set("created", change.now)
                .set("mark", mark)
                .set("seen", mark)
                .set("heard", heard)
                .set("cut_mark", 0_i64)
                .set("held_until", 0_i64)
                .insert(&change.transaction)
                .await?;
            ReviewRuleId(id)
        }
    };
    // Followers look where something was written.
    change.transaction_id(project).await?;
    let rule = one(&change.transaction, &id).await?;
    shown_rule(&change.transaction, rule, change.now).await
}
