//! `touchstone verify`: recomputes what is stored, and follows the chains.

use super::CommandFailure;
use crate::config::DatabaseOptions;
use serde_json::json;
use store::Store;

/// Recomputes scores, counts, traces and roll-ups from rows and answers, answers from the activity, every digest from its
/// content, and the chains from the digests. Exits with 1 and names the first difference if there is one.
#[derive(clap::Args, Clone, Debug)]
pub struct VerifyCommand {
    #[command(flatten)]
    database: DatabaseOptions,
    /// Prints one JSON object instead of a sentence.
    #[arg(long)]
    json: bool,
}

impl VerifyCommand {
    /// Verifies.
    ///
    /// # Errors
    /// At the first difference, or when the database cannot be read.
    pub async fn run(self) -> Result<(), CommandFailure> {
        let store = Store::open(self.database.options()).await?;
        let outcome = store.verify().await?;
        store.close().await;
        match outcome {
            Ok(verified) if self.json => println!("{}", json!({ "verified": verified })),
            Ok(verified) => println!(
                "Everything holds: {} spans in {} traces, {} earlier versions, {} entries of activity, {} roll-ups, {} links.",
                verified.spans, verified.traces, verified.versions, verified.activity, verified.rollups, verified.links
            ),
            Err(difference) => {
                if self.json {
                    println!("{}", json!({ "difference": difference }));
                }
                return Err(CommandFailure::Failed(format!(
                    "What is stored does not fit together: {difference}. Restore a backup, or look at what wrote to the database \
                     beside Touchstone."
                )));
            }
        }
        Ok(())
    }
}
