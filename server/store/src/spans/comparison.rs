//! Experiments beside one another: what ran, what changed, and a page of their rows, joined on the input.
//!
//! Each experiment is looked at on its own, so that one comparison holds one connection at a time; what changes meanwhile comes as an event.

mod joined;
mod sides;

use crate::looking::experiments::{Measured, measure};
use crate::people::names::{people, same_name};
use crate::projects::questions;
use crate::{Desk, Result};
use joined::{Joined, Rule};
use shared::Problem;
use shared::address::ComparisonAddress;
use shared::comparison::{ComparedRow, ComparedScore, MOST_EXPERIMENTS, OpenComparison, RanExperiment, ScoreSide, SideBySide};
use shared::experiments::{Paired, Values};
use shared::objects::{NamedObject, ObjectKind, Place};
use shared::permissions::Action;
use shared::summary::ScoreKind;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Rows of each experiment that are compared at most, the newest.
const MOST_ROWS: usize = 20_000;

/// Scores that are compared at most.
const MOST_SCORES: usize = 40;

/// Inputs of a page.
const PAGE: usize = 25;

/// Experiments that were measured to be compared, the base first.
struct Compared {
    objects: Vec<NamedObject>,
    /// The names of the others.
    others: Vec<String>,
    measured: Vec<Measured>,
    /// The names of scores of which less is better.
    lower: HashSet<String>,
    /// How many scores there are beyond these.
    scores_left_out: u64,
    as_of: i64,
}

impl Desk {
    /// Experiments side by side, as far as the caller may see: sums over all rows, and a page of those that the address asks for.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a name that no experiment has, [`Problem::Invalid`] for one that is named twice, for too many of them, and
    /// for rows of an experiment that is not compared.
    pub async fn open_comparison(&self, query: OpenComparison) -> Result<SideBySide> {
        self.require(Action::Read)?;
        let compared = self.compared(&query).await?;
        let joined = Joined::of(&compared.measured);
        let (matching, page) = compared.page(&joined, &query.address)?;
        let (page, more) = page.split_at_checked(PAGE).map_or((&page[..], false), |(page, rest)| (page, !rest.is_empty()));
        let rows = self.rows_of_page(&compared, &joined, page).await?;
        let next = rows.last().filter(|_| more).map(|row: &ComparedRow| row.place);
        Ok(SideBySide {
            experiments: self.ran(&compared, &joined).await?,
            inputs: joined.inputs.len() as u64,
            scores: compared.scores(),
            matching,
            rows,
            next,
            scores_left_out: compared.scores_left_out,
            cut: compared
                .each()
                .filter(|(_, measured)| measured.cut)
                .map(|(object, measured)| (object.name.clone(), measured.rows.len() as u64))
                .collect(),
            others: compared.others,
            as_of: compared.as_of,
        })
    }

    /// Every score of experiments against their base, without their rows.
    ///
    /// # Errors
    /// As of [`Desk::open_comparison`].
    pub async fn compared_scores(&self, query: OpenComparison) -> Result<Vec<ComparedScore>> {
        self.require(Action::Read)?;
        Ok(self.compared(&query).await?.scores())
    }

    async fn compared(&self, query: &OpenComparison) -> Result<Compared> {
        let all = self.objects(ObjectKind::Experiment, &query.project).await?;
        let objects = chosen(&all, &query.base, &query.address.with)?;
        let others = all.iter().filter(|other| objects.iter().all(|object| object.id != other.id)).map(|other| other.name.clone());
        let others = others.collect();
        let lower = questions::lower_is_better(self.store.readers(), &query.project).await?;
        let (mut measured, mut as_of) = (Vec::new(), i64::MAX);
        for object in &objects {
            let view = self.search_view(&object.id).await?;
            as_of = as_of.min(view.as_of);
            measured.push(measure(&view, Some(MOST_ROWS)).await?);
        }
        let scores_left_out = leave_out(&mut measured);
        Ok(Compared { objects, others, measured, lower, scores_left_out, as_of })
    }

    /// What ran of each.
    async fn ran(&self, compared: &Compared, joined: &Joined) -> Result<Vec<RanExperiment>> {
        let authors = compared.objects.iter().filter_map(|object| object.created_by.clone()).map(|id| id.0);
        let authors = people(self.store.readers(), authors).await?;
        let ran = compared.each().enumerate().map(|(side, (object, measured))| {
            let trials: Vec<u64> = joined.inputs.iter().map(|input| input.rows(side).len() as u64).filter(|rows| *rows > 0).collect();
            let mean = |name: &str| measured.metrics.get(name).and_then(Values::mean);
            RanExperiment {
                id: object.id.clone(),
                name: object.name.clone(),
                ran: trials.len() as u64,
                failed: joined.inputs.iter().filter(|input| input.has_failed(side, measured)).count() as u64,
                missing: (joined.inputs.len() - trials.len()) as u64,
                trials: trials.iter().min().copied().zip(trials.iter().max().copied()),
                cost: mean("estimated_cost").map(|dollars| (dollars * 1e9).round() as i64),
                duration: mean("duration").map(|seconds| (seconds * 1e6).round() as i64),
                created: object.created,
                author: object.created_by.as_ref().and_then(|author| authors.get(author)).map(|author| author.name.clone()),
            }
        });
        Ok(ran.collect())
    }
}

/// Leaves out the scores beyond those that are compared, and says how many these are. Those of people stay first.
fn leave_out(measured: &mut [Measured]) -> u64 {
    let mut kinds: BTreeMap<String, ScoreKind> = BTreeMap::new();
    for (name, kind) in measured.iter().flat_map(|measured| &measured.kinds) {
        let known = kinds.entry(name.clone()).or_insert(*kind);
        *known = ScoreKind::first_of([*known, *kind]);
    }
    let mut names: Vec<(bool, String)> =
        kinds.into_iter().map(|(name, kind)| (!matches!(kind, ScoreKind::Human | ScoreKind::Gold), name)).collect();
    names.sort();
    let left_out: BTreeSet<String> = names.into_iter().skip(MOST_SCORES).map(|(_, name)| name).collect();
    for measured in measured {
        measured.kinds.retain(|name, _| !left_out.contains(name));
        measured.scores.retain(|name, _| !left_out.contains(name));
    }
    left_out.len() as u64
}

/// The experiments that are named, the base first.
fn chosen(all: &[NamedObject], base: &str, with: &[String]) -> Result<Vec<NamedObject>> {
    if with.len() >= MOST_EXPERIMENTS {
        let reason = format!("Compare at most {MOST_EXPERIMENTS} experiments at once; these are {}.", with.len() + 1);
        return Err(Problem::invalid("with", reason).into());
    }
    let mut objects: Vec<NamedObject> = Vec::new();
    for name in [base].into_iter().chain(with.iter().map(String::as_str)) {
        let object = all.iter().find(|object| same_name(&object.name, name));
        let object = object.ok_or_else(|| Problem::not_found(format!("experiment \"{name}\" in this project")))?;
        if objects.iter().any(|known| known.id == object.id) {
            let reason = format!("\"{}\" cannot be compared with itself. Choose another experiment.", object.name);
            return Err(Problem::invalid("with", reason).into());
        }
        objects.push(object.clone());
    }
    Ok(objects)
}

impl Compared {
    fn each(&self) -> impl Iterator<Item = (&NamedObject, &Measured)> {
        self.objects.iter().zip(&self.measured)
    }

    fn higher_is_better(&self, score: &str) -> bool {
        !self.lower.contains(score)
    }

    /// Every score with how it fares, those of people first.
    fn scores(&self) -> Vec<ComparedScore> {
        let mut kinds: BTreeMap<&String, Vec<ScoreKind>> = BTreeMap::new();
        for (name, kind) in self.measured.iter().flat_map(|measured| &measured.kinds) {
            kinds.entry(name).or_default().push(*kind);
        }
        let nothing = Values::default();
        let mut scores: Vec<ComparedScore> = Vec::new();
        for (name, kinds) in kinds {
            let higher_is_better = self.higher_is_better(name);
            let mut values = self.measured.iter().map(|measured| measured.scores.get(name).unwrap_or(&nothing));
            let base = values.next().unwrap_or(&nothing);
            let sides = values.map(|values| ScoreSide {
                mean: values.mean(),
                buckets: values.buckets(),
                paired: Paired::of(values.differences(base).map(|(_, difference)| difference), higher_is_better),
            });
            let kind = match ScoreKind::first_of(kinds) {
                // Of some rows it was settled; whose it is are people.
                ScoreKind::Gold => ScoreKind::Human,
                kind => kind,
            };
            let (sides, buckets) = (sides.collect(), base.buckets());
            scores.push(ComparedScore { name: name.clone(), kind, higher_is_better, base: base.mean(), buckets, sides });
        }
        scores.sort_by_key(|score| score.kind != ScoreKind::Human);
        scores
    }

    /// How many inputs match, and the indexes of those from where the page begins.
    fn page(&self, joined: &Joined, address: &ComparisonAddress) -> Result<(u64, Vec<usize>)> {
        let rule = Rule::of(self, address)?;
        let mut matching: Vec<usize> = (0..joined.inputs.len()).filter(|index| rule.holds(&joined.inputs[*index])).collect();
        if address.worst_first {
            let mut losses: Vec<(f64, usize)> = matching.iter().map(|index| (rule.loss(&joined.inputs[*index]), *index)).collect();
            losses.sort_by(|one, other| one.0.total_cmp(&other.0));
            matching = losses.into_iter().map(|(_, index)| index).collect();
        }
        let total = matching.len() as u64;
        let place = |index: &usize| self.place(&joined.inputs[*index]);
        let before = address.after.and_then(|after| matching.iter().position(|index| place(index) == Some(after)));
        matching.drain(..before.map_or(0, |before| before + 1));
        Ok((total, matching))
    }

    /// The place of an input: that of its newest row in the first experiment that has it.
    fn place(&self, input: &joined::JoinedInput) -> Option<Place> {
        let first = self.measured.iter().enumerate().find_map(|(side, measured)| input.newest(side, measured))?;
        Some(Place { created: first.created, key: first.key.into() })
    }
}
