//! Answers, with how sure somebody is and the words that led to them.

use super::{Model, Outcome, Refusal, Said};
use serde_json::{Value, json};
use shared::answers::SetAnswer;

/// How sure somebody is of an answer, and its evidence as JSON.
pub(super) type Given = (Option<f64>, Vec<Value>);

impl Model {
    /// How sure somebody says to be, and which evidence they give; of what they leave out stays what was said, if it is of the same value.
    fn given(&self, person: usize, command: &SetAnswer) -> Result<Given, Refusal> {
        let said = &command.circumstances;
        if said.sureness.is_some_and(|sureness| sureness > 1.0) {
            return Err(Refusal::Invalid("sureness".to_owned()));
        }
        let row = &self.cast.name(&command.row);
        let question = self.question(&command.question)?;
        let to = self.take(question, command.value.as_ref())?.map_or(Value::Null, |(value, _)| value);
        let own = self.rows[row].said.iter().find(|said| said.question == question && said.person == person);
        let (sureness, evidence) = own.filter(|own| own.value == to).map(|own| own.given.clone()).unwrap_or_default();
        let new = said.evidence.as_ref().map(|evidence| evidence.iter().map(|evidence| json!([evidence.path, evidence.quote])).collect());
        Ok((said.sureness.or(sureness), new.unwrap_or(evidence)))
    }

    pub(super) fn answer(&mut self, person: usize, command: &SetAnswer) -> Outcome {
        let row = &self.cast.name(&command.row);
        self.asked_of(Some(person), row, &command.question)?;
        let given = self.given(person, command)?;
        self.answer_as(person, command, given)
    }

    /// Answers in this way and no other.
    pub(super) fn answer_as(&mut self, person: usize, command: &SetAnswer, given: Given) -> Outcome {
        let row = &self.cast.name(&command.row);
        let question = self.asked_of(Some(person), row, &command.question)?;
        let taken = self.take(question, command.value.as_ref())?;
        let (clock, version) = (self.clock, self.questions[question].version);
        let to = taken.as_ref().map_or(Value::Null, |(value, _)| value.clone());
        let own = self.rows[row].said.iter().find(|said| said.question == question && said.person == person);
        let given = if to.is_null() { Given::default() } else { given };
        let stands = own.is_none_or(|own| own.counts && own.version == version && own.given == given);
        if stands
            && own.map_or(Value::Null, |own| own.value.clone()) == to
            && (own.is_none() || command.reason.as_deref().is_none_or(str::is_empty))
        {
            return Ok(());
        }
        self.require_room(person, row, question, taken.as_ref(), command.confirm)?;
        let path = self.path_of(question);
        let said = &mut self.row_mut(row).said;
        let own = said.iter().position(|said| said.question == question && said.person == person);
        let before = own.map_or(Value::Null, |own| said[own].value.clone());
        let given_before = own.map(|own| said[own].given.clone()).unwrap_or_default();
        let told = [given_before, given.clone()];
        match taken {
            None => said.retain(|said| said.question != question || said.person != person),
            Some((value, score)) => {
                let first = own.map_or(clock, |own| said[own].first);
                said.retain(|said| said.question != question || said.person != person);
                said.push(Said { question, person, version, value, score, path, counts: true, given, first, last: clock });
            }
        }
        let action = if to.is_null() { "clear" } else { "answer" };
        let path = self.told_as(question);
        self.note(person, row, action, &path, before, to, command.reason.clone());
        self.activity.last_mut().unwrap().given = told;
        Ok(())
    }
}
