//! The people of the demo at their desks, and the clock on their wall.

use shared::PersonId;
use shared::comments::Mentionable;
use shared::people::Role;
use store::{Desk, Fate, Result, Store};

/// Who reviews, in the order of [`crate::REVIEWERS`].
pub(super) struct Team {
    desks: Vec<Desk>,
    fate: Fate,
    now: i64,
}

impl Team {
    /// Makes them members. Nobody knows their passwords: they are here for what they say.
    pub(super) async fn gather(store: &Store, fate: Fate, now: i64) -> Result<Self> {
        let mut team = Self { desks: Vec::new(), fate, now };
        for (index, (name, email)) in crate::REVIEWERS.into_iter().enumerate() {
            team.wait();
            let role = if index == 0 { Role::Engineer } else { Role::Reviewer };
            store.add_member(email, name, role, &random_password()).await?;
            team.desks.push(store.console_desk(email).await?);
        }
        Ok(team)
    }

    /// Lets a moment pass: what is drawn at one time is never drawn again at another.
    pub(super) fn wait(&mut self) {
        self.wait_until(0);
    }

    /// Lets time pass until `moment`, and at least a moment.
    pub(super) fn wait_until(&mut self, moment: i64) {
        self.now = moment.max(self.now + 1_000);
        self.fate.set(self.now);
    }

    /// What time it is.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    /// The desk of the engineer.
    pub(super) fn editor(&self) -> &Desk {
        self.desk(0)
    }

    /// The desk of one of them.
    pub(super) fn desk(&self, reviewer: usize) -> &Desk {
        &self.desks[reviewer % self.desks.len()]
    }

    /// The id of one of them.
    pub(super) fn id(&self, reviewer: usize) -> PersonId {
        self.desk(reviewer).actor().person.id.clone()
    }

    /// The text with `@Mara` and others as mentions.
    pub(super) fn with_mentions(&self, text: &str) -> String {
        self.desks.iter().fold(text.to_owned(), |text, desk| {
            let person = &desk.actor().person;
            let first = person.name.split(' ').next().unwrap_or_default();
            let mention = Mentionable { id: person.id.clone(), name: person.name.clone() };
            text.replace(&format!("@{first}"), &mention.link())
        })
    }
}

fn random_password() -> String {
    format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>())
}
