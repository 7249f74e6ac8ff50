//! Jobs: one thing done to many rows, which goes on by itself on the server until it is done, and is taken back as one.

mod mapping;

pub use mapping::{
    CaseExpected, CaseMapping, CaseMetadata, CasePlace, CasePreview, IfThere, MOST_KEYS, MOST_PLACES, PREVIEWED, PreviewCases,
    PreviewedCase,
};

use crate::answers::AnswerValue;
use crate::ids::JobId;
use crate::permissions::Action;
use crate::reviews::{Draw, MOST_ASSIGNED, check_text};
use crate::tags::check_change;
use crate::{Micros, ObjectId, PersonId, Problem, ProjectId, ReviewListId, RowId};
use serde::{Deserialize, Serialize};

/// Rows that can be picked one by one, for one job.
pub const MOST_PICKED: usize = 2_000;

/// Rows up to which picking needs no more than the right to do it to each of them.
pub const MOST_BY_HAND: usize = 100;

/// Starts a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StartJob {
    /// Where the rows are: the logs of a project, an experiment or a dataset.
    pub object: ObjectId,
    /// Which rows.
    pub rows: JobRows,
    /// What is done to each.
    pub action: JobAction,
}

/// The rows of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobRows {
    /// These, by their ids.
    Picked(Vec<RowId>),
    /// All whose rows match a filter when the job begins, as the list shows them; the empty filter means all. What arrives later is not
    /// among them.
    Matching(String),
}

/// What a job does to each row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobAction {
    /// Puts tags on and takes others off.
    Tag {
        /// Names to put on.
        #[serde(default)]
        add: Vec<String>,
        /// Names to take off.
        #[serde(default)]
        remove: Vec<String>,
    },
    /// Makes a case of a dataset of it: its input, what is expected, its metadata and tags, and where it comes from.
    AddToDataset {
        /// The dataset.
        dataset: ObjectId,
        /// What is expected of the case, where no mapping says it.
        #[serde(default)]
        expected: ExpectedFrom,
        /// What becomes what; none means each field what it is, and `expected` as said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mapping: Option<CaseMapping>,
        /// What is done with a row that is there already.
        #[serde(default, skip_serializing_if = "IfThere::is_skip")]
        already: IfThere,
    },
    /// Answers a question about it, as whoever started the job.
    Answer {
        /// The question's name, or its id.
        question: String,
        /// What is said; none clears.
        #[serde(default)]
        value: Option<AnswerValue>,
    },
    /// Puts it into a review list. In one where it stands already only the note changes, and more people are asked.
    Flag {
        /// The list; none means the default one.
        #[serde(default)]
        list: Option<ReviewListId>,
        /// What whoever reviews it should know.
        #[serde(default)]
        note: Option<String>,
        /// Who reviews it, beside those who do already.
        #[serde(default)]
        assignees: Vec<PersonId>,
        /// So many of the rows that match, drawn at random; none means all.
        #[serde(default)]
        sample: Option<u32>,
    },
    /// Fills a review list with rows that are drawn from those that match. One that stands there already keeps that it was drawn, too.
    Fill {
        /// The list.
        list: ReviewListId,
        /// How they are drawn. The job keeps by which seed.
        draw: Draw,
    },
}

/// From what a row says a case gets its expected value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedFrom {
    /// What was expected of the row.
    #[default]
    Expected,
    /// What came out.
    Output,
}

impl JobAction {
    /// What whoever starts it must be allowed to do, and may still be allowed while it runs.
    pub fn needs(&self) -> Action {
        match self {
            Self::Tag { .. } | Self::Answer { .. } => Action::Review,
            Self::AddToDataset { .. } => Action::Ingest,
            Self::Flag { assignees, .. } if !assignees.is_empty() => Action::Assign,
            Self::Fill { .. } => Action::Assign,
            Self::Flag { .. } => Action::Review,
        }
    }

    /// The verb phrase of "You may not …".
    pub fn phrase(&self) -> &'static str {
        match self {
            Self::Tag { .. } | Self::Answer { .. } | Self::Flag { .. } | Self::Fill { .. } => self.needs().phrase(),
            Self::AddToDataset { .. } => "add rows to a dataset",
        }
    }
}

impl StartJob {
    /// Refuses what makes no job.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with the field.
    pub fn check(&self) -> Result<(), Problem> {
        match &self.rows {
            JobRows::Picked(ids) if ids.is_empty() => return Err(Problem::invalid("ids", "Pick one row at least.")),
            JobRows::Picked(ids) if ids.len() > MOST_PICKED => {
                let reason = format!("Pick at most {MOST_PICKED} rows; these are {}. Select everything that matches instead.", ids.len());
                return Err(Problem::invalid("ids", reason));
            }
            JobRows::Picked(_) | JobRows::Matching(_) => {}
        }
        match &self.action {
            JobAction::Tag { add, remove } if add.is_empty() && remove.is_empty() => {
                Err(Problem::invalid("action", "Name a tag to put on, or one to take off."))
            }
            JobAction::Tag { add, remove } => check_change(add, remove),
            JobAction::AddToDataset { mapping, .. } => mapping.as_ref().map_or(Ok(()), CaseMapping::check),
            JobAction::Answer { .. } => Ok(()),
            JobAction::Flag { assignees, .. } if assignees.len() > MOST_ASSIGNED => {
                Err(Problem::invalid("assignees", format!("At most {MOST_ASSIGNED} people can be asked to review one row.")))
            }
            JobAction::Flag { sample: Some(0), .. } => Err(Problem::invalid("sample", "Draw one row at least.")),
            JobAction::Flag { sample: Some(_), .. } if matches!(self.rows, JobRows::Picked(_)) => {
                Err(Problem::invalid("sample", "Draw from everything that matches a filter, not from rows that were picked."))
            }
            JobAction::Fill { .. } if matches!(self.rows, JobRows::Picked(_)) => {
                Err(Problem::invalid("filter", "Fill a list from everything that matches a filter, not from rows that were picked."))
            }
            JobAction::Fill { draw, .. } => draw.check(),
            JobAction::Flag { note, .. } => check_text("note", note.as_deref().unwrap_or_default()),
        }
    }

    /// Whether it takes somebody who may act on everything that matches, instead of on some rows by hand.
    pub fn is_of_many(&self) -> bool {
        match &self.rows {
            JobRows::Picked(ids) => ids.len() > MOST_BY_HAND,
            JobRows::Matching(_) => true,
        }
    }
}

/// Names a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameJob {
    /// Which.
    pub job: JobId,
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Id.
    pub id: JobId,
    /// Its project.
    pub project: ProjectId,
    /// Where its rows are.
    pub object: ObjectId,
    /// Who started it, by name.
    pub by: String,
    /// Whether that is whoever asks.
    pub own: bool,
    /// What it does.
    pub action: JobAction,
    /// The filter, where it is about everything that matches.
    pub filter: Option<String>,
    /// Where it stands.
    pub state: JobState,
    /// Why it stopped, where it did not end by itself.
    pub reason: Option<String>,
    /// Its rows; none until they are found.
    pub total: Option<i64>,
    /// Rows that it changed.
    pub done: i64,
    /// Those of them that were in the dataset before.
    pub updated: i64,
    /// Rows that needed no change.
    pub already: i64,
    /// Rows that were not there any more.
    pub gone: i64,
    /// Rows that could not be changed.
    pub refused: i64,
    /// Why, of the last of them.
    pub refusal: Option<String>,
    /// Rows that are again what they were.
    pub undone: i64,
    /// Rows that stayed, because something else was done there since.
    pub kept: i64,
    /// Started at.
    pub created: Micros,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Its rows are being found.
    Waiting,
    /// It goes from row to row.
    Running,
    /// It came to its end.
    Done,
    /// Somebody stopped it.
    Cancelled,
    /// It could not go on.
    Failed,
    /// What it did is being taken back.
    Undoing,
    /// What it did was taken back.
    Undone,
}

impl JobState {
    /// Every state.
    pub const ALL: [Self; 7] = [Self::Waiting, Self::Running, Self::Done, Self::Cancelled, Self::Failed, Self::Undoing, Self::Undone];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether something is still to be done.
    pub fn is_on_the_way(self) -> bool {
        match self {
            Self::Waiting | Self::Running | Self::Undoing => true,
            Self::Done | Self::Cancelled | Self::Failed | Self::Undone => false,
        }
    }
}

impl Job {
    /// Whether what it did can be taken back. Of a group of rows that was interrupted it is not known what was done.
    pub fn can_be_undone(&self) -> bool {
        let is_left = self.done > self.undone + self.kept;
        let is_interrupted = self.total.is_some_and(|total| self.looked_at() < total);
        self.own
            && match self.state {
                JobState::Done => is_left,
                JobState::Cancelled | JobState::Failed => is_left || is_interrupted,
                JobState::Waiting | JobState::Running | JobState::Undoing | JobState::Undone => false,
            }
    }

    /// Rows that it has looked at.
    pub fn looked_at(&self) -> i64 {
        self.done + self.already + self.gone + self.refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_job_is_said() {
        let start = |rows, action| StartJob { object: "logs".into(), rows, action }.check().map_err(|problem| problem.to_string());
        let tag = || JobAction::Tag { add: vec!["Triage".to_owned()], remove: Vec::new() };
        let picked = |count: usize| JobRows::Picked(vec!["row".into(); count]);
        assert_eq!(start(picked(0), tag()), Err("ids: Pick one row at least.".to_owned()));
        assert_eq!(
            start(picked(2_001), tag()),
            Err("ids: Pick at most 2000 rows; these are 2001. Select everything that matches instead.".to_owned())
        );
        let many = JobAction::Tag { add: Vec::new(), remove: vec!["tag".to_owned(); 51] };
        assert_eq!(start(picked(1), many), Err("tags: Put on or take off at most 50 tags at once.".to_owned()));
        let long = JobAction::Tag { add: Vec::new(), remove: vec!["t".repeat(1_001)] };
        assert_eq!(start(picked(1), long), Err("tags: The name of a tag has at most 1000 bytes.".to_owned()));
        let nothing = JobAction::Tag { add: Vec::new(), remove: Vec::new() };
        assert_eq!(start(picked(1), nothing), Err("action: Name a tag to put on, or one to take off.".to_owned()));
        let flag = |note: &str, count: usize| {
            let assignees = (0..count).map(|number| format!("p{number}").into()).collect();
            start(picked(1), JobAction::Flag { list: None, note: Some(note.to_owned()), assignees, sample: None })
        };
        assert_eq!(flag(&"n".repeat(10_001), 0), Err("note: Use at most 10,000 characters, without a NUL.".to_owned()));
        assert_eq!(flag("", 101), Err("assignees: At most 100 people can be asked to review one row.".to_owned()));
        assert_eq!(flag("Is this right?", 2), Ok(()));
        let draw = |rows, sample| start(rows, JobAction::Flag { list: None, note: None, assignees: Vec::new(), sample: Some(sample) });
        assert_eq!(draw(JobRows::Matching(String::new()), 0), Err("sample: Draw one row at least.".to_owned()));
        assert_eq!(
            draw(picked(2), 1),
            Err("sample: Draw from everything that matches a filter, not from rows that were picked.".to_owned())
        );
        assert_eq!(draw(JobRows::Matching(String::new()), 20), Ok(()));
        assert_eq!(start(picked(2_000), tag()), Ok(()));
        assert_eq!(start(JobRows::Matching(String::new()), tag()), Ok(()));
    }

    #[test]
    fn many_are_more_than_a_hand_picks() {
        let start = |rows| StartJob { object: "logs".into(), rows, action: JobAction::Tag { add: Vec::new(), remove: Vec::new() } };
        assert!(!start(JobRows::Picked(vec!["row".into(); 100])).is_of_many());
        assert!(start(JobRows::Picked(vec!["row".into(); 101])).is_of_many());
        assert!(start(JobRows::Matching("tags includes 'a'".to_owned())).is_of_many());
    }

    #[test]
    fn states_have_words() {
        for state in JobState::ALL {
            assert_eq!(JobState::parse(state.as_str()), Some(state));
        }
    }
}
