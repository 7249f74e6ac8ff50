//! Looking at one object or one of its rows: of one moment, as one person may see it.

use crate::ground::places::{Home, LocatedSpan, find_span};
use crate::ground::time;
use crate::looking::sight::{Seen, Sight};
use crate::looking::wire::Whereabouts;
use crate::looking::work::SearchTurn;
use crate::writing::events;
use crate::{Actor, Desk, Result};
use sea_orm::DatabaseTransaction;
use shared::ObjectId;
use shared::filter::{Context, Expression, bind_person};
use shared::objects::RowAddress;
use shared::permissions::Action;

/// An object as somebody sees it at one moment.
pub(crate) struct View {
    /// Everything is read through it.
    pub(crate) snapshot: DatabaseTransaction,
    /// What is looked at.
    pub(crate) home: Home,
    /// Who looks.
    pub(crate) actor: Actor,
    /// What they may see.
    pub(crate) sight: Sight,
    /// Live events up to this one are in it.
    pub(crate) as_of: i64,
    /// The organisation's id, as rows tell it.
    pub(crate) organization: String,
    /// When it is asked, and where days begin for who asks.
    pub(crate) context: Context,
    _turn: Option<SearchTurn>,
}

/// A row as somebody sees it at one moment.
pub(crate) struct RowView {
    /// Everything is read through it.
    pub(crate) snapshot: DatabaseTransaction,
    /// What is looked at.
    pub(crate) span: LocatedSpan,
    sight: Sight,
}

impl RowView {
    /// What may be seen of the row.
    pub(crate) async fn seen(&self) -> Result<Seen<'_>> {
        self.sight.of_spans(&self.snapshot, &[self.span.key]).await
    }
}

impl View {
    /// The same, asked at a time and in a time zone.
    pub(crate) fn asked_in(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// A filter as whoever looks asks it here: `me()` is them, and columns that tell where a row is say it.
    pub(crate) fn asked(&self, filter: &Expression) -> Expression {
        Whereabouts::of(self).bind(bind_person(filter.clone(), self.actor.person.id.as_str()))
    }
}

impl Desk {
    /// Looks at a row.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown row.
    pub(crate) async fn view_row(&self, row: &RowAddress) -> Result<RowView> {
        self.require(Action::Read)?;
        let snapshot = self.store.snapshot().await?;
        let (home, span) = find_span(&snapshot, row).await?;
        let sight = Sight::of(&snapshot, &self.actor, &home).await?;
        Ok(RowView { snapshot, span, sight })
    }

    /// Looks at an object.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown object.
    pub(crate) async fn view(&self, object: &ObjectId) -> Result<View> {
        self.view_with(object, None).await
    }

    /// The same for a search, which waits for its turn.
    ///
    /// # Errors
    /// Also [`shared::Problem::Busy`] for who has too many searches waiting.
    pub(crate) async fn search_view(&self, object: &ObjectId) -> Result<View> {
        self.require(Action::Read)?;
        // Before the snapshot, so that who waits holds no connection.
        let turn = self.store.searches().turn(&self.actor.person.id).await?;
        self.view_with(object, Some(turn)).await
    }

    async fn view_with(&self, object: &ObjectId, turn: Option<SearchTurn>) -> Result<View> {
        self.require(Action::Read)?;
        let home = self.find_object(object).await?;
        let snapshot = self.store.snapshot().await?;
        let as_of = events::head(&snapshot, &home.project).await?;
        let sight = Sight::of(&snapshot, &self.actor, &home).await?;
        let (actor, organization, context) = (self.actor.clone(), self.store.organization_id(), Context::at(time::now()));
        Ok(View { snapshot, home, actor, sight, as_of, organization, context, _turn: turn })
    }
}
