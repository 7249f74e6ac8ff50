//! The tables that are read and written as whole rows. Columns stand exactly as the migrations made them; the tables of
//! spans and answers are not here, because their statements are written by hand.

pub(crate) mod api_key;
pub(crate) mod person;
pub(crate) mod secret_link;
pub(crate) mod session;
