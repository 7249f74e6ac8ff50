//! Every version of every row. The newest stands in `spans`; what a later transaction replaced or deleted is kept here,
//! and *erase* empties it for good.

mod erase;
mod verify;

pub use erase::Erased;
pub use verify::{Difference, Verified};

use crate::writing::group;
use crate::{Desk, Result};
use shared::{Problem, TransactionId};

impl Desk {
    /// The last transaction that was committed, in whichever project: everything written later has a larger one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_transaction(&self) -> Result<TransactionId> {
        self.require_project_access()?;
        group::last_transaction(self.store.readers()).await
    }

    /// Reads a version as SDKs and people give it.
    ///
    /// # Errors
    /// [`Problem::Invalid`] if it is no version, or one that has not been yet.
    pub async fn version(&self, text: &str) -> Result<TransactionId> {
        let version = TransactionId::parse(text).ok_or_else(|| {
            Problem::invalid("version", "Use a transaction id: the _xact_id of a row, or the 16 hexadecimal digits that SDKs show for it.")
        })?;
        let last = self.last_transaction().await?;
        if version > last.next(self.store.inner.writer.clock().now()) {
            return Err(Problem::invalid("version", format!("There is no version {version} yet. The newest is {last}.")).into());
        }
        Ok(version)
    }
}
