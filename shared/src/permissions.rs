//! The permission table, in one place: what each role may do, and what each scope lets a key do within it.

use crate::Problem;
use crate::commands::Command;
use crate::people::{ApiScope, Role};
use serde::{Deserialize, Serialize};

/// Everything that can be asked of Touchstone, as far as permission goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Read what is not hidden by blind review.
    Read,
    /// Send spans, and get or create the project they belong to.
    Ingest,
    /// Send end users' feedback.
    Feedback,
    /// Answer, comment, use existing tags, flag, claim and complete reviews.
    Review,
    /// Save views, for oneself or for the project.
    SaveViews,
    /// Say who reviews what, and how rows were picked.
    Assign,
    /// Act on everything that matches a filter, and on more rows than a hand picks.
    ActOnMany,
    /// Settle what counts where reviewers differ: gold values.
    Settle,
    /// See in blind projects what one has not answered.
    SeeThrough,
    /// Questions, tags and settings of a project.
    Configure,
    /// Create and rename projects.
    ManageProjects,
    /// Delete a project.
    DeleteProject,
    /// API keys of one's own.
    OwnKeys,
    /// Members, invitations, password links, everybody's keys.
    ManageMembers,
    /// One's own sessions. Only a person signed in with a browser has any.
    OwnSessions,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 15] = [
        Self::Read,
        Self::Ingest,
        Self::Feedback,
        Self::Review,
        Self::SaveViews,
        Self::Assign,
        Self::ActOnMany,
        Self::Settle,
        Self::SeeThrough,
        Self::Configure,
        Self::ManageProjects,
        Self::DeleteProject,
        Self::OwnKeys,
        Self::ManageMembers,
        Self::OwnSessions,
    ];

    /// The weakest role that may.
    pub fn role(self) -> Role {
        match self {
            Self::Read | Self::OwnSessions => Role::Viewer,
            Self::Review | Self::SaveViews | Self::Feedback => Role::Reviewer,
            Self::Assign
            | Self::ActOnMany
            | Self::Settle
            | Self::SeeThrough
            | Self::Ingest
            | Self::Configure
            | Self::ManageProjects
            | Self::OwnKeys => Role::Engineer,
            Self::DeleteProject | Self::ManageMembers => Role::Owner,
        }
    }

    /// The scope that a key needs for it.
    pub fn scope(self) -> ApiScope {
        match self {
            Self::Read => ApiScope::Read,
            Self::Ingest => ApiScope::Ingest,
            Self::Feedback => ApiScope::Feedback,
            // A key that only reads is no more than a viewer.
            Self::Review | Self::SaveViews | Self::Assign | Self::ActOnMany | Self::Settle | Self::SeeThrough => ApiScope::Write,
            Self::Configure | Self::ManageProjects | Self::DeleteProject | Self::OwnKeys | Self::ManageMembers | Self::OwnSessions => {
                ApiScope::Admin
            }
        }
    }

    /// The verb phrase of "You may not …".
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Read => "read this",
            Self::Ingest => "send traces",
            Self::Feedback => "send feedback",
            Self::Review => "answer, comment or tag",
            Self::SaveViews => "save views",
            Self::Assign => "assign reviews or say how rows were picked",
            Self::ActOnMany => "act on everything that matches",
            Self::Settle => "set gold values",
            Self::SeeThrough => "see through blind review",
            Self::Configure => "change the configuration of a project",
            Self::ManageProjects => "create or rename projects",
            Self::DeleteProject => "delete a project",
            Self::OwnKeys => "make API keys",
            Self::ManageMembers => "manage members",
            Self::OwnSessions => "manage sessions",
        }
    }

    /// Whether somebody of this role, asking with these scopes, may. `None` is a person in a browser; an empty list is
    /// a key that may all that its owner's role allows.
    pub fn allowed(self, role: Role, scopes: Option<&[ApiScope]>) -> bool {
        let by_scope = match scopes {
            None => true,
            Some([]) => self != Self::OwnSessions,
            Some(scopes) => scopes.contains(&self.scope()),
        };
        role >= self.role() && by_scope
    }
}

/// What somebody of this role, asking with these scopes, is told who may do none of some actions and wanted to do `what`: whether a role
/// is missing or a scope, and who can give it.
pub fn refusal(actions: &[Action], what: &str, role: Role, scopes: Option<&[ApiScope]>) -> Problem {
    let Some(scopes) = scopes else { return Problem::forbidden(what) };
    let allowed: Vec<Action> = actions.iter().copied().filter(|action| role >= action.role()).collect();
    if allowed.is_empty() {
        return Problem::forbidden(what);
    }
    let missing: Vec<&str> =
        allowed.iter().map(|action| action.scope()).filter(|scope| !scopes.contains(scope)).map(ApiScope::as_str).collect();
    let remedy = match (scopes, missing.as_slice()) {
        ([], _) | (_, []) => "No API key can: sign in with a browser.".to_owned(),
        (_, missing) => {
            let maker = match role >= Action::OwnKeys.role() {
                true => "Make a key that has it under Configuration, API keys.",
                false => "Ask an owner of this installation for a key that has it.",
            };
            format!("It lacks the scope {}. {maker}", missing.join(" or "))
        }
    };
    Problem::Forbidden { what: format!("{what} with this API key"), remedy }
}

/// Whether whoever may what `own` says may all that somebody of this role, asking with these scopes, may: only then may they let them in.
/// One's own sessions are left out, because no key has any.
pub fn covers(own: impl Fn(Action) -> bool, role: Role, scopes: Option<&[ApiScope]>) -> bool {
    let granted = Action::ALL.into_iter().filter(|action| *action != Action::OwnSessions && action.allowed(role, scopes));
    granted.into_iter().all(own)
}

impl Command {
    /// What whoever gives it must be allowed to do.
    pub fn needs(&self) -> Action {
        match self {
            Self::SetGold(_) => Action::Settle,
            Self::AssignReview(_) => Action::Assign,
            Self::FlagRow(command) if command.flagging.is_organised() => Action::Assign,
            Self::FlagRow(_)
            | Self::UnflagRow(_)
            | Self::CompleteReview(_)
            | Self::SkipReview(_)
            | Self::SetReviewStatus(_)
            | Self::SetAnswer(_)
            | Self::SetExpected(_)
            | Self::ChangeTags(_)
            | Self::AddComment(_)
            | Self::EditComment(_)
            | Self::DeleteComment(_)
            | Self::Revert(_) => Action::Review,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn the_table() {
        let mut table = String::new();
        for action in Action::ALL {
            let roles: Vec<_> = Role::ALL.into_iter().filter(|role| action.allowed(*role, None)).map(Role::as_str).collect();
            table += &format!("{:<46}{:<36}{}\n", action.phrase(), roles.join(" "), action.scope().as_str());
        }
        expect![[r#"
            read this                                     viewer reviewer engineer owner      read
            send traces                                   engineer owner                      ingest
            send feedback                                 reviewer engineer owner             feedback
            answer, comment or tag                        reviewer engineer owner             write
            save views                                    reviewer engineer owner             write
            assign reviews or say how rows were picked    engineer owner                      write
            act on everything that matches                engineer owner                      write
            set gold values                               engineer owner                      write
            see through blind review                      engineer owner                      write
            change the configuration of a project         engineer owner                      admin
            create or rename projects                     engineer owner                      admin
            delete a project                              owner                               admin
            make API keys                                 engineer owner                      admin
            manage members                                owner                               admin
            manage sessions                               viewer reviewer engineer owner      admin
        "#]]
        .assert_eq(&table);
    }

    #[test]
    fn a_key_is_narrowed_by_its_scopes_and_never_widened() {
        assert!(Action::Ingest.allowed(Role::Engineer, Some(&[ApiScope::Ingest])));
        assert!(!Action::Read.allowed(Role::Engineer, Some(&[ApiScope::Ingest])));
        assert!(!Action::Configure.allowed(Role::Viewer, Some(&[ApiScope::Admin])));
        assert!(Action::Configure.allowed(Role::Engineer, Some(&[])));
        assert!(!Action::OwnSessions.allowed(Role::Owner, Some(&[])));
    }

    #[test]
    fn a_refusal_names_what_is_missing_and_who_can_give_it() {
        use Action::{Feedback, Ingest, ManageMembers, OwnSessions, Read, Review};
        let mut said = String::new();
        for (actions, role, scopes) in [
            (&[Ingest] as &[Action], Role::Reviewer, None),
            (&[Ingest], Role::Reviewer, Some(&[ApiScope::Read] as &[ApiScope])),
            (&[Ingest], Role::Engineer, Some(&[ApiScope::Read])),
            (&[Review], Role::Reviewer, Some(&[ApiScope::Read])),
            (&[Read, Ingest], Role::Owner, Some(&[ApiScope::Feedback])),
            (&[Ingest, Feedback], Role::Reviewer, Some(&[ApiScope::Read])),
            (&[ManageMembers], Role::Engineer, Some(&[])),
            (&[OwnSessions], Role::Engineer, Some(&[])),
        ] {
            said += &format!("{}\n", refusal(actions, actions[0].phrase(), role, scopes));
        }
        expect![[r#"
            You may not send traces. Ask an owner of this installation for a role that allows it.
            You may not send traces. Ask an owner of this installation for a role that allows it.
            You may not send traces with this API key. It lacks the scope ingest. Make a key that has it under Configuration, API keys.
            You may not answer, comment or tag with this API key. It lacks the scope write. Ask an owner of this installation for a key that has it.
            You may not read this with this API key. It lacks the scope read or ingest. Make a key that has it under Configuration, API keys.
            You may not send traces with this API key. It lacks the scope feedback. Ask an owner of this installation for a key that has it.
            You may not manage members. Ask an owner of this installation for a role that allows it.
            You may not manage sessions with this API key. No API key can: sign in with a browser.
        "#]]
        .assert_eq(&said);
    }

    #[test]
    fn nobody_lets_in_who_may_more_than_they_do() {
        let whole = |action: Action| action.allowed(Role::Owner, Some(&[]));
        let admin = |action: Action| action.allowed(Role::Owner, Some(&[ApiScope::Admin]));
        let reader = |action: Action| action.allowed(Role::Owner, Some(&[ApiScope::Admin, ApiScope::Read]));
        assert!(Role::ALL.into_iter().all(|role| covers(whole, role, None)));
        assert!(!Role::ALL.into_iter().any(|role| covers(admin, role, None)), "whoever signs in reads, and this key does not");
        assert!(covers(admin, Role::Owner, Some(&[ApiScope::Admin])));
        assert!(covers(reader, Role::Viewer, None) && !covers(reader, Role::Reviewer, None));
    }
}
