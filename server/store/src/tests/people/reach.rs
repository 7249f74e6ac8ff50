//! How far keys, links and members reach, and that what may less ends at once.

use super::{browser, change, forbidden, key, redeem, refused, token};
use crate::Desk;
use crate::people::RedeemLink;
use crate::tests::{TestStore, stores};
use shared::people::{ApiScope, ChangeMember, CreateKey, InviteMember, ResetPassword, Role};
use shared::permissions::Action;
use std::time::Duration;

#[tokio::test]
async fn a_narrowed_key_lets_nobody_in_who_may_more_than_itself() {
    for TestStore { store, owner, reviewer, .. } in &stores().await {
        let program = async |scopes: &[ApiScope]| {
            let secret = owner.create_key(key("Program", scopes)).await.unwrap().secret;
            Desk::new(store.clone(), store.actor_of_key(&secret).await.unwrap())
        };
        let reset = |desk: &Desk| ResetPassword { person: desk.actor().person.id.clone() };
        let invite = |role| InviteMember { email: format!("{}-to-be@example.com", Role::as_str(role)), role };
        let promote = ChangeMember { role: Some(Role::Owner), ..change(&reviewer.actor().person) };
        let narrow = program(&[ApiScope::Admin]).await;
        let more = "do more than the key itself";
        assert!(refused(narrow.reset_password(reset(owner)).await).contains(more));
        assert!(refused(narrow.reset_password(reset(reviewer)).await).contains(more));
        for role in Role::ALL {
            assert!(refused(narrow.invite_member(invite(role)).await).contains(more), "{role:?}");
        }
        assert!(refused(narrow.change_member(promote.clone()).await).contains(more));
        let out = ChangeMember { active: Some(false), ..change(&reviewer.actor().person) };
        narrow.change_member(out).await.unwrap();
        let back = ChangeMember { active: Some(true), ..change(&reviewer.actor().person) };
        assert!(refused(narrow.change_member(back.clone()).await).contains(more));
        // What the key may itself it can give to others.
        let reading = program(&[ApiScope::Admin, ApiScope::Read]).await;
        reading.invite_member(invite(Role::Viewer)).await.unwrap();
        assert!(refused(reading.invite_member(invite(Role::Reviewer)).await).contains(more));
        let whole = program(&[]).await;
        whole.change_member(back).await.unwrap();
        whole.change_member(promote).await.unwrap();
        whole.invite_member(invite(Role::Owner)).await.unwrap();
        whole.reset_password(reset(owner)).await.unwrap();
    }
}

#[tokio::test]
async fn a_new_password_ends_the_keys_if_one_wants_that() {
    for TestStore { store, owner, engineer, .. } in &stores().await {
        let secret = engineer.create_key(key("Ingest", &[])).await.unwrap().secret;
        let ended = engineer.create_key(key("Ended", &[])).await.unwrap();
        engineer.revoke_key(&ended.key.id).await.unwrap();
        let link = async || owner.reset_password(ResetPassword { person: engineer.actor().person.id.clone() }).await.unwrap();
        let keeping = link().await;
        assert_eq!(store.open_link(token(&keeping)).await.unwrap().keys, 1);
        store.redeem_link(token(&keeping), redeem("")).await.unwrap();
        store.actor_of_key(&secret).await.unwrap();
        store.redeem_link(token(&link().await), RedeemLink { end_keys: true, ..redeem("") }).await.unwrap();
        assert!(refused(store.actor_of_key(&secret).await).contains("was revoked"));
    }
}

#[tokio::test]
async fn the_operator_makes_keys_for_members_of_every_role_and_owners_for_others() {
    for TestStore { store, owner, engineer, reviewer, viewer, .. } in &stores().await {
        let of = |desk: &Desk| CreateKey { owner: Some(desk.actor().person.id.clone()), ..key("Theirs", &[]) };
        for (desk, may, may_not) in [(viewer, Action::Read, Action::Review), (reviewer, Action::Review, Action::SeeThrough)] {
            // At the console in their own name, and by an owner on the page.
            for created in [desk.create_key(key("Mine", &[])).await.unwrap(), owner.create_key(of(desk)).await.unwrap()] {
                assert_eq!(created.key.owner, desk.actor().person);
                let actor = store.actor_of_key(&created.secret).await.unwrap();
                assert!(actor.may(may) && !actor.may(may_not), "{actor:?}");
            }
            assert_eq!(desk.keys().await.unwrap().len(), 2);
        }
        assert!(forbidden(engineer.create_key(of(reviewer)).await));
        let others: Vec<_> = owner.keys_and_others().await.unwrap().others.into_iter().map(|person| person.role).collect();
        assert_eq!(others, [Role::Engineer, Role::Reviewer, Role::Viewer]);
        assert!(engineer.keys_and_others().await.unwrap().others.is_empty());
        let nobody = CreateKey { owner: Some("nobody".into()), ..key("Nobody's", &[]) };
        assert!(refused(owner.create_key(nobody).await).starts_with("There is no active member here."));
        let narrow = owner.create_key(key("Administration", &[ApiScope::Admin])).await.unwrap().secret;
        let program = Desk::new(store.clone(), store.actor_of_key(&narrow).await.unwrap());
        assert!(refused(program.create_key(of(reviewer)).await).contains("do more than the key itself"));
    }
}

#[tokio::test]
async fn every_process_is_told_when_somebody_may_less() {
    for TestStore { store, owner, engineer, reviewer, place, .. } in &stores().await {
        let other = place.open().await;
        let (browser, _) = browser(store, "viewer@example.com").await;
        let made = engineer.create_key(key("Ingest", &[])).await.unwrap();
        let (mut here, mut there) = (store.access_changes(), other.access_changes());
        let mut told = async |what: &str| {
            for changes in [&mut here, &mut there] {
                tokio::time::timeout(Duration::from_secs(20), changes.changed()).await.expect(what).unwrap();
            }
        };
        engineer.revoke_key(&made.key.id).await.unwrap();
        told("a revoked key").await;
        browser.sign_out().await.unwrap();
        told("an ended session").await;
        owner.change_member(ChangeMember { role: Some(Role::Viewer), ..change(&reviewer.actor().person) }).await.unwrap();
        told("a narrowed role").await;
        owner.change_member(ChangeMember { active: Some(false), ..change(&reviewer.actor().person) }).await.unwrap();
        told("a deactivated member").await;
        other.close().await;
    }
}
