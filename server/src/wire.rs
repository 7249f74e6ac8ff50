//! The dialect of the official SDKs: what they ask beside `/v1`.

pub mod attachments;
pub mod login;
pub mod logs;
pub mod objects;
pub mod projects;
pub mod query;
