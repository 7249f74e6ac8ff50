//! `/v1`: the documented REST interface, for people's scripts and for SDKs.

pub mod activity;
pub mod answers;
pub mod archives;
pub mod dataset_versions;
pub mod datasets;
pub mod erase;
pub mod experiments;
pub mod export;
pub mod feedback_links;
pub mod functions;
pub mod jobs;
pub mod json;
pub mod objects;
pub mod projects;
pub mod review_filling;
pub mod review_items;
pub mod review_lists;
pub mod review_pairs;
pub mod rows;
pub mod scores;
pub mod summary;
pub mod tags;
pub mod translate;
pub mod views;

/// Answers `/v1`.
pub async fn greeting() -> &'static str {
    "This is Touchstone. The interface below /v1 takes an API key as bearer token.\n"
}
