//! Blindness as non-interference: what a blind reviewer gets does not depend on what others say and they must not learn.
//!
//! A history runs in two servers that share one seed, clock and order of steps, and differs only in what other people and scorers say: in its
//! values, or in whether it is said at all. Then everything that leads out of the server is asked in both. With other values every answer is
//! equal to the byte. Where something is not said at all, equal is what is left without what is listed in [`known`]; and what was not said
//! cannot be told from what is not there.
//!
//! `TOUCHSTONE_HISTORIES` says how many histories run, `TOUCHSTONE_SEED` with which they begin; a failure names the seed.

mod asked;
mod histories;
mod known;
mod world;

use crate::harness::{TestServer, Who, twins};
use asked::{Question, absent, changes, is_apart, questions};
use histories::{Difference, History, Voice};
use known::without_known;
use server::router;
use std::collections::BTreeSet;
use world::{People, World};

/// Histories of each kind on each database, unless said otherwise.
const HISTORIES: u64 = 4;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// The routes and server functions that are asked. A new one has to be asked, or set apart with a reason.
#[tokio::test]
async fn everything_that_leads_out_is_asked() {
    for servers in twins().await {
        let people = People::new(&servers[0]).await;
        let world = World::new(&servers[0], &people, 0).await;
        let asked: BTreeSet<&str> =
            everything(&world).await.iter().map(|question| question.route).chain(["/v1/answer", "/fn/activity/change"]).collect();
        let routes = router::listed().into_iter().map(|(_, route, _)| route.to_owned());
        let functions = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned());
        let new: Vec<_> = routes.chain(functions).filter(|route| !asked.contains(route.as_str()) && !is_apart(route)).collect();
        assert!(new.is_empty(), "ask these in asked.rs, or set them apart with a reason: {new:?}");
        assert!(asked::APART.iter().all(|(_, reason)| !reason.is_empty()));
    }
}

#[tokio::test]
async fn what_others_say_changes_nothing_that_a_blind_reviewer_gets() {
    run(Difference::Values).await;
}

#[tokio::test]
async fn whether_others_say_something_is_known_only_as_listed() {
    run(Difference::Presence).await;
}

async fn run(difference: Difference) {
    let count = setting("TOUCHSTONE_HISTORIES").unwrap_or(HISTORIES);
    let first = setting("TOUCHSTONE_SEED").unwrap_or_else(|| rand::random::<u64>() >> 16);
    println!("histories that differ in {difference:?}: {count} from TOUCHSTONE_SEED={first}");
    for [one, other] in twins().await {
        let people = [People::new(&one).await, People::new(&other).await];
        let (mut secrets, mut hushed) = (0, 0);
        for number in 0..count {
            let history = History::new(first.wrapping_add(number), difference);
            secrets += history.steps.iter().filter(|step| history.is_secret(step)).count();
            hushed += history.steps.iter().filter(|step| difference == Difference::Presence && history.is_left_out(step)).count();
            let about = format!("TOUCHSTONE_SEED={} ({difference:?}): {:#?}", first.wrapping_add(number), history.steps);
            if number.is_multiple_of(10) {
                println!("{number} of {count}");
            }
            compare(&history, difference, [&one, &other], &people, i64::try_from(number).unwrap(), &about).await;
        }
        println!("{secrets} steps to hide, {hushed} left out");
        assert!(count < 4 || secrets > 0, "the histories hold something to hide");
        assert!(count < 4 || (hushed > 0) == (difference == Difference::Presence), "something of it is left out");
    }
}

async fn compare(history: &History, difference: Difference, servers: [&TestServer; 2], people: &[People; 2], number: i64, about: &str) {
    let mut one = World::new(servers[0], &people[0], number).await;
    let other = World::new(servers[1], &people[1], number).await;
    assert_eq!((&one.project, &one.questions, &one.version), (&other.project, &other.questions, &other.version), "both begin alike");
    for (place, step) in history.steps.iter().enumerate() {
        let before = one.head().await;
        let first = one.act(place, step, &history.steps, history.value(place, false)).await;
        if difference == Difference::Presence && history.is_left_out(step) {
            one.hush(place, before).await;
            continue;
        }
        let second = other.act(place, step, &history.steps, history.value(place, difference == Difference::Values)).await;
        let told = [(&one, "", first), (&other, "", second)];
        let told = if step.voice == Voice::Blind { told.map(|told| shown(told, difference)) } else { told.map(|(.., told)| told) };
        assert_same(&told, &format!("step {place} {step:?}"), about);
    }
    for who in [|people: &People| people.blind.clone(), |people: &People| people.viewer.clone()] {
        let asked = [everything(&one).await, everything(&other).await];
        assert_eq!(asked[0].len(), asked[1].len(), "the same is asked");
        for (question, again) in asked[0].iter().zip(&asked[1]) {
            let [first, second] = [told(&one, &who(&people[0]), question).await, told(&other, &who(&people[1]), again).await];
            let told = [(&one, question.route, first), (&other, question.route, second)];
            let what = format!("{} {} {:?}", question.method, question.path, question.body);
            assert_same(&told.map(|told| shown(told, difference)), &what, about);
        }
    }
    for [there, nowhere] in absent(&one).await {
        let answers = [told(&one, &people[0].blind, &there).await, told(&one, &people[0].blind, &nowhere).await];
        assert_same(&answers, &format!("{} {} {:?}, which is hidden,", there.method, there.path, there.body), about);
    }
}

fn shown((world, route, told): (&World<'_>, &str, String), difference: Difference) -> String {
    if difference == Difference::Values { told } else { without_known(world, route, &told) }
}

/// All that is asked in the end.
async fn everything(world: &World<'_>) -> Vec<Question> {
    questions(world).into_iter().chain(changes(world).await).collect()
}

/// Everything that an answer says: its status, what it is, and its body.
async fn told(world: &World<'_>, who: &Who, question: &Question) -> String {
    let mut request = world.server.request(who, question.method.clone(), &question.path);
    request = request.header("accept", if question.route == "page" { "text/html" } else { "application/json" });
    if let Some(body) = &question.body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let mut response = request.send().await.unwrap();
    let status = response.status();
    assert!(!status.is_server_error(), "{} {}", question.path, status);
    let body = if question.route == "/live/{project}" { events(world, &mut response).await } else { response.text().await.unwrap() };
    let body = body.replace(&world.server.address.to_string(), "server");
    format!("{status} {}", if question.route == "page" { without_nonce(&body) } else { body })
}

/// The live events up to the newest.
async fn events(world: &World<'_>, response: &mut reqwest::Response) -> String {
    let head = world.head().await;
    let mut text = String::new();
    while !text.contains(&format!("id: {head}\n")) || !text.ends_with("\n\n") {
        text += std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap();
    }
    text
}

/// A page without the number that lets its own scripts run, which is drawn for each answer.
fn without_nonce(page: &str) -> String {
    let Some((_, after)) = page.split_once("nonce=\"") else { return page.to_owned() };
    let nonce = after.split('"').next().unwrap_or_default();
    page.replace(nonce, "")
}

fn assert_same([one, other]: &[String; 2], what: &str, about: &str) {
    if one == other {
        return;
    }
    let differs = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let around = |text: &str| {
        let from = (0..=differs.saturating_sub(300)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text[from..].chars().take(600).collect::<String>()
    };
    panic!("{what} tells what others said:\n{}\n---\n{}\n{about}", around(one), around(other));
}
