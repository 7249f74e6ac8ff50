//! Reviewing the items of a list one after the other: what review mode asks for, by the row that is open.

use crate::content::reviews;
use crate::{Desk, Result, render};
use shared::address::{LogsAddress, ReviewsAddress, RowsPage, project_page};
use shared::objects::{ObjectKind, RowAddress};
use shared::permissions::Action;
use shared::reviews::{ItemInHand, ReviewItem, TakeNext, TakenItem};
use shared::{Micros, Problem, ReviewListId};

impl Desk {
    /// Takes the next item of a list in hand, with what one needs to review it. None if nothing is left for the caller.
    ///
    /// # Errors
    /// Those of [`Desk::take_next`].
    pub async fn next_in_hand(&self, command: TakeNext) -> Result<Option<ItemInHand>> {
        match self.take_next(command).await? {
            Some(taken) => self.in_hand(taken).await.map(Some),
            None => Ok(None),
        }
    }

    /// Takes a row in hand that stands in a list, or keeps it there, with what one needs to review it.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a row that stands in no such list, and those of [`Desk::claim_item`].
    pub async fn hold_row(&self, row: &RowAddress, list: &ReviewListId) -> Result<ItemInHand> {
        self.require(Action::Review)?;
        let item = self.item_in(row, list).await?;
        self.in_hand(self.claim_item(&item.id).await?).await
    }

    /// Says that the caller still has a row in hand that stands in a list, and until when that holds now.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a row that stands in no such list, [`Problem::Taken`] for who does not have it any more.
    pub async fn keep_row(&self, row: &RowAddress, list: &ReviewListId) -> Result<Micros> {
        self.require(Action::Review)?;
        let item = self.item_in(row, list).await?;
        self.keep_item(&item.id).await
    }

    /// Lets a row go that stands in a list, so that somebody else can take it.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a row that stands in no such list, [`Problem::Taken`] for who does not have it.
    pub async fn release_row(&self, row: &RowAddress, list: &ReviewListId) -> Result<()> {
        self.require(Action::Review)?;
        let item = self.item_in(row, list).await?;
        self.release_item(&item.id).await
    }

    async fn item_in(&self, row: &RowAddress, list: &ReviewListId) -> Result<ReviewItem> {
        let item = self.reviews_of_row(row).await?.into_iter().find(|item| item.list == *list && item.listed);
        item.ok_or_else(|| Problem::not_found("review of this row in the list").into())
    }

    async fn in_hand(&self, taken: TakenItem) -> Result<ItemInHand> {
        let list = reviews::list(self.store.readers(), &taken.item.list).await?.list;
        let RowAddress { object_type, object_id, id } = &taken.item.row;
        let (project, trace, span) = self.locate_row(object_id, id).await?;
        let page = match object_type {
            ObjectKind::ProjectLogs => RowsPage::Logs,
            ObjectKind::Experiment => RowsPage::Experiment(self.object(*object_type, object_id).await?.name),
            ObjectKind::Dataset => RowsPage::Dataset(self.object(*object_type, object_id).await?.name),
        };
        let place = LogsAddress { trace: Some(trace), span: Some(span), review: Some(list.id.0.clone()), ..LogsAddress::default() };
        let of_pair = ReviewsAddress { list: Some(list.id.0.clone()), pair: Some(taken.item.id.0.clone()), ..ReviewsAddress::default() };
        let (page, query) = if taken.item.is_pair { ("review".to_owned(), of_pair.to_query()) } else { (page.path(), place.to_query()) };
        Ok(ItemInHand {
            address: project_page(self.organization(), &project.name, &page) + &query,
            instructions: render::description(&list.definition.description),
            questions: list.definition.questions,
            list_name: list.name,
            taken,
        })
    }
}
