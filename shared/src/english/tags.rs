//! Tags: *tagged triage or billing but not prod*.

use super::amounts::{Measure, Relation};
use super::build::{all, any, includes, missing, opposite, path, present, text};
use super::names::Named;
use super::reader::{Clause, Doubt, Heard, Joint, Reader, heard};

fn is_tag(named: Named) -> bool {
    matches!(named, Named::Tag(_))
}

impl Reader<'_> {
    /// *Tagged triage or billing but not prod*, *without tags*.
    pub(super) fn tag_clause(&mut self) -> Option<Heard> {
        self.attempt(|reader| {
            if reader.take("untagged") {
                return heard(missing(path(&["tags"])));
            }
            let verb = reader.take_any(&[
                "tagged with both",
                "tagged as both",
                "tagged both",
                "tagged with",
                "tagged as",
                "tagged either",
                "tagged",
            ]);
            let mut negated = false;
            if !verb {
                reader.take_any(&["tags", "tag"]).then_some(())?;
                if let Some(predicate) = reader.attempt(|reader| {
                    let predicate = reader.predicate()?;
                    matches!(predicate.relation, Relation::Missing | Relation::Present).then_some(predicate)
                }) {
                    return reader.compared(&path(&["tags"]), predicate, Measure::Count);
                }
                loop {
                    match reader.plain(0) {
                        "is" | "are" | "include" | "includes" | "contain" | "contains" | "=" | ":" | "called" | "named" | "of" | "has" => {}
                        "not" | "isn't" | "aren't" | "!=" | "don't" | "doesn't" => negated = !negated,
                        "do" | "does" | "either" | "both" => {}
                        _ => break,
                    }
                    reader.at += 1;
                }
            }
            reader.skip(&["either", "both", "the", "tag", "tags", "neither", "with"]);
            negated ^= reader.previous() == "neither";
            match reader.attempt(Self::tag_list) {
                Some(result) => Some(result.map(|clause| if negated { Clause::new(opposite(clause.expression)) } else { clause })),
                None => (!negated && (reader.ends() || reader.at == reader.words.len()))
                    .then(|| Ok(Clause::new(present(path(&["tags"]))).bare())),
            }
        })
    }

    fn tag_list(&mut self) -> Option<Heard> {
        let tag = |reader: &mut Self| {
            let named = reader.only(&is_tag)?;
            reader.take_any(&["tag", "tags"]);
            Some(includes(path(&["tags"]), text(reader.written(named))))
        };
        let mut wanted = vec![tag(self)?];
        let mut unwanted = Vec::new();
        let mut joint = None;
        while wanted.len() + unwanted.len() < 64 {
            let next = self.attempt(|reader| {
                let joint = reader.joint();
                reader.skip(&["also", "with", "tagged"]);
                let not = reader.take_any(&["not tagged", "not", "without"]);
                (joint.is_some() || not).then_some(())?;
                reader.skip(&["with", "the", "tag", "as", "tagged"]);
                let found = tag(reader)?;
                // "Tagged billing and preference above 80 %" goes on with something else.
                let subject = reader.attempt(Self::predicate).is_some_and(|predicate| predicate.explicit || !predicate.negated);
                (!subject).then_some((joint, not, found))
            });
            let Some((next, not, found)) = next else { break };
            if not {
                unwanted.push(opposite(found));
                continue;
            }
            match (joint, next) {
                (None | Some(Joint::Comma), Some(next)) => joint = Some(next),
                (Some(before), Some(next)) if before == next || next == Joint::Comma => {}
                _ => return Some(Err(Doubt::new("Both and and or stand between these tags. Put brackets around what belongs together."))),
            }
            if !unwanted.is_empty() {
                return Some(Err(Doubt::new("Say first which tags, then which not.")));
            }
            wanted.push(found);
        }
        if joint == Some(Joint::Comma) {
            let doubt = Doubt::new("Are all of these tags meant, or one of them?");
            let (every, one) = (all(wanted.clone()), any(wanted));
            return Some(Err(doubt.or("all of them", &every).or("one of them", &one)));
        }
        let wanted = if joint == Some(Joint::Or) { any(wanted) } else { all(wanted) };
        let hint = if unwanted.is_empty() { "" } else { "rows without tags count as not tagged" };
        Some(Ok(Clause::new(all(std::iter::once(wanted).chain(unwanted).collect())).hint(hint)))
    }
}
