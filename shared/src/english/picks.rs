//! Answers that are no numbers: *topic includes Delivery*, *topic is Delivery or Size*, *no topic yet*.

use super::amounts::{Measure, Relation};
use super::build::{all, any, includes, opposite, path, present, text};
use super::names::Named;
use super::reader::{Clause, Heard, Joint, Reader};

/// Words between a question and its options.
const VERBS: [&str; 13] = ["is", "was", "are", "=", ":", "includes", "include", "contains", "contain", "answered", "either", "has", "does"];

impl Reader<'_> {
    /// A question and its options, or whether anybody answered it.
    pub(super) fn pick_clause(&mut self) -> Option<Heard> {
        self.attempt(|reader| {
            reader.skip(&["the", "whose"]);
            let determined = matches!(reader.previous(), "with" | "without" | "no" | "any" | "a" | "has" | "have" | "missing" | "not");
            let Named::Pick(question) = reader.only(&|named| matches!(named, Named::Pick(_)))? else { return None };
            let subject = path(&["answers", &reader.known.picks.get(question)?.name]);
            if let Some(predicate) = reader.attempt(|reader| {
                reader.predicate().filter(|predicate| matches!(predicate.relation, Relation::Missing | Relation::Present))
            }) {
                return reader.compared(&subject, predicate, Measure::Count);
            }
            if determined && reader.ends() {
                return Some(Ok(Clause::new(present(subject)).bare()));
            }
            let start = reader.at;
            let mut negated = false;
            loop {
                match reader.plain(0) {
                    "not" | "isn't" | "doesn't" | "!=" | "neither" => negated = !negated,
                    verb if VERBS.contains(&verb) => {}
                    _ => break,
                }
                reader.at += 1;
            }
            (reader.at > start).then_some(())?;
            let option = |reader: &mut Self| {
                let named = reader.only(&|named| matches!(named, Named::PickOption(of, _) if of == question))?;
                Some(includes(subject.clone(), text(reader.written(named))))
            };
            let mut wanted = vec![option(reader)?];
            let mut joint = None;
            while wanted.len() < 32 {
                let next = reader.attempt(|reader| {
                    let next = reader.joint().filter(|next| matches!(next, Joint::And | Joint::Or))?;
                    (joint.is_none() || joint == Some(next)).then_some(())?;
                    let found = option(reader)?;
                    reader.ends().then_some((next, found))
                });
                let Some((next, found)) = next else { break };
                joint = Some(next);
                wanted.push(found);
            }
            let whole = if joint == Some(Joint::And) { all(wanted) } else { any(wanted) };
            let clause = if negated {
                Clause::new(opposite(whole)).hint("rows that nobody answered are in it")
            } else {
                Clause::new(whole).hint("somebody answered so")
            };
            Some(Ok(clause))
        })
    }
}
