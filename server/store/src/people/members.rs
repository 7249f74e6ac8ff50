//! Members: who belongs to the installation, and what they may do.

use super::{checks, keys, links, passwords, person_of_email, role, sessions, visible};
use crate::ground::database::{all, run, values};
use crate::ground::error::Result;
use crate::people::entities::person;
use crate::people::names::folded;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Proof, Store};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect};
use shared::live::{LiveChange, ReviewsChanged};
use shared::people::{ChangeMember, Invitation, LinkPurpose, Member, Members, Person, Role};
use shared::permissions::Action;
use shared::{Problem, ProjectId, ReviewListId};

impl Store {
    /// Adds a member. For the command line, where being on the server's machine is proof enough.
    ///
    /// # Errors
    /// When a field holds something that cannot be, or the address belongs to a member already.
    pub async fn add_member(&self, email: &str, name: &str, role: Role, password: &str) -> Result<Person> {
        let email = checks::email(email)?;
        let name = checks::name(name, "A member")?;
        checks::password(password)?;
        refuse_known(self.readers(), &email).await?;
        let password_hash = passwords::hash(password.to_owned()).await?;
        self.write(move |change| Box::pin(async move { visible(&insert(change, email, name, role, password_hash).await?) })).await
    }

    /// A desk for a member who works on the command line of the server's machine.
    ///
    /// # Errors
    /// When there is no active member with that address.
    pub async fn console_desk(&self, email: &str) -> Result<Desk> {
        let person = person_of_email(self.readers(), &checks::normal_email(email)).await?;
        let person = person.filter(|person| person.active).ok_or_else(|| Problem::not_found("active member with this address"))?;
        Ok(Desk::new(self.clone(), Actor { person: visible(&person)?, proof: Proof::Console }))
    }

    /// Everybody, owners first, then by name. For the command line.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_members(&self) -> Result<Vec<Member>> {
        let rows = person::Entity::find().all(self.readers()).await?;
        let mut members = rows.iter().map(member).collect::<Result<Vec<_>>>()?;
        members.sort_by_key(|member| (member.person.role != Role::Owner, by_name(&member.person)));
        Ok(members)
    }
}

impl Desk {
    /// Members and open invitations.
    ///
    /// # Errors
    /// When the actor may not, or the database fails.
    pub async fn members(&self) -> Result<Members> {
        self.require(Action::ManageMembers)?;
        let members = self.store.all_members().await?;
        let mut invitations = Vec::new();
        for row in links::invitations(self.store.readers(), crate::now()).await? {
            if let (Some(email), Some(word)) = (row.email, row.role) {
                invitations.push(Invitation { email, role: role(&word)?, expires: row.expires });
            }
        }
        Ok(Members { members, invitations })
    }

    /// Active members, by name.
    ///
    /// # Errors
    /// When the actor may not, or the database fails.
    pub async fn people(&self) -> Result<Vec<Person>> {
        self.require(Action::Read)?;
        self.active_people().await
    }

    /// Active members, by name, for commands that have looked at who asks.
    pub(crate) async fn active_people(&self) -> Result<Vec<Person>> {
        let rows = person::Entity::find().filter(person::Column::Active.eq(true)).all(self.store.readers()).await?;
        let mut people = rows.iter().map(visible).collect::<Result<Vec<_>>>()?;
        people.sort_by_key(by_name);
        Ok(people)
    }

    /// Changes a member's role, deactivates them or lets them in again. Who reviews no more has nothing in hand any more.
    ///
    /// # Errors
    /// When the actor may not, there is no such member, or nobody would be left who may manage members.
    pub async fn change_member(&self, command: ChangeMember) -> Result<Member> {
        self.require(Action::ManageMembers)?;
        let actor = self.actor.clone();
        self.store
            .write_access(move |change| {
                Box::pin(async move {
                    let connection = &change.transaction;
                    let found = person::Entity::find_by_id(command.person).one(connection).await?;
                    let mut row = found.ok_or_else(|| Problem::not_found("member"))?;
                    let owned = row.active && role(&row.role)? == Role::Owner;
                    let (was_active, new_role) = (row.active, command.role.map_or_else(|| role(&row.role), Ok)?);
                    row.active = command.active.unwrap_or(row.active);
                    if row.active && (!was_active || new_role > role(&row.role)?) {
                        actor.require_covers(new_role, None)?;
                    }
                    new_role.as_str().clone_into(&mut row.role);
                    if owned && !(row.active && new_role == Role::Owner) && other_owners(connection, &row.id).await? == 0 {
                        let field = if row.active { "Role" } else { "Member" };
                        let reason = format!("{} is the only active owner. Make somebody else an owner first.", row.name);
                        return Err(Problem::invalid(field, reason).into());
                    }
                    person::Entity::update_many()
                        .col_expr(person::Column::Role, Expr::value(row.role.as_str()))
                        .col_expr(person::Column::Active, Expr::value(row.active))
                        .filter(person::Column::Id.eq(row.id.as_str()))
                        .exec(connection)
                        .await?;
                    if was_active && !row.active {
                        sessions::end_all(connection, &row.id).await?;
                        keys::revoke_all(connection, &row.id, change.now).await?;
                        links::delete_open(connection, LinkPurpose::Reset, None, Some(&row.id)).await?;
                    }
                    if !(row.active && Action::Review.allowed(new_role, None)) {
                        release_claims(change, &row.id).await?;
                    }
                    member(&row)
                })
            })
            .await
    }
}

/// Lets go what somebody has in hand who reviews no more, in every project, so that others get it at once.
async fn release_claims(change: &mut Change, person: &str) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Known {
        id: String,
        short: i64,
    }
    #[derive(FromQueryResult)]
    struct Claimed {
        list_id: String,
    }
    for Known { id, short } in all::<Known>(&change.transaction, "SELECT id, short FROM projects ORDER BY short", Vec::new()).await? {
        let text = "SELECT DISTINCT i.list_id FROM review_claims c JOIN review_items i ON i.project = c.project AND i.key = c.item \
                    WHERE c.project = ? AND c.person_id = ? AND c.until > ?";
        let claimed = all::<Claimed>(&change.transaction, text, values![short, person, change.now]).await?;
        if claimed.is_empty() {
            continue;
        }
        let project = ProjectId(id);
        // Who follows is told in the order of transactions.
        change.transaction_id(&project).await?;
        run(&change.transaction, "DELETE FROM review_claims WHERE project = ? AND person_id = ?", values![short, person]).await?;
        let lists = claimed.into_iter().map(|claimed| ReviewListId(claimed.list_id)).collect();
        change.publish(&project, LiveChange::Reviews(ReviewsChanged { lists }));
    }
    Ok(())
}

/// Whether there is an owner. Members of other roles cannot let anybody in, so the set-up link stays until one comes.
pub(super) async fn any(connection: &impl ConnectionTrait) -> Result<bool> {
    let owners = person::Entity::find().filter(person::Column::Role.eq(Role::Owner.as_str())).filter(person::Column::Active.eq(true));
    Ok(owners.select_only().column(person::Column::Id).into_tuple::<String>().one(connection).await?.is_some())
}

/// Refuses an address that belongs to a member.
pub(super) async fn refuse_known(connection: &impl ConnectionTrait, email: &str) -> Result<()> {
    match person_of_email(connection, email).await? {
        None => Ok(()),
        Some(known) if known.active => {
            Err(Problem::invalid("Email", format!("{email} belongs to a member already. Change their role, or make them a password link."))
                .into())
        }
        Some(_) => {
            Err(Problem::invalid("Email", format!("{email} belongs to a member who was deactivated. Activate them again instead.")).into())
        }
    }
}

/// Makes a member, and takes back invitations to the same address.
pub(super) async fn insert(change: &Change, email: String, name: String, role: Role, password_hash: String) -> Result<person::Model> {
    let connection = &change.transaction;
    refuse_known(connection, &email).await?;
    links::delete_open(connection, LinkPurpose::Join, Some(&email), None).await?;
    let row = person::Model {
        id: change.fate.id(),
        folded_email: folded(&email),
        email,
        name,
        role: role.as_str().to_owned(),
        password_hash: Some(password_hash),
        active: true,
        created: change.now,
        last_seen: None,
    };
    person::Entity::insert(row.clone().into_active_model()).exec_without_returning(connection).await?;
    Ok(row)
}

/// The member of an address, or one who cannot sign in and has that address from now on; under `id` where nobody has it. Returns their id.
///
/// # Errors
/// [`Problem::Invalid`] for what is no address or no name.
pub(crate) async fn adopt(change: &Change, id: &str, email: &str, name: &str) -> Result<String> {
    let (email, name) = (checks::email(email)?, checks::name(name, "A member")?);
    let connection = &change.transaction;
    let found = person::Entity::find().filter(person::Column::FoldedEmail.eq(folded(&email))).one(connection).await?;
    if let Some(found) = found {
        return Ok(found.id);
    }
    let is_taken = person::Entity::find_by_id(id).one(connection).await?.is_some();
    let row = person::Model {
        id: if is_taken { change.fate.id() } else { id.to_owned() },
        folded_email: folded(&email),
        email,
        name,
        role: Role::Viewer.as_str().to_owned(),
        password_hash: None,
        active: false,
        created: change.now,
        last_seen: None,
    };
    person::Entity::insert(row.clone().into_active_model()).exec_without_returning(connection).await?;
    Ok(row.id)
}

async fn other_owners(connection: &impl ConnectionTrait, person: &str) -> Result<u64> {
    Ok(person::Entity::find()
        .filter(person::Column::Active.eq(true))
        .filter(person::Column::Role.eq(Role::Owner.as_str()))
        .filter(person::Column::Id.ne(person))
        .count(connection)
        .await?)
}

fn member(row: &person::Model) -> Result<Member> {
    Ok(Member { person: visible(row)?, active: row.active, created: row.created, last_seen: row.last_seen })
}

fn by_name(person: &Person) -> (String, String) {
    (person.name.to_lowercase(), person.email.clone())
}
