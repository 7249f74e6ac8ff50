//! What others said to a question, and what all of it comes to.

use super::pointing::Quotes;
use super::sureness;
use crate::context::use_project;
use crate::ui::markup::inner;
use crate::ui::{Avatar, ScoreKind, format, score_bar};
use leptos::prelude::*;
use shared::answers::{Answer, AnswerValue, Gold};
use shared::expected;
use shared::questions::{Question, QuestionKind};

/// The length of a score's track in pixels.
const TRACK: u32 = 48;

/// Draws the answers of others, how they are spread, and what was settled.
#[component]
pub(super) fn Others(question: Memo<Option<Question>>, answers: Memo<Vec<Answer>>, gold: Memo<Option<Gold>>) -> impl IntoView {
    let me = use_project().viewer.id;
    move || {
        let answers = answers.get();
        let others: Vec<_> = answers.iter().filter(|answer| answer.reviewer.id != me).cloned().collect();
        let gold = gold.get();
        (!others.is_empty() || gold.is_some()).then(|| {
            let sums = question.with(|question| question.as_ref().map(|question| sums(question, &answers, gold.as_ref())));
            let mean = (!others.is_empty()).then(|| mean(&answers)).flatten();
            let sums = sums
                .unwrap_or_default()
                .into_iter()
                .map(|words| view! { <div class="opinion sum"><span></span><span>{words}</span></div> });
            view! {
                <div class="others" role="group" aria-label="Other reviewers">
                    {others.into_iter().map(|answer| view! { <Said answer/> }).collect_view()}
                    {mean}
                    {sums.collect_view()}
                    {gold.map(|gold| view! { <Settled gold/> })}
                </div>
            }
        })
    }
}

#[component]
fn Said(answer: Answer) -> impl IntoView {
    let name = answer.reviewer.name;
    let who = view! { <Avatar name=name.clone()/><span class="clip">{name}</span> };
    let stale = (!answer.active).then(|| view! { <span class="hint">" no longer counts"</span> });
    let sure = answer.circumstances.sureness.map(|sureness| view! { <p class="hint said">"How sure: "{sureness::words(sureness)}</p> });
    let said = match answer.value {
        AnswerValue::Number(number) => {
            view! { <div class="opinion">{who}<span inner_html=inner(score_bar(ScoreKind::Human, Some(number), None, TRACK))></span></div> }
                .into_any()
        }
        AnswerValue::List(options) => view! { <div class="opinion">{who}<span>{options.join(", ")}{stale}</span></div> }.into_any(),
        // A text may be long, and an option is not.
        AnswerValue::Text(text) if text.chars().count() > 24 => {
            view! { <div class="opinion">{who}<span>{stale}</span></div><p class="said">{text}</p> }.into_any()
        }
        AnswerValue::Text(text) => view! { <div class="opinion">{who}<span>{text}{stale}</span></div> }.into_any(),
    };
    let evidence = answer.circumstances.evidence.unwrap_or_default();
    view! { {said}{sure}<Quotes evidence/> }
}

#[component]
fn Settled(gold: Gold) -> impl IntoView {
    let value = match (gold.score, gold.value) {
        (Some(score), AnswerValue::Number(_)) => format::percent_short(score),
        (_, AnswerValue::Text(text)) => text,
        (_, AnswerValue::List(options)) => options.join(", "),
        (None, AnswerValue::Number(number)) => format::percent_short(number),
    };
    let reason = (!gold.reason.is_empty()).then(|| format!(" because {}", gold.reason));
    view! { <div class="opinion sum"><span></span><span>{gold.settled_by.name}" settled it: "<b>{value}</b>{reason}</span></div> }
}

/// The mean of several scores as a bar, with the range they lie in.
fn mean(answers: &[Answer]) -> Option<AnyView> {
    let scores: Vec<_> = answers.iter().filter_map(|answer| answer.score).collect();
    (scores.len() > 1).then(|| {
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        let (low, high) = (scores.iter().copied().fold(1.0, f64::min), scores.iter().copied().fold(0.0, f64::max));
        let bar = score_bar(ScoreKind::Human, Some(mean), (low < high).then_some((low, high)), TRACK);
        let words = format!("Mean of {}, {}", scores.len(), format::between(low, high));
        view! { <div class="opinion sum"><span></span><span>{words}</span><span inner_html=inner(bar)></span></div> }.into_any()
    })
}

/// How several answers are spread, in words.
fn sums(question: &Question, answers: &[Answer], gold: Option<&Gold>) -> Vec<String> {
    let counting: Vec<_> = answers.iter().filter(|answer| answer.active).map(|answer| &answer.value).collect();
    if counting.len() < 2 {
        return Vec::new();
    }
    let kind = &question.definition.kind;
    let chosen = |option: &str| counting.iter().filter(|value| is_among(value, option)).count();
    let counts = kind.option_names().into_iter().map(|option| (option, chosen(option))).filter(|(_, count)| *count > 0);
    let counts: Vec<_> = counts.map(|(option, count)| format!("{count} × {option}")).collect();
    let mut words = Vec::new();
    if !counts.is_empty() {
        words.push(counts.join(", "));
    }
    let differ = expected::disagree(gold.map(|gold| &gold.value), &counting);
    match kind {
        QuestionKind::Expected { .. } if differ => {
            words.push("Reviewers differ: the most frequent answer counts, of equals the earliest.".to_owned());
        }
        QuestionKind::Text { .. } if differ => words.push("Reviewers differ: the latest text counts.".to_owned()),
        _ => {}
    }
    words
}

fn is_among(value: &AnswerValue, option: &str) -> bool {
    match value {
        AnswerValue::Text(text) => text == option,
        AnswerValue::List(options) => options.iter().any(|chosen| chosen == option),
        AnswerValue::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::sums;
    use shared::answers::{Answer, AnswerValue};
    use shared::markup::Html;
    use shared::people::{Person, Role};
    use shared::questions::{Definition, MetadataPath, Question, QuestionKind};

    fn check(kind: QuestionKind, answers: &[&str], expected: &[&str]) {
        let question = Question {
            id: "q".into(),
            project: "p".into(),
            name: "Q".to_owned(),
            version: 1,
            definition: Definition { kind, ..Definition::default() },
            description_html: Html::default(),
            position: 0,
            archived: false,
            created: 0,
            answers: Vec::new(),
        };
        let answer = |json: &&str| Answer {
            reviewer: Person { id: "x".into(), name: String::new(), email: String::new(), role: Role::Reviewer },
            question: "q".into(),
            question_name: "Q".to_owned(),
            version: 1,
            value: serde_json::from_str::<AnswerValue>(json).unwrap(),
            score: None,
            updated: 0,
            active: true,
            circumstances: Default::default(),
        };
        let answers: Vec<_> = answers.iter().map(answer).collect();
        assert_eq!(sums(&question, &answers, None), expected);
    }

    #[test]
    fn answers_are_counted_in_the_order_of_the_options() {
        let options = |multiple| QuestionKind::Expected { options: vec!["a".to_owned(), "b".to_owned()], multiple };
        let differ = "Reviewers differ: the most frequent answer counts, of equals the earliest.";
        check(options(false), &[r#""b""#], &[]);
        check(options(false), &[r#""b""#, r#""b""#], &["2 × b"]);
        check(options(false), &[r#""b""#, r#""a""#, r#""b""#], &["1 × a, 2 × b", differ]);
        check(options(true), &[r#"["a","b"]"#, r#"["b"]"#], &["1 × a, 2 × b", differ]);
        let text = QuestionKind::Text { path: MetadataPath::of("reason") };
        check(text.clone(), &[r#""x""#, r#""x""#], &[]);
        check(text, &[r#""x""#, r#""y""#], &["Reviewers differ: the latest text counts."]);
        check(QuestionKind::Continuous, &["0.2", "0.8"], &[]);
    }
}
