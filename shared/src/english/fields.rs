//! Metadata, models, kinds of spans, and names on their own.

use super::amounts::{Measure, Relation};
use super::build::{all, binary, boolean, includes, number, one_of, opposite, path, present, text};
use super::names::Named;
use super::reader::{Clause, Doubt, Heard, Joint, Reader, heard};
use super::scores::OF_THE_MEAN;
use super::words::WordKind;
use crate::filter::{BinaryOperator, Expression, Shape};
use serde_json::Value;

impl Reader<'_> {
    /// *Llm spans only*, *spans named answer_ticket*, *the trace id is …*.
    pub(super) fn span_clause(&mut self) -> Option<Heard> {
        self.attempt(Self::spans_of_a_type).or_else(|| self.attempt(Self::named)).or_else(|| self.attempt(Self::with_id))
    }

    fn spans_of_a_type(&mut self) -> Option<Heard> {
        let kind = path(&["span_attributes", "type"]);
        let is_type = |named: Named| matches!(named, Named::SpanType(_));
        if self.take_any(&["span type", "span kind", "type of span", "type"]) {
            let predicate = self.predicate().filter(|predicate| predicate.relation == Relation::Equal)?;
            let named = self.only(&is_type)?;
            let expression = binary(kind, BinaryOperator::Equal, text(self.written(named)));
            return heard(if predicate.negated { opposite(expression) } else { expression });
        }
        if self.take_any(&["root spans", "root span"]) {
            self.rows = Some(Shape::Spans);
            return heard(path(&["is_root"]));
        }
        let mut types = Vec::new();
        loop {
            let named = self.only(&is_type)?;
            types.push(text(self.written(named)));
            if !(types.len() < 16
                && self.attempt(|reader| reader.joint().filter(|joint| matches!(joint, Joint::Or | Joint::And))).is_some())
            {
                break;
            }
        }
        if self.take_any(&["errors", "error", "failures"]) {
            self.rows = Some(Shape::Spans);
            let failed = all(vec![one_of(kind, types)?, present(path(&["error"]))]);
            return Some(Ok(Clause::new(failed).hint(super::ROWS_ARE_SPANS)));
        }
        self.take_any(&["spans", "span", "calls", "call", "steps", "step"]).then_some(())?;
        self.rows = Some(Shape::Spans);
        self.take("only");
        Some(Ok(Clause::new(one_of(kind, types)?).hint(super::ROWS_ARE_SPANS).bare()))
    }

    /// *Named answer_ticket*.
    fn named(&mut self) -> Option<Heard> {
        let spans = self.take_any(&["spans", "span"]);
        let said = self.take_any(&[
            "named",
            "called",
            "whose name is",
            "with the name",
            "name is",
            "name =",
            "name :",
            "span name is",
            "span name =",
            "span name",
        ]);
        said.then_some(())?;
        let negated = self.take("not");
        if spans {
            self.rows = Some(Shape::Spans);
        }
        let name = match self.only(&|named| matches!(named, Named::SpanName(_))) {
            Some(named) => self.written(named).to_owned(),
            None => self.typed_value()?,
        };
        let expression = binary(path(&["span_attributes", "name"]), BinaryOperator::Equal, text(&name));
        heard(if negated { opposite(expression) } else { expression })
    }

    fn with_id(&mut self) -> Option<Heard> {
        let column = if self.take_any(&["trace id", "trace_id", "root span id", "root_span_id"]) {
            "root_span_id"
        } else if self.take_any(&["span id", "span_id"]) {
            "span_id"
        } else if self.take_any(&["row id", "id"]) {
            "id"
        } else {
            return None;
        };
        let predicate = self.predicate().filter(|predicate| predicate.relation == Relation::Equal)?;
        let typed = self.typed_value()?;
        let expression = binary(path(&[column]), BinaryOperator::Equal, text(&typed));
        heard(if predicate.negated { opposite(expression) } else { expression })
    }

    /// One word as it was typed, or what stands in quotes.
    fn typed_value(&mut self) -> Option<String> {
        let word = self.word()?;
        let typed = match &word.kind {
            WordKind::Quoted(inside) => inside.clone(),
            WordKind::Plain | WordKind::Number { .. } => self.text.get(word.range.clone())?.to_owned(),
            WordKind::Sign => return None,
        };
        self.at += 1;
        Some(typed)
    }

    /// A key of the metadata, or the model, and what is asked of it.
    pub(super) fn metadata_clause(&mut self) -> Option<Heard> {
        self.attempt(Self::model).or_else(|| self.attempt(Self::keyed)).or_else(|| self.attempt(Self::key_and_value))
    }

    /// *Using gpt-4o*, *the model is gpt-4o or gpt-4o-mini*.
    fn model(&mut self) -> Option<Heard> {
        let model = path(&["metadata", "model"]);
        if self.take_any(&[
            "using",
            "uses",
            "used",
            "use",
            "run on",
            "ran on",
            "running on",
            "answered by",
            "produced by",
            "generated by",
            "generated with",
            "made by",
            "with",
            "by",
            "from",
            "on",
        ]) {
            self.skip(&["the"]);
            let said = self.take_any(&["models", "model"]);
            let values = self.values(None)?;
            let known =
                values.iter().all(|value| value.kind.text().is_some_and(|text| self.known.models.iter().any(|model| model == text)));
            self.take_any(&["models", "model"]);
            (known || said).then_some(())?;
            return heard(one_of(model, values)?);
        }
        self.take_any(&["model names", "model name", "models", "model"]).then_some(())?;
        if let Some(values) = self.attempt(|reader| {
            let at = reader.at;
            reader.known_value(None)?;
            reader.at = at;
            reader.values(None)
        }) {
            return heard(one_of(model, values)?);
        }
        self.value_of(&model, None)
    }

    /// *The customer is acme*, *metadata.customer is missing*.
    fn keyed(&mut self) -> Option<Heard> {
        self.skip(&["the", "whose", "its", "their"]);
        let determined =
            matches!(self.previous(), "with" | "without" | "no" | "any" | "a" | "an" | "have" | "has" | "having" | "missing" | "lacking");
        let (subject, place) = self.metadata_key()?;
        if determined && self.ends() {
            return Some(Ok(Clause::new(present(subject)).bare()));
        }
        self.value_of(&subject, place)
    }

    /// A key that is known, or a path that begins with `metadata.`.
    fn metadata_key(&mut self) -> Option<(Expression, Option<usize>)> {
        let word = self.word()?;
        if let Some(below) = word.plain.strip_prefix("metadata.")
            && word.kind == WordKind::Plain
        {
            let typed = self.text.get(word.range.clone())?.get("metadata.".len()..)?;
            let steps: Vec<&str> = std::iter::once("metadata").chain(typed.split('.')).collect();
            (!below.is_empty() && !below.split('.').any(str::is_empty)).then_some(())?;
            self.at += 1;
            let place = self.known.metadata.iter().position(|entry| entry.path.join(".") == typed);
            return Some((path(&steps), place));
        }
        self.attempt(|reader| {
            reader.skip(&["metadata"]);
            match reader.only(&|named| matches!(named, Named::Key(_))) {
                Some(Named::Key(place)) => Some(place),
                _ => reader.user_key(),
            }
        })
        .and_then(|place| {
            let entry = self.known.metadata.get(place)?;
            let steps: Vec<&str> = std::iter::once("metadata").chain(entry.path.iter().map(String::as_str)).collect();
            Some((path(&steps), Some(place)))
        })
    }

    /// *User* is the key `user_id`, where there is only this one.
    fn user_key(&mut self) -> Option<usize> {
        let said = self.plain(0).trim_end_matches("'s").trim_end_matches('s');
        matches!(said, "user" | "session" | "tenant" | "organization" | "organisation" | "conversation" | "thread").then_some(())?;
        let wanted = format!("{said} id");
        let mut found = self.known.metadata.iter().enumerate().filter(|(_, entry)| {
            entry.path.last().is_some_and(|last| super::words::key(last) == wanted || last.to_lowercase() == wanted.replace(' ', ""))
        });
        let (place, _) = found.next()?;
        found.next().is_none().then_some(())?;
        self.at += 1;
        self.take("id");
        Some(place)
    }

    fn value_of(&mut self, subject: &Expression, key: Option<usize>) -> Option<Heard> {
        let predicate = self.predicate()?;
        match predicate.relation {
            Relation::Missing | Relation::Present => self.compared(subject, predicate, Measure::Number),
            Relation::Equal => {
                let neither = self.take("neither");
                self.skip(&["either", "one", "of", "in", "any"]);
                if self.take("(") || self.take(":") {
                    return None;
                }
                let start = self.at;
                if let Some(heard) = self.attempt(|reader| {
                    let typed = reader.typed()?;
                    let more = reader.take_any(&["or more", "or higher", "or above", "or less", "or lower", "or below"]);
                    (more && typed.unit == super::amounts::TypedUnit::None).then_some(())?;
                    reader.at = start;
                    reader.compared(subject, predicate, Measure::Number)
                }) {
                    return Some(heard);
                }
                let values = self.values(key)?;
                let expression = one_of(subject.clone(), values)?;
                let expression = if predicate.negated != neither { opposite(expression) } else { expression };
                heard(expression)
            }
            Relation::More | Relation::AtLeast | Relation::Less | Relation::AtMost | Relation::Between => {
                let first = self.compared(subject, predicate, Measure::Number)?;
                match first {
                    Ok(clause) => Some(self.compared_again(clause.expression, subject, Measure::Number)),
                    doubt => Some(doubt),
                }
            }
        }
    }

    /// One or several values: *gpt-4o, gpt-4o-mini or o3*.
    fn values(&mut self, key: Option<usize>) -> Option<Vec<Expression>> {
        let mut values = vec![self.value(key)?];
        while values.len() < 64 {
            let next = self.attempt(|reader| {
                let joint = reader.joint().filter(|joint| *joint != Joint::But)?;
                reader.skip(&["either"]);
                if let Some(known) = reader.attempt(|reader| reader.known_value(key)) {
                    let subject = reader.attempt(Self::predicate).is_some();
                    return (!subject).then_some(known);
                }
                // What is known nowhere is another value only where it cannot be anything else.
                let plain = matches!(reader.word().map(|word| &word.kind), Some(WordKind::Quoted(_) | WordKind::Number { .. }));
                (joint == Joint::Or && plain).then_some(())?;
                let value = reader.value(key)?;
                reader.ends().then_some(value)
            });
            match next {
                Some(value) => values.push(value),
                None => break,
            }
        }
        Some(values)
    }

    fn known_value(&mut self, key: Option<usize>) -> Option<Expression> {
        let wanted = |named: Named| match (named, key) {
            (Named::Value(of, _), Some(key)) => of == key,
            (Named::Model(_), None) => true,
            _ => false,
        };
        let named = self.only(&wanted)?;
        Some(text(self.written(named)))
    }

    /// A value as it stands in the data, else as it was typed.
    fn value(&mut self, key: Option<usize>) -> Option<Expression> {
        if let Some(known) = self.attempt(|reader| reader.known_value(key)) {
            return Some(known);
        }
        let word = self.word()?;
        let values = key.and_then(|key| self.known.metadata.get(key)).map_or(&[][..], |entry| entry.values.as_slice());
        let value = match &word.kind {
            WordKind::Quoted(inside) => text(inside),
            WordKind::Number { digits, suffix } if suffix.is_empty() => {
                let as_text = self.text.get(word.range.clone())?;
                let is_text = values.iter().any(|value| value.as_str() == Some(as_text));
                if is_text { text(as_text) } else { number(digits, 0)? }
            }
            WordKind::Plain | WordKind::Number { .. } => {
                let typed = self.text.get(word.range.clone())?;
                match word.plain.as_str() {
                    "true" | "yes" if self.is_truth(values) => boolean(true),
                    "false" | "no" if self.is_truth(values) => boolean(false),
                    plain if GRAMMAR.contains(&plain) => return None,
                    _ => text(typed),
                }
            }
            WordKind::Sign => return None,
        };
        self.at += 1;
        // Several words that are no known value: nobody can say where they end.
        let quoted = matches!(word.kind, WordKind::Quoted(_));
        (quoted || self.ends() || self.at == self.words.len() || self.clause_may_begin()).then_some(value)
    }

    fn is_truth(&self, values: &[Value]) -> bool {
        values.is_empty() || values.iter().any(Value::is_boolean)
    }

    /// Whether a word comes that begins a condition of its own.
    fn clause_may_begin(&mut self) -> bool {
        const BEGIN: [&str; 14] = [
            "tagged",
            "rated",
            "scored",
            "assigned",
            "flagged",
            "reviewed",
            "unreviewed",
            "created",
            "since",
            "traces",
            "spans",
            "rows",
            "only",
            "not",
        ];
        BEGIN.contains(&self.plain(0)) || {
            let (at, rows) = (self.at, self.rows);
            let time = self.time_clause().is_some();
            (self.at, self.rows) = (at, rows);
            time
        }
    }

    /// *Customer acme*, *for user 42*: a key and directly behind it a value that cannot be anything else.
    fn key_and_value(&mut self) -> Option<Heard> {
        self.skip(&["for", "from", "by", "with", "of", "in", "the"]);
        let (subject, place) = self.metadata_key()?;
        let known = self.attempt(|reader| reader.known_value(place));
        let value = match known {
            Some(known) => known,
            None => {
                let sure = match &self.word()?.kind {
                    WordKind::Quoted(_) | WordKind::Number { .. } => true,
                    WordKind::Plain => self.plain(0).contains(|letter: char| letter.is_ascii_digit()),
                    WordKind::Sign => false,
                };
                sure.then_some(())?;
                self.value(place)?
            }
        };
        heard(binary(subject, BinaryOperator::Equal, value))
    }

    /// A name on its own: *no grumpy ones*, *acme*. Understood only where it can mean one thing.
    pub(super) fn bare_name(&mut self) -> Option<Heard> {
        self.attempt(|reader| {
            let wanted = |named: Named| !matches!(named, Named::SpanType(_));
            let (mut found, range) = reader.name(&wanted)?;
            let typed = reader.text.get(range)?.to_owned();
            // A scorer's span is called like its score, which is what is meant.
            if found.iter().any(|named| matches!(named, Named::Score(_))) {
                found.retain(|named| !matches!(named, Named::SpanName(_)));
            }
            let mut meanings: Vec<(String, Expression)> = Vec::new();
            let mut means_nothing = false;
            for named in &found {
                match reader.bare_meaning(*named) {
                    Some(meaning) if meanings.iter().any(|(_, before)| *before == meaning.1) => {}
                    Some(meaning) => meanings.push(meaning),
                    None => means_nothing = true,
                }
            }
            match (meanings.as_slice(), found.as_slice()) {
                ([(kind, expression)], _) if !means_nothing => {
                    reader.take_any(&["tag", "tags"]);
                    // "Globex customers": a value and what it is of.
                    if let [Named::Value(key, _)] = found.as_slice() {
                        reader.attempt(|reader| {
                            reader.only(&|named| matches!(named, Named::Key(of) if of == *key))?;
                            reader.ends().then_some(())
                        });
                    }
                    if matches!(found.as_slice(), [Named::PickOption(..)]) {
                        reader.take_any(&["issues", "issue"]);
                    }
                    if kind == "model" {
                        reader.attempt(|reader| {
                            let said = reader.take_any(&["answers", "responses", "replies"]);
                            (said && !reader.search_follows()).then_some(())
                        });
                    }
                    Some(Ok(Clause::new(expression.clone()).hint(kind.clone()).bare()))
                }
                ([], [Named::Person(_), ..]) => {
                    let mut doubt = Doubt::new(format!("What did {typed} do?"));
                    for named in found.iter().take(4) {
                        let address = reader.written(*named);
                        doubt = doubt.or(format!("assigned to {address}"), &includes(path(&["review", "assignees"]), text(address)));
                        doubt = doubt.or(format!("reviewed by {address}"), &includes(path(&["review", "reviewers"]), text(address)));
                    }
                    Some(Err(doubt))
                }
                ([], _) => Some(Err(Doubt::new(format!("What about {typed}? Say what it is, or is not.")))),
                (several, _) => {
                    let mut doubt = Doubt::new(format!("{typed} can mean several things."));
                    for (kind, expression) in several.iter().take(8) {
                        doubt = doubt.or(kind.clone(), expression);
                    }
                    Some(Err(doubt))
                }
            }
        })
    }

    /// What a name on its own would be.
    pub(super) fn bare_meaning(&self, named: Named) -> Option<(String, Expression)> {
        let name = self.written(named);
        Some(match named {
            Named::Tag(_) => ("tag".to_owned(), includes(path(&["tags"]), text(name))),
            Named::ScoreOption(score, option) => {
                let score = self.known.scores.get(score)?;
                let value = number(&score.options.get(option)?.1.to_string(), 0)?;
                (
                    format!("an option of {}; {OF_THE_MEAN}", score.name),
                    binary(path(&["scores", &score.name]), BinaryOperator::Equal, value),
                )
            }
            Named::Value(key, _) => {
                let entry = self.known.metadata.get(key)?;
                let steps: Vec<&str> = std::iter::once("metadata").chain(entry.path.iter().map(String::as_str)).collect();
                (entry.path.join("."), binary(path(&steps), BinaryOperator::Equal, text(name)))
            }
            Named::Model(_) => ("model".to_owned(), binary(path(&["metadata", "model"]), BinaryOperator::Equal, text(name))),
            Named::SpanName(_) => ("name".to_owned(), binary(path(&["span_attributes", "name"]), BinaryOperator::Equal, text(name))),
            Named::List(_) => ("review list".to_owned(), includes(path(&["review", "lists"]), text(name))),
            Named::PickOption(question, _) => {
                let question = &self.known.picks.get(question)?.name;
                (format!("an option of {question}"), includes(path(&["answers", question]), text(name)))
            }
            Named::Score(_) | Named::Pick(_) | Named::TextQuestion(_) | Named::Key(_) | Named::Person(_) | Named::SpanType(_) => {
                return None;
            }
        })
    }
}

/// Words of the grammar that are never a value without quotes.
const GRAMMAR: [&str; 30] = [
    "and", "or", "not", "the", "a", "an", "is", "are", "with", "without", "that", "which", "above", "below", "over", "under", "between",
    "at", "least", "most", "more", "less", "than", "in", "on", "of", "to", "tagged", "since", "before",
];
