//! Review lists and their items through `/v1`: made, filled, taken by several people at once, completed and left to others.

use crate::harness::{PASSWORD, TestServer, Who, row, servers};
use http::Method;
use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::people::Role;
use std::collections::{BTreeMap, BTreeSet};
use store::{SignIn, Store};

/// A reviewer of that name, signed in.
async fn reviewer(server: &TestServer, name: &str) -> Who {
    let email = format!("{name}@example.com");
    server.store.add_member(&email, name, Role::Reviewer, PASSWORD).await.unwrap();
    let sign_in = SignIn { email, password: PASSWORD.to_owned(), agent: "test".to_owned(), address: "127.0.0.1".to_owned() };
    Who::Session(server.store.sign_in(sign_in).await.unwrap().token)
}

/// A project with rows of these ids.
async fn with_rows(server: &TestServer, key: &Who, name: &str, ids: &[&str]) -> String {
    let project = server.project(name).await;
    let rows: Vec<Value> = ids.iter().map(|id| row(&project, id, &json!({}))).collect();
    server.done(key, Method::POST, "/logs3", &json!({ "rows": rows })).await;
    project
}

fn flagged(project: &str, id: &str, more: &Value) -> Value {
    let mut body = json!({ "object_type": "project_logs", "object_id": project, "id": id });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// What is refused, as its status and its sentence.
async fn refused(server: &TestServer, who: &Who, method: Method, path: &str, body: &Value) -> (u16, String) {
    let (status, answer) = server.send(who, method, path, body.to_string()).await;
    (status.as_u16(), answer["error"].as_str().unwrap_or_default().to_owned())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[tokio::test]
async fn lists_are_made_changed_and_taken_away() {
    for server in servers().await {
        let (key, reviewer) = (server.key(Role::Engineer, &[]).await, server.session(Role::Reviewer).await);
        let project = server.project("lists").await;
        let question = json!({ "project_id": project, "name": "Tone", "score_type": "slider" });
        let question = server.done(&key, Method::POST, "/v1/project_score", &question).await;
        let body = json!({
            "project_id": project, "name": "Refunds", "instructions": "Read *first*.", "questions": ["tone"], "reviewers_per_item": 2,
            "overlap": { "share": 0.2, "needed": 3 }, "reviewers": { "people": ["Reviewer@example.com"] }, "claim_minutes": 10,
            "due": "2031-03-01T12:00:00Z", "order": "disagreement", "metadata": ["user.plan"],
        });
        let made = server.done(&key, Method::POST, "/v1/review_list", &body).await;
        let path = format!("/v1/review_list/{}", text(&made["id"]));
        assert_eq!((&made["questions"], &made["default"], &made["frame"]), (&json!([question["id"]]), &json!(false), &json!("discovery")));
        assert_eq!(made["reviewers"]["people"][0], server.member(Role::Reviewer).await.actor().person.id.0);
        assert_eq!(server.get(&reviewer, &path).await, (StatusCode::OK, made.clone()), "whoever reads may read it");
        let changed = server.done(&key, Method::PATCH, &path, &json!({ "reviewers_per_item": null, "due": null })).await;
        let mut expected = made.clone();
        (expected["reviewers_per_item"], expected["due"]) = (Value::Null, Value::Null);
        assert_eq!(changed, expected, "what is not named stays");
        // Two people change two things at once, and both are kept.
        let (order, minutes) = (json!({ "order": "oldest" }), json!({ "claim_minutes": 3 }));
        tokio::join!(server.done(&key, Method::PATCH, &path, &order), server.done(&key, Method::PATCH, &path, &minutes));
        let both = server.get(&key, &path).await.1;
        assert_eq!((&both["order"], &both["claim_minutes"]), (&json!("oldest"), &json!(3)));

        let (_, listed) = server.get(&reviewer, &format!("/v1/review_list?project_id={project}")).await;
        let names: BTreeSet<&str> = listed["objects"].as_array().unwrap().iter().map(|list| text(&list["name"])).collect();
        assert_eq!(names, BTreeSet::from(["Refunds", "Review"]));
        for (body, words) in [
            (json!({ "name": " refunds " }), "looks the same"),
            (json!({ "name": "" }), "name"),
            (json!({ "name": "x", "reviewers_per_item": 0 }), "whole number of reviews"),
            (json!({ "name": "x", "reviewers_per_item": 1.5 }), "not what is expected"),
            (json!({ "name": "x", "order": "newest" }), "an order is"),
            (json!({ "name": "x", "due": "soon" }), "due: Use a time"),
            (json!({ "name": "x", "questions": ["Nothing"] }), "no question Nothing"),
            (json!({ "name": "x", "reviewers": { "people": ["nobody@example.com"] } }), "no active member nobody@example.com"),
            (json!({ "name": "x", "dataset_id": "none" }), "no dataset"),
        ] {
            let mut whole = body.clone();
            whole["project_id"] = json!(project);
            let (status, sentence) = refused(&server, &key, Method::POST, "/v1/review_list", &whole).await;
            assert!(status == 400 && sentence.to_lowercase().contains(&words.to_lowercase()), "{body}: {status} {sentence}");
        }
        assert_eq!(refused(&server, &key, Method::POST, "/v1/review_list", &json!({ "name": "x" })).await.0, 400);
        assert_eq!(refused(&server, &reviewer, Method::PATCH, &path, &json!({ "name": "y" })).await.0, 403);
        let elsewhere = json!({ "project_id": server.project("other").await });
        assert!(refused(&server, &key, Method::PATCH, &path, &elsewhere).await.1.contains("stays in its project"));
        let default = format!("/v1/review_list/{project}");
        assert!(refused(&server, &key, Method::DELETE, &default, &json!({})).await.1.contains("Every project has this list"));
        server.done(&key, Method::DELETE, &path, &json!({})).await;
        assert_eq!(server.get(&key, &path).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_item_goes_from_hand_to_hand_until_it_is_complete() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let (anna, ben) = (reviewer(&server, "anna").await, reviewer(&server, "ben").await);
        server.member(Role::Viewer).await;
        let project = with_rows(&server, &key, "hands", &["a", "b"]).await;
        let note = json!({ "note": "Is this right?" });
        let item = server.done(&anna, Method::POST, "/v1/review_item", &flagged(&project, "a", &note)).await;
        assert_eq!(
            (&item["status"], &item["note"], &item["flagged_by"], &item["source"], &item["reviewers_needed"], &item["row_id"]),
            (&json!("backlog"), &json!("Is this right?"), &json!("anna@example.com"), &json!("manual"), &json!(1), &json!("a")),
        );
        let path = format!("/v1/review_item/{}", text(&item["id"]));
        let next = json!({ "project_id": project });
        let taken = server.done(&anna, Method::POST, "/v1/review_item/next", &next).await;
        assert_eq!((&taken["id"], &taken["claim"]["reason"], &taken["status"]), (&item["id"], &json!("oldest"), &json!("in_review")));
        let again = server.done(&anna, Method::POST, "/v1/review_item/next", &next).await;
        assert_eq!((&again["id"], &again["claim"]["reason"]), (&item["id"], &json!("held")));
        assert_eq!(server.send(&ben, Method::POST, "/v1/review_item/next", next.to_string()).await.0, StatusCode::NO_CONTENT);
        let kept = server.done(&anna, Method::POST, &format!("{path}/heartbeat"), &json!({})).await;
        assert!(text(&kept["claim"]["expires"]) >= text(&taken["claim"]["expires"]));
        for act in ["heartbeat", "release"] {
            let (status, sentence) = refused(&server, &ben, Method::POST, &format!("{path}/{act}"), &json!({})).await;
            assert_eq!((status, sentence.as_str()), (409, "You do not have this row in hand any more. anna has it now."), "{act}");
        }
        assert_eq!(refused(&server, &ben, Method::POST, &format!("{path}/claim"), &json!({})).await.0, 409);

        for (to, words) in [
            (json!({}), "to: Name"),
            (json!({ "to": "nobody@example.com" }), "no active member"),
            (json!({ "to": "viewer@example.com" }), "may review"),
        ] {
            let (status, sentence) = refused(&server, &anna, Method::POST, &format!("{path}/hand_over"), &to).await;
            assert!(status == 400 && sentence.contains(words), "{to}: {status} {sentence}");
        }
        assert_eq!(server.get(&anna, &path).await.1["claim"]["reviewer"], "anna@example.com", "what is refused changes nothing");
        let handed = server.done(&anna, Method::POST, &format!("{path}/hand_over"), &json!({ "to": "ben@example.com" })).await;
        assert_eq!(
            handed["claims"].as_array().unwrap().iter().map(|claim| text(&claim["reviewer"])).collect::<Vec<_>>(),
            ["ben@example.com"]
        );
        assert_eq!(refused(&server, &anna, Method::POST, &format!("{path}/complete"), &json!({})).await.0, 409);

        // What is in hand is so after a restart, too.
        let opened = Store::open(server.options()).await.unwrap();
        let desk = opened.console_desk("ben@example.com").await.unwrap();
        let wanted = shared::reviews::TakeNext { project: project.as_str().into(), list: None, order: None };
        assert_eq!(desk.take_next(wanted).await.unwrap().unwrap().item.id.as_str(), text(&item["id"]));
        opened.close().await;

        for _ in 0..2 {
            let done = server.done(&ben, Method::POST, &format!("{path}/complete"), &json!({})).await;
            assert_eq!((&done["status"], &done["reviewers_done"], &done["claim"]), (&json!("complete"), &json!(1), &Value::Null));
        }
        let (status, sentence) = refused(&server, &anna, Method::POST, &format!("{path}/complete"), &json!({})).await;
        assert_eq!((status, sentence.as_str()), (409, "This row has its review."));
        let opened = server.done(&anna, Method::POST, &format!("{path}/reopen"), &json!({})).await;
        assert_eq!((&opened["status"], &opened["round"], &opened["reviewers_done"]), (&json!("backlog"), &json!(2), &json!(0)));

        let changes = json!({ "assignees": ["ben@example.com"], "note": "Once more.", "status": "complete" });
        assert_eq!(refused(&server, &anna, Method::PATCH, &path, &changes).await.0, 403, "who is asked is an engineer's to say");
        assert_eq!(server.get(&anna, &path).await.1["note"], "Is this right?", "and nothing else is done then");
        let changed = server.done(&key, Method::PATCH, &path, &changes).await;
        assert_eq!(
            (&changed["assignees"], &changed["note"], &changed["status"]),
            (&json!(["ben@example.com"]), &json!("Once more."), &json!("complete"))
        );
        let both = json!({ "assignees": ["anna@example.com"], "status": "backlog" });
        assert_eq!(server.done(&key, Method::PATCH, &path, &both).await["assignees"], json!(["anna@example.com"]));
        assert_eq!(refused(&server, &ben, Method::POST, &format!("{path}/claim"), &json!({})).await.0, 403, "others are asked");
        assert!(
            refused(&server, &key, Method::PATCH, &path, &json!({ "status": "done" })).await.1.contains("backlog, in_review or complete")
        );

        let gone = server.done(&ben, Method::DELETE, &path, &json!({})).await;
        assert_eq!(gone["listed"], false);
        assert_eq!(refused(&server, &key, Method::PATCH, &path, &json!({ "note": "x" })).await.0, 404);
        for unknown in ["none", "1-999999", "01-1"] {
            assert_eq!(server.get(&key, &format!("/v1/review_item/{unknown}")).await.0, StatusCode::NOT_FOUND, "{unknown}");
        }
    }
}

#[tokio::test]
async fn items_are_listed_by_list_status_person_and_row_in_pages() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        reviewer(&server, "anna").await;
        let ids = ["a", "b", "c", "d", "e"];
        let project = with_rows(&server, &key, "paged", &ids).await;
        server.done(&key, Method::POST, "/v1/review_list", &json!({ "project_id": project, "name": "Hard ones" })).await;
        for id in ids {
            let more = if id == "b" { json!({ "assignees": ["anna@example.com"] }) } else { json!({}) };
            server.done(&key, Method::POST, "/v1/review_item", &flagged(&project, id, &more)).await;
        }
        let hard = server.done(&key, Method::POST, "/v1/review_item", &flagged(&project, "a", &json!({ "list": "hard ones" }))).await;
        let closed = server.get(&key, &format!("/v1/review_item?project_id={project}&row_id=c")).await.1["objects"][0].clone();
        let path = format!("/v1/review_item/{}", text(&closed["id"]));
        server.done(&key, Method::PATCH, &path, &json!({ "status": "complete" })).await;
        let listed = async |more: &str| {
            let (status, answer) = server.get(&key, &format!("/v1/review_item?project_id={project}{more}")).await;
            assert_eq!(status, StatusCode::OK, "{more}: {answer}");
            answer["objects"].as_array().unwrap().iter().map(|item| text(&item["row_id"]).to_owned()).collect::<Vec<_>>().join(" ")
        };
        for (more, expected) in [
            ("", "e d c b a"),
            ("&list=Hard%20ones", "a"),
            (format!("&list={}", text(&hard["list"])).as_str(), "a"),
            ("&status=complete", "c"),
            ("&status=backlog", "e d b a"),
            ("&status=in_review", ""),
            ("&assignee=anna@example.com", "b"),
            ("&row_id=d", "d"),
            (format!("&object_type=project_logs&object_id={project}&row_id=d").as_str(), "d"),
            ("&limit=2", "e d"),
            ("&filter=id%20in%20%5B%27a%27%2C%20%27d%27%2C%20%27elsewhere%27%5D", "d a"),
            ("&filter=id%20%21%3D%20%27e%27&limit=2&status=backlog", "d b"),
            ("&filter=tags%20includes%20%27none%27", ""),
            ("&filter=%20", "e d c b a"),
        ] {
            assert_eq!(listed(more).await, expected, "{more}");
        }
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let (_, page) = server.get(&key, &format!("/v1/review_item?project_id={project}&limit=2{after}")).await;
            let page = page["objects"].as_array().unwrap().clone();
            let Some(last) = page.last() else { break };
            after = format!("&starting_after={}", text(&last["id"]));
            seen.extend(page.iter().map(|item| text(&item["row_id"]).to_owned()));
        }
        assert_eq!(seen.join(" "), "e d c b a");
        for (more, expected) in [
            ("&list=none", 404),
            ("&status=done", 400),
            ("&assignee=nobody", 400),
            ("&starting_after=x", 404),
            ("&limit=x", 400),
            ("&filter=scores.", 400),
        ] {
            let (status, answer) = server.get(&key, &format!("/v1/review_item?project_id={project}{more}")).await;
            assert_eq!(status.as_u16(), expected, "{more}: {answer}");
        }
        assert_eq!(server.get(&key, "/v1/review_item").await.0, StatusCode::BAD_REQUEST);
        assert_eq!(server.get(&key, "/v1/review_item?project_id=none").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn every_item_gets_exactly_the_reviews_it_needs_of_different_people() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let ids = ["a", "b", "c", "d", "e", "f"];
        let project = with_rows(&server, &key, "exact", &ids).await;
        let list = json!({ "project_id": project, "name": "Twice", "reviewers_per_item": 2 });
        let list = server.done(&key, Method::POST, "/v1/review_list", &list).await;
        for id in ids {
            server.done(&key, Method::POST, "/v1/review_item", &flagged(&project, id, &json!({ "list": list["id"] }))).await;
        }
        let wanted = json!({ "project_id": project, "list": "Twice" });
        let mut people = Vec::new();
        for name in ["p0", "p1", "p2", "p3", "p4"] {
            people.push(reviewer(&server, name).await);
        }
        // Everybody takes what comes next until nothing does, each in two tabs.
        let works = people.iter().enumerate().flat_map(|person| [person, person]).map(|(number, who)| {
            let (server, wanted) = (&server, &wanted);
            async move {
                let mut done = Vec::new();
                loop {
                    let (status, taken) = server.send(who, Method::POST, "/v1/review_item/next", wanted.to_string()).await;
                    if status == StatusCode::NO_CONTENT {
                        return done;
                    }
                    assert_eq!(status, StatusCode::OK, "{taken}");
                    let path = format!("/v1/review_item/{}/complete", text(&taken["id"]));
                    let (status, answer) = server.send(who, Method::POST, &path, "{}").await;
                    assert_eq!(status, StatusCode::OK, "who has it in hand may finish: {answer}");
                    done.push((text(&taken["row_id"]).to_owned(), number));
                }
            }
        });
        let mut by_row: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (row, person) in futures::future::join_all(works).await.into_iter().flatten() {
            by_row.entry(row).or_default().insert(person);
        }
        let counts: Vec<_> = by_row.iter().map(|(row, people)| (row.as_str(), people.len())).collect();
        assert_eq!(counts, ids.map(|id| (id, 2)));
        let (_, items) = server.get(&key, &format!("/v1/review_item?project_id={project}&list=Twice")).await;
        for item in items["objects"].as_array().unwrap() {
            let reviewers: BTreeSet<&str> = item["reviews"].as_array().unwrap().iter().map(|review| text(&review["reviewer"])).collect();
            assert_eq!((item["reviewers_done"].as_i64(), reviewers.len(), text(&item["status"])), (Some(2), 2, "complete"), "{item}");
        }
    }
}

#[tokio::test]
async fn what_must_be_answered_is_answered_before_a_review_is_complete() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let anna = reviewer(&server, "anna").await;
        let project = with_rows(&server, &key, "required", &["a"]).await;
        for (name, config) in [
            ("Tone", json!({ "required": true })),
            ("Kind", json!({ "required": true })),
            ("Mood", Value::Null),
            ("Never", json!({ "required": true, "condition": { "when": { "clauses": ["metadata.never = 1"] }, "behavior": "hidden" } })),
        ] {
            let question = json!({ "project_id": project, "name": name, "score_type": "slider", "config": config });
            server.done(&key, Method::POST, "/v1/project_score", &question).await;
        }
        let item = server.done(&anna, Method::POST, "/v1/review_item", &flagged(&project, "a", &json!({}))).await;
        let complete = format!("/v1/review_item/{}/complete", text(&item["id"]));
        let missing = async |who: &Who| {
            let (status, answer) = server.send(who, Method::POST, &complete, "{}").await;
            (status.as_u16(), answer["error"].as_str().unwrap_or_default().to_owned(), answer["questions"].clone())
        };
        assert_eq!(missing(&anna).await, (422, "Answer Tone and Kind first.".to_owned(), json!(["Tone", "Kind"])));
        let answer =
            |question: &str| json!({ "object_type": "project_logs", "object_id": project, "id": "a", "question": question, "value": 1 });
        // What somebody else answered is not one's own.
        server.done(&key, Method::PUT, "/v1/answer", &answer("Kind")).await;
        server.done(&anna, Method::PUT, "/v1/answer", &answer("Tone")).await;
        assert_eq!(missing(&anna).await.2, json!(["Kind"]));
        let all = json!({ "settings": { "require_all_human_review_scores": true } });
        server.done(&key, Method::PATCH, &format!("/v1/project/{project}"), &all).await;
        assert_eq!(missing(&anna).await.2, json!(["Kind", "Mood"]), "what is not asked of the row need not be answered");
        for question in ["Kind", "Mood"] {
            server.done(&anna, Method::PUT, "/v1/answer", &answer(question)).await;
        }
        let once = json!({ "client_id": "once" });
        for _ in 0..2 {
            assert_eq!(server.done(&anna, Method::POST, &complete, &once).await["status"], "complete");
        }
        // A list asks its own questions only.
        let list = json!({ "project_id": project, "name": "Mood only", "questions": ["Mood"] });
        server.done(&key, Method::POST, "/v1/review_list", &list).await;
        let ben = reviewer(&server, "ben").await;
        let item = server.done(&ben, Method::POST, "/v1/review_item", &flagged(&project, "a", &json!({ "list": "Mood only" }))).await;
        let (status, told) = server.send(&ben, Method::POST, &format!("/v1/review_item/{}/complete", text(&item["id"])), "{}").await;
        assert_eq!((status.as_u16(), &told["questions"]), (422, &json!(["Mood"])));
    }
}

#[tokio::test]
async fn a_blind_reviewer_learns_from_an_item_what_they_may_see_only() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let (anna, ben) = (reviewer(&server, "anna").await, reviewer(&server, "ben").await);
        let project = with_rows(&server, &key, "blind", &["a"]).await;
        let scorer = json!({
            "id": "judge", "span_id": "s-judge", "root_span_id": "r-a", "span_parents": ["s-a"], "output": "opaque words",
            "span_attributes": { "name": "judge", "type": "score" }, "scores": { "Tone": 0.5 },
        });
        server.done(&key, Method::POST, "/logs3", &json!({ "rows": [row(&project, "judge", &scorer)] })).await;
        let question = json!({ "project_id": project, "name": "Tone", "score_type": "slider" });
        server.done(&key, Method::POST, "/v1/project_score", &question).await;
        let blind = json!({ "settings": { "blind_reviews": true, "reviewers_per_item": 2 } });
        server.done(&key, Method::PATCH, &format!("/v1/project/{project}"), &blind).await;
        let item = server.done(&key, Method::POST, "/v1/review_item", &flagged(&project, "a", &json!({}))).await;
        server.done(&key, Method::POST, "/v1/review_item", &flagged(&project, "judge", &json!({}))).await;
        let skip = format!("/v1/review_item/{}/skip", text(&item["id"]));
        assert!(refused(&server, &anna, Method::POST, &skip, &json!({})).await.1.contains("unclear_question"));
        let why = json!({ "reason": "broken_item", "note": "hushed words" });
        server.done(&anna, Method::POST, &skip, &why).await;
        let listed = format!("/v1/review_item?project_id={project}");
        let everything = async |who: &Who| server.get(who, &listed).await.1.to_string();
        for who in [&key, &anna, &ben] {
            assert!(!everything(who).await.contains("opaque words"), "an item holds nothing of its row");
        }
        for secret in ["hushed words", "broken_item"] {
            assert!(everything(&key).await.contains(secret), "{secret}");
            assert!(!everything(&ben).await.contains(secret), "{secret}");
        }
        assert!(everything(&anna).await.contains("hushed words"), "what one said oneself is no secret");
        let judged = format!("{listed}&filter=scores.Tone%20%3E%200.1");
        let found = async |who: &Who| server.get(who, &judged).await.1["objects"].as_array().unwrap().len();
        assert_eq!((found(&key).await, found(&ben).await), (1, 0), "a filter finds by what whoever asks may see only");
        let asked = json!({ "project_id": project, "order": "disagreement" });
        assert_eq!(refused(&server, &ben, Method::POST, "/v1/review_item/next", &asked).await.0, 403);
        let answer = json!({ "object_type": "project_logs", "object_id": project, "id": "a", "question": "Tone", "value": 1 });
        server.done(&ben, Method::PUT, "/v1/answer", &answer).await;
        assert!(everything(&ben).await.contains("hushed words"), "who has judged may know what others think");
    }
}
