//! Who gets in, by what, and who does not.

mod reach;

use super::{PASSWORD, TestStore, empty_stores, stores};
use crate::ground::database::{one, run, values};
use crate::ground::time::DAY;
use crate::people::RedeemLink;
use crate::{Desk, Error, Proof, Result, SignIn, SignedIn, Store};
use shared::Problem;
use shared::people::{
    ApiScope, ChangeMember, CreateKey, InviteMember, LinkPurpose, Person, ResetPassword, Role, SecretLink, WithdrawInvitation,
};
use shared::permissions::Action;
use std::time::Duration;

async fn sign_in(store: &Store, email: &str, password: &str) -> Result<SignedIn> {
    let (email, password) = (email.to_owned(), password.to_owned());
    store.sign_in(SignIn { email, password, agent: "Firefox".to_owned(), address: "192.0.2.1".to_owned() }).await
}

/// The desk of a browser that has just signed in, and its token.
async fn browser(store: &Store, email: &str) -> (Desk, String) {
    let token = sign_in(store, email, PASSWORD).await.unwrap().token;
    let actor = store.actor_of_session(&token).await.unwrap().unwrap();
    (Desk::new(store.clone(), actor), token)
}

fn token(link: &SecretLink) -> &str {
    link.path.rsplit('/').next().unwrap()
}

fn redeem(name: &str) -> RedeemLink {
    RedeemLink { email: None, name: name.to_owned(), password: "another good password".to_owned(), agent: String::new(), end_keys: false }
}

fn key(name: &str, scopes: &[ApiScope]) -> CreateKey {
    CreateKey { owner: None, name: name.to_owned(), scopes: scopes.to_vec(), expires_in_days: None }
}

fn change(person: &Person) -> ChangeMember {
    ChangeMember { person: person.id.0.clone(), ..ChangeMember::default() }
}

/// The sentence a person reads.
fn refused<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("this was allowed"),
        Err(Error::Problem(problem)) => problem.to_string(),
        Err(other) => panic!("{other}"),
    }
}

fn forbidden<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::Problem(Problem::Forbidden { .. })))
}

/// Changes what only time would change.
async fn set(store: &Store, statement: &'static str, value: i64) {
    store.write(move |change| Box::pin(async move { run(&change.transaction, statement, values![value]).await })).await.unwrap();
}

async fn number(store: &Store, query: &str) -> Option<i64> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        number: Option<i64>,
    }
    one::<Row>(store.readers(), query, values![]).await.unwrap().unwrap().number
}

#[tokio::test]
async fn a_member_signs_in_and_each_sign_in_is_a_session_of_its_own() {
    for TestStore { store, reviewer, .. } in &stores().await {
        let (first, first_token) = browser(store, " Reviewer@Example.com ").await;
        let (second, second_token) = browser(store, "reviewer@example.com").await;
        assert_ne!(first_token, second_token);
        assert_eq!(first.actor().person, reviewer.actor().person);
        assert!(matches!(first.actor().proof, Proof::Session(_)));
        let sessions = second.sessions().await.unwrap();
        assert_eq!(sessions.len(), 2);
        assert_eq!(sessions.iter().filter(|session| session.current).count(), 1);
        assert!(sessions.iter().all(|session| session.agent == "Firefox"));

        let other = sessions.iter().find(|session| !session.current).unwrap();
        second.end_session(&other.id).await.unwrap();
        assert!(store.actor_of_session(&first_token).await.unwrap().is_none());
        second.sign_out().await.unwrap();
        second.sign_out().await.unwrap();
        assert!(store.actor_of_session(&second_token).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else() {
    for TestStore { store, .. } in &stores().await {
        let (reviewer, reviewer_token) = browser(store, "reviewer@example.com").await;
        let (owner, _) = browser(store, "owner@example.com").await;
        let session = reviewer.sessions().await.unwrap().remove(0);
        assert!(refused(owner.end_session(&session.id).await).starts_with("There is no session here."));
        assert!(store.actor_of_session(&reviewer_token).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_told_alike_and_braked() {
    for TestStore { store, .. } in &stores().await {
        let unknown = refused(sign_in(store, "nobody@example.com", PASSWORD).await);
        assert_eq!(unknown, "The email or the password is wrong.");
        for _ in 0..5 {
            assert_eq!(refused(sign_in(store, "owner@example.com", "wrong password").await), unknown);
        }
        let braked = sign_in(store, "owner@example.com", PASSWORD).await;
        assert!(matches!(braked, Err(Error::Problem(Problem::Busy { retry_after: 1 }))), "{:?}", braked.err());
        let elsewhere = SignIn {
            email: "owner@example.com".to_owned(),
            password: PASSWORD.to_owned(),
            agent: String::new(),
            address: "192.0.2.2".to_owned(),
        };
        store.sign_in(elsewhere).await.unwrap();
    }
}

#[tokio::test]
async fn a_session_lives_thirty_days_from_the_last_request() {
    for TestStore { store, .. } in &stores().await {
        let (_, token) = browser(store, "viewer@example.com").await;
        let now = crate::now();
        // A request a minute later moves the end, without waiting for it.
        set(store, "UPDATE sessions SET last_seen = ?", now - 2 * 60_000_000).await;
        set(store, "UPDATE sessions SET expires = ?", now + DAY).await;
        assert!(store.actor_of_session(&token).await.unwrap().is_some());
        for attempt in 0.. {
            if number(store, "SELECT expires AS number FROM sessions").await > Some(now + 29 * DAY) {
                break;
            }
            assert!(attempt < 500, "the request was not noted");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(number(store, "SELECT MAX(last_seen) AS number FROM people").await >= Some(now));
        set(store, "UPDATE sessions SET expires = ?", now - 1).await;
        assert!(store.actor_of_session(&token).await.unwrap().is_none());
        assert!(store.actor_of_session("").await.unwrap().is_none());
    }
}

#[tokio::test]
async fn only_hashes_of_secrets_are_stored() {
    for TestStore { store, owner, .. } in &stores().await {
        let (_, token) = browser(store, "owner@example.com").await;
        let secret = owner.create_key(key("Ingest", &[])).await.unwrap().secret;
        let link = owner.reset_password(ResetPassword { person: owner.actor().person.id.clone() }).await.unwrap();
        for (column, table, value) in [
            ("token_hash", "sessions", token.as_str()),
            ("secret_hash", "api_keys", secret.as_str()),
            ("token_hash", "secret_links", self::token(&link)),
            ("password_hash", "people", PASSWORD),
        ] {
            let query = format!("SELECT COUNT(*) AS number FROM {table} WHERE {column} LIKE '%{value}%'");
            assert_eq!(number(store, &query).await, Some(0), "{table}");
        }
    }
}

#[tokio::test]
async fn the_first_owner_comes_through_the_set_up_link_which_works_once() {
    for (store, _place) in empty_stores().await {
        let old = store.setup_link().await.unwrap().unwrap();
        let link = store.setup_link().await.unwrap().unwrap();
        assert!(link.path.starts_with("/setup/"));
        assert!(refused(store.open_link(token(&old)).await).starts_with("There is no link here."));
        let open = store.open_link(token(&link)).await.unwrap();
        assert_eq!((open.purpose, open.email, open.name), (LinkPurpose::Setup, None, None));

        let redeem = |email: &str, name: &str, password: &str| RedeemLink {
            email: Some(email.to_owned()),
            name: name.to_owned(),
            password: password.to_owned(),
            agent: String::new(),
            end_keys: false,
        };
        let ada = redeem("Ada@Example.com", "Ada", PASSWORD);
        for (wrong, field) in [
            (redeem("ada", "Ada", PASSWORD), "Email"),
            (redeem("ada@example.com", " ", PASSWORD), "Name"),
            (redeem("ada@example.com", "Ada", "too short"), "Password"),
        ] {
            assert!(refused(store.redeem_link(token(&link), wrong).await).starts_with(field));
        }
        let signed_in = store.redeem_link(token(&link), ada.clone()).await.unwrap();
        assert_eq!((signed_in.person.email.as_str(), signed_in.person.role), ("ada@example.com", Role::Owner));
        assert!(store.actor_of_session(&signed_in.token).await.unwrap().is_some());
        assert!(refused(store.redeem_link(token(&link), ada).await).contains("used already"));
        assert!(refused(store.open_link(token(&link)).await).contains("used already"));
        assert!(store.setup_link().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn the_set_up_link_is_void_once_the_command_line_has_added_a_member() {
    for (store, _place) in empty_stores().await {
        let link = store.setup_link().await.unwrap().unwrap();
        store.add_member("ada@example.com", "Ada", Role::Owner, PASSWORD).await.unwrap();
        assert!(refused(store.open_link(token(&link)).await).contains("set up already"));
        let late = RedeemLink { email: Some("eve@example.com".to_owned()), ..redeem("Eve") };
        assert!(refused(store.redeem_link(token(&link), late).await).contains("set up already"));
    }
}

#[tokio::test]
async fn an_owner_invites_and_of_two_who_follow_the_link_at_once_one_gets_in() {
    for TestStore { store, owner, .. } in &stores().await {
        let invite = InviteMember { email: " New@Example.com".to_owned(), role: Role::Reviewer };
        let replaced = owner.invite_member(invite.clone()).await.unwrap();
        let link = owner.invite_member(invite.clone()).await.unwrap();
        assert!(store.open_link(token(&replaced)).await.is_err());
        assert_eq!(store.open_link(token(&link)).await.unwrap().email.as_deref(), Some("new@example.com"));
        let other = InviteMember { email: "other@example.com".to_owned(), role: Role::Owner };
        let withdrawn = owner.invite_member(other.clone()).await.unwrap();
        let withdraw = || owner.withdraw_invitation(WithdrawInvitation { email: other.email.clone() });
        withdraw().await.unwrap();
        assert!(store.open_link(token(&withdrawn)).await.is_err());
        assert!(refused(withdraw().await).starts_with("There is no open invitation to this address here."));
        let invitations = owner.members().await.unwrap().invitations;
        assert_eq!(invitations.len(), 1);
        assert_eq!(
            (invitations[0].email.as_str(), invitations[0].role, invitations[0].expires),
            ("new@example.com", Role::Reviewer, link.expires)
        );

        let both = tokio::join!(store.redeem_link(token(&link), redeem("New")), store.redeem_link(token(&link), redeem("Newer")));
        assert_eq!(usize::from(both.0.is_ok()) + usize::from(both.1.is_ok()), 1);
        let members = owner.members().await.unwrap();
        assert!(members.invitations.is_empty());
        let member = members.members.iter().find(|member| member.person.email == "new@example.com").unwrap();
        assert_eq!((member.person.role, member.active), (Role::Reviewer, true));
        assert!(member.last_seen.is_some());
        assert!(refused(owner.invite_member(invite).await).contains("belongs to a member already"));
    }
}

#[tokio::test]
async fn links_expire() {
    for TestStore { store, owner, viewer, .. } in &stores().await {
        let week = owner.invite_member(InviteMember { email: "new@example.com".to_owned(), role: Role::Viewer }).await.unwrap();
        let day = owner.reset_password(ResetPassword { person: viewer.actor().person.id.clone() }).await.unwrap();
        let now = crate::now();
        assert!((now + 6 * DAY..=now + 7 * DAY).contains(&week.expires));
        assert!((now..=now + DAY).contains(&day.expires));
        set(store, "UPDATE secret_links SET expires = ?", now - 1).await;
        for link in [week, day] {
            assert!(refused(store.open_link(token(&link)).await).contains("has expired"));
            assert!(refused(store.redeem_link(token(&link), redeem("New")).await).contains("has expired"));
        }
        assert!(owner.members().await.unwrap().invitations.is_empty());
    }
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_the_other_links() {
    for TestStore { store, owner, reviewer, .. } in &stores().await {
        let (_, before) = browser(store, "reviewer@example.com").await;
        let (_, bystander) = browser(store, "viewer@example.com").await;
        let reset = ResetPassword { person: reviewer.actor().person.id.clone() };
        let spare = owner.reset_password(reset.clone()).await.unwrap();
        let link = owner.reset_password(reset).await.unwrap();
        assert!(link.path.starts_with("/reset/"));
        let open = store.open_link(token(&link)).await.unwrap();
        assert_eq!((open.purpose, open.name.as_deref()), (LinkPurpose::Reset, Some("The reviewer")));

        let signed_in = store.redeem_link(token(&link), redeem("Somebody else")).await.unwrap();
        assert_eq!(signed_in.person.name, "The reviewer");
        assert!(store.actor_of_session(&before).await.unwrap().is_none());
        assert!(store.actor_of_session(&bystander).await.unwrap().is_some());
        assert!(store.actor_of_session(&signed_in.token).await.unwrap().is_some());
        assert!(store.open_link(token(&spare)).await.is_err());
        assert!(sign_in(store, "reviewer@example.com", PASSWORD).await.is_err());
        sign_in(store, "reviewer@example.com", "another good password").await.unwrap();
    }
}

#[tokio::test]
async fn deactivating_ends_sessions_keys_and_links_at_once_and_activating_brings_back_none_of_them() {
    for TestStore { store, owner, engineer, .. } in &stores().await {
        let (_, session) = browser(store, "engineer@example.com").await;
        let secret = engineer.create_key(key("Ingest", &[])).await.unwrap().secret;
        let person = &engineer.actor().person;
        let link = owner.reset_password(ResetPassword { person: person.id.clone() }).await.unwrap();
        store.actor_of_key(&secret).await.unwrap();

        let member = owner.change_member(ChangeMember { active: Some(false), ..change(person) }).await.unwrap();
        assert!(!member.active);
        assert!(store.actor_of_session(&session).await.unwrap().is_none());
        assert!(refused(store.actor_of_key(&secret).await).contains("was deactivated"));
        assert!(store.open_link(token(&link)).await.is_err());
        assert!(owner.reset_password(ResetPassword { person: person.id.clone() }).await.is_err());
        assert_eq!(refused(sign_in(store, "engineer@example.com", PASSWORD).await), "The email or the password is wrong.");
        assert!(store.console_desk("engineer@example.com").await.is_err());
        assert!(!owner.people().await.unwrap().contains(person));
        let invite = InviteMember { email: person.email.clone(), role: Role::Owner };
        assert!(refused(owner.invite_member(invite).await).contains("Activate them again"));

        owner.change_member(ChangeMember { active: Some(true), ..change(person) }).await.unwrap();
        assert!(store.actor_of_session(&session).await.unwrap().is_none());
        assert!(refused(store.actor_of_key(&secret).await).contains("was revoked"));
        sign_in(store, "engineer@example.com", PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn the_last_active_owner_stays() {
    for TestStore { owner, engineer, .. } in &stores().await {
        let (first, second) = (&owner.actor().person, &engineer.actor().person);
        let demote = |person| ChangeMember { role: Some(Role::Engineer), ..change(person) };
        let deactivate = |person| ChangeMember { active: Some(false), ..change(person) };
        assert!(refused(owner.change_member(demote(first)).await).contains("only active owner"));
        assert!(refused(owner.change_member(deactivate(first)).await).contains("only active owner"));
        // An owner who is not active is none.
        owner.change_member(ChangeMember { role: Some(Role::Owner), active: Some(false), ..change(second) }).await.unwrap();
        assert!(refused(owner.change_member(demote(first)).await).contains("only active owner"));
        owner.change_member(ChangeMember { active: Some(true), ..change(second) }).await.unwrap();
        let both = tokio::join!(owner.change_member(demote(first)), owner.change_member(deactivate(second)));
        assert_eq!(usize::from(both.0.is_ok()) + usize::from(both.1.is_ok()), 1);
        assert!(
            refused(owner.change_member(change(&Person { id: "".into(), ..first.clone() })).await).starts_with("There is no member here.")
        );
    }
}

#[tokio::test]
async fn members_stand_owners_first_then_by_name() {
    for TestStore { owner, viewer, .. } in &stores().await {
        let names: Vec<_> = owner.members().await.unwrap().members.into_iter().map(|member| member.person.name).collect();
        assert_eq!(names, ["The owner", "The engineer", "The reviewer", "The viewer"]);
        let names: Vec<_> = viewer.people().await.unwrap().into_iter().map(|person| person.name).collect();
        assert_eq!(names, ["The engineer", "The owner", "The reviewer", "The viewer"]);
    }
}

#[tokio::test]
async fn only_owners_manage_members_and_only_from_engineers_up_are_there_keys() {
    for TestStore { store, owner, engineer, .. } in &stores().await {
        let (reviewer, _) = browser(store, "reviewer@example.com").await;
        let (viewer, _) = browser(store, "viewer@example.com").await;
        for desk in [engineer, &reviewer, &viewer] {
            assert!(forbidden(desk.members().await));
            assert!(forbidden(desk.invite_member(InviteMember { email: "a@example.com".to_owned(), role: Role::Owner }).await));
            assert!(forbidden(desk.change_member(ChangeMember { role: Some(Role::Owner), ..change(&desk.actor().person) }).await));
            assert!(forbidden(desk.reset_password(ResetPassword { person: owner.actor().person.id.clone() }).await));
        }
        for desk in [reviewer, viewer] {
            assert!(forbidden(desk.keys().await));
            assert!(forbidden(desk.create_key(key("Mine", &[])).await));
            assert!(forbidden(desk.revoke_key(&"any".into()).await));
        }
    }
}

#[tokio::test]
async fn keys_are_ones_own_and_owners_see_and_revoke_all() {
    for TestStore { store, owner, engineer, .. } in &stores().await {
        let mine = engineer.create_key(key(" Ingest ", &[ApiScope::Write, ApiScope::Ingest, ApiScope::Ingest])).await.unwrap();
        let theirs = owner.create_key(key("Backups", &[])).await.unwrap();
        assert!(mine.secret.starts_with("ts_") && mine.secret.len() == 67);
        assert_eq!((mine.key.name.as_str(), mine.key.scopes.as_slice()), ("Ingest", &[ApiScope::Ingest, ApiScope::Write][..]));
        assert!(mine.secret.starts_with(&mine.key.preview[..5]) && mine.secret.ends_with(mine.key.preview.rsplit('…').next().unwrap()));
        assert_eq!(engineer.keys().await.unwrap(), std::slice::from_ref(&mine.key));
        assert_eq!(owner.keys().await.unwrap(), [theirs.key.clone(), mine.key.clone()]);

        assert!(forbidden(engineer.revoke_key(&theirs.key.id).await));
        store.actor_of_key(&theirs.secret).await.unwrap();
        owner.revoke_key(&mine.key.id).await.unwrap();
        owner.revoke_key(&mine.key.id).await.unwrap();
        assert!(refused(store.actor_of_key(&mine.secret).await).contains("was revoked"));
        assert!(engineer.keys().await.unwrap().is_empty());
        assert!(refused(owner.revoke_key(&"nothing".into()).await).starts_with("There is no API key here."));
        assert!(refused(engineer.create_key(key("", &[])).await).starts_with("Name: "));
    }
}

#[tokio::test]
async fn a_key_proves_its_owner_within_its_scopes_until_it_expires() {
    for TestStore { store, engineer, .. } in &stores().await {
        let narrow = engineer.create_key(CreateKey { expires_in_days: Some(90), ..key("Ingest", &[ApiScope::Ingest]) }).await.unwrap();
        let actor = store.actor_of_key(&narrow.secret).await.unwrap();
        assert_eq!(actor.person, engineer.actor().person);
        assert!(actor.may(Action::Ingest) && !actor.may(Action::Read) && !actor.may(Action::OwnKeys));
        assert!(narrow.key.expires > Some(crate::now() + 89 * DAY));
        for attempt in 0.. {
            if engineer.keys().await.unwrap()[0].last_used.is_some() {
                break;
            }
            assert!(attempt < 500, "the use was not noted");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        set(store, "UPDATE api_keys SET expires = ?", crate::now() - 1).await;
        assert!(refused(store.actor_of_key(&narrow.secret).await).contains("has expired"));
        assert!(refused(store.actor_of_key("ts_wrong").await).contains("not known here"));
        for days in [0, 36_501] {
            let create = CreateKey { expires_in_days: Some(days), ..key("Ingest", &[]) };
            assert!(refused(engineer.create_key(create).await).starts_with("Expires: "));
        }
    }
}

#[tokio::test]
async fn a_key_makes_no_key_that_may_more_than_itself_and_has_no_sessions() {
    for TestStore { store, owner, .. } in &stores().await {
        let secret = owner.create_key(key("Administration", &[ApiScope::Admin])).await.unwrap().secret;
        let program = Desk::new(store.clone(), store.actor_of_key(&secret).await.unwrap());
        program.create_key(key("Narrow", &[ApiScope::Admin])).await.unwrap();
        for scopes in [&[][..], &[ApiScope::Admin, ApiScope::Write]] {
            assert!(refused(program.create_key(key("Wide", scopes)).await).contains("do more than the key itself"));
        }
        let whole = owner.create_key(key("All", &[])).await.unwrap().secret;
        let program = Desk::new(store.clone(), store.actor_of_key(&whole).await.unwrap());
        assert!(forbidden(program.sessions().await));
        assert!(forbidden(program.sign_out().await));
    }
}

#[tokio::test]
async fn the_command_line_adds_members_and_makes_password_links() {
    for TestStore { store, .. } in &stores().await {
        let added = store.add_member("Grace@Example.com", "Grace", Role::Owner, PASSWORD).await.unwrap();
        assert_eq!(added.email, "grace@example.com");
        assert!(
            refused(store.add_member("grace@example.com", "Grace", Role::Owner, PASSWORD).await).contains("belongs to a member already")
        );
        let link = store.reset_link("GRACE@example.com").await.unwrap();
        store.redeem_link(token(&link), redeem("")).await.unwrap();
        sign_in(store, "grace@example.com", "another good password").await.unwrap();
        assert!(refused(store.reset_link("nobody@example.com").await).starts_with("There is no active member with this address here."));
        assert_eq!(store.all_members().await.unwrap().len(), 5);
    }
}
