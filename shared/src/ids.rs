//! Ids as types, so that a row id can never be passed where a person is meant.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text, as it stands in addresses and in the database.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

id!(
    /// A member of the organisation.
    PersonId
);
id!(
    /// One sign-in of one person on one device.
    SessionId
);
id!(
    /// An API key (never its secret).
    KeyId
);
id!(
    /// A project.
    ProjectId
);
id!(
    /// Something that holds spans: the logs of a project (the id is the project's own), an experiment or a dataset.
    ObjectId
);
id!(
    /// A span's row id: any text the client chose, unique inside its object.
    RowId
);
id!(
    /// A configured human review score.
    QuestionId
);
id!(
    /// A configured tag of a project.
    TagId
);
id!(
    /// A saved view of a project.
    ViewId
);
id!(
    /// A named version of a dataset.
    VersionId
);
id!(
    /// A comment on a span.
    CommentId
);
id!(
    /// A review list.
    ReviewListId
);
id!(
    /// A rule that fills a review list.
    ReviewRuleId
);
id!(
    /// A row in a review list: opaque text that tells its project.
    ReviewItemId
);
id!(
    /// Something done to many rows: opaque text that tells its project.
    JobId
);
