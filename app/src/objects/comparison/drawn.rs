//! A comparison as the server draws it: what ran, the scores, and a page of rows.

use super::ComparisonView;
use super::versus::{Versus, anchor};
use crate::ui::markup::{icon, relative_time};
use crate::ui::{IconName, IconSize, format, score_bar, score_source};
use shared::address::{ComparisonAddress, LogsAddress, RowsPage, RowsShown, comparison_page, project_page};
use shared::comparison::{ComparedRow, ComparedScore, ComparedSide, OpenComparison, RanExperiment, SideBySide};
use shared::experiments::ScoreTrend;
use shared::html;
use shared::markup::Html;
use shared::summary::TraceScore;
use shared::texts::{DiffKind, DiffPart};
use store::Desk;

/// The length of a score's track in pixels.
const TRACK: u32 = 30;

/// The comparison that is asked for.
pub(in crate::objects) async fn draw(desk: &Desk, query: OpenComparison) -> store::Result<ComparisonView> {
    let (id, address) = (query.project.clone(), query.address.clone());
    let comparison = desk.open_comparison(query).await?;
    let project = desk.project(&id).await?.name;
    let page = |path: &str| project_page(desk.organization(), &project, path);
    let drawing = Drawing { address, comparison: &comparison, page: &page };
    Ok(ComparisonView {
        names: comparison.experiments.iter().map(|ran| ran.name.clone()).collect(),
        objects: comparison.experiments.iter().map(|ran| ran.id.clone()).collect(),
        drawn: drawing.whole(),
        as_of: comparison.as_of,
        others: comparison.others,
    })
}

/// The scores of an experiment against its base; nothing where they share none.
pub(in crate::objects) async fn against(desk: &Desk, query: OpenComparison, name: &str) -> store::Result<Html> {
    let (project, base) = (desk.project(&query.project).await?.name, query.base.clone());
    let mut scores = desk.compared_scores(query).await?;
    scores.retain(|score| score.sides.iter().any(|side| side.paired.pairs > 0));
    let page = project_page(desk.organization(), &project, &comparison_page(&base));
    let rows = |score: &str, change: ScoreTrend, with: &str| {
        let shown = Some(RowsShown::Changed { change, score: score.to_owned(), experiment: with.to_owned() });
        let address = ComparisonAddress { with: vec![with.to_owned()], shown, ..ComparisonAddress::default() };
        (page.clone() + &address.to_query(), false)
    };
    Ok(Versus { base: &base, with: vec![name], rows: &rows }.draw(&scores))
}

struct Drawing<'a> {
    address: ComparisonAddress,
    comparison: &'a SideBySide,
    /// The address of a page of the project.
    page: &'a dyn Fn(&str) -> String,
}

impl Drawing<'_> {
    fn whole(&self) -> Html {
        let comparison = self.comparison;
        let cut: Html = comparison
            .cut
            .iter()
            .map(|(name, rows)| {
                let rows = format::counted(*rows, "row is", "rows are");
                let words = format!("only the newest {rows} compared; what seems missing there may only be older.");
                html!(r#"<p class="hint comparison-note">Of {} {}</p>"#, name, words)
            })
            .collect();
        let left_out = (comparison.scores_left_out > 0).then(|| {
            let words = format::counted(comparison.scores_left_out, "more score is", "more scores are");
            html!(r#"<p class="hint comparison-note">{} not compared.</p>"#, words)
        });
        let cut = html!("{}{}", cut, left_out);
        if comparison.experiments.len() < 2 {
            let choose = Html::ours(r#"<p class="hint comparison-note">Choose an experiment to compare with this one.</p>"#);
            return html!("{}{}{}{}", self.ran(), cut, choose, self.rows());
        }
        let names: Vec<&str> = comparison.experiments.iter().map(|ran| ran.name.as_str()).collect();
        let rows = |score: &str, change: ScoreTrend, with: &str| {
            let shown = RowsShown::Changed { change, score: score.to_owned(), experiment: with.to_owned() };
            let is_shown = self.address.shown.as_ref() == Some(&shown);
            (self.link(&self.address.with_shown(Some(shown))), is_shown)
        };
        let versus = match names.split_first() {
            Some((base, with)) => Versus { base, with: with.to_vec(), rows: &rows }.draw(&comparison.scores),
            None => Html::default(),
        };
        let summary = html!(r#"<section aria-label="Summary">{}</section>"#, versus);
        html!("{}{}{}{}{}", self.ran(), cut, summary, self.filter(), self.rows())
    }

    /// The address of the same page with another query.
    fn link(&self, address: &ComparisonAddress) -> String {
        let base = self.comparison.experiments.first().map_or("", |ran| &ran.name);
        (self.page)(&comparison_page(base)) + &address.to_query()
    }

    fn ran(&self) -> Html {
        let comparison = self.comparison;
        let rows: Html = comparison.experiments.iter().enumerate().map(|(side, ran)| self.ran_of(side, ran)).collect();
        html!(
            r#"<table class="ran"><thead><tr><th scope="col">What ran, of {}</th><th scope="col" class="num">Ran</th><th scope="col" class="num">Failed</th><th scope="col" class="num">Missing</th><th scope="col" class="num trials">Trials</th><th scope="col" class="num cost">Cost a row</th><th scope="col" class="num took">Duration</th><th scope="col" class="started">Created</th></tr></thead><tbody>{}</tbody></table>"#,
            format::counted(comparison.inputs, "input", "inputs"),
            rows
        )
    }

    fn ran_of(&self, side: usize, ran: &RanExperiment) -> Html {
        let count = |number: u64, shown: RowsShown, class: &str, word: &str| {
            let words = html!(r#"{}<span class="sr"> {} in {}</span>"#, format::count(number), word, ran.name);
            // Without another there are no rows to lead to.
            if number == 0 || self.comparison.experiments.len() < 2 {
                return html!(r#"<span class="muted">{}</span>"#, words);
            }
            let current = (self.address.shown.as_ref() == Some(&shown)).then(|| Html::ours(r#" aria-current="true""#));
            anchor(class, &self.link(&self.address.with_shown(Some(shown))), &current.unwrap_or_default(), &words)
        };
        let base = (side == 0).then(|| Html::ours(r#" <span class="badge">base</span>"#));
        let trials = match ran.trials {
            None => "–".to_owned(),
            Some((fewest, most)) if fewest == most => format!("{} each", format::count(most)),
            Some((fewest, most)) => format!("{} to {}", format::count(fewest), format::count(most)),
        };
        let name = anchor("link", &(self.page)(&RowsPage::Experiment(ran.name.clone()).path()), &Html::default(), &Html::text(&ran.name));
        html!(
            r#"<tr><th scope="row" class="clip">{}{}</th><td class="num" data-label="ran">{} of {}</td><td class="num" data-label="failed">{}</td><td class="num" data-label="missing">{}</td><td class="num soft trials">{}</td><td class="num soft cost">{}</td><td class="num soft took">{}</td><td class="started clip"><span class="hint">{} {}</span></td></tr>"#,
            name,
            base,
            format::count(ran.ran),
            format::count(self.comparison.inputs),
            count(ran.failed, RowsShown::Failed(ran.name.clone()), "link err", "failed"),
            count(ran.missing, RowsShown::Missing(ran.name.clone()), "link", "missing"),
            trials,
            ran.cost.map_or_else(|| "–".to_owned(), format::nanodollars),
            ran.duration.map_or_else(|| "–".to_owned(), |micros| format::duration(micros as f64 / 1e6)),
            ran.author.as_deref().unwrap_or_default(),
            relative_time(ran.created, None)
        )
    }

    /// Which rows are shown, how many, and in which order.
    fn filter(&self) -> Html {
        let address = &self.address;
        let chip = address.shown.as_ref().map(|shown| {
            let words = match shown {
                RowsShown::Changed { change, score, experiment } => html!("{} <b>{}</b> in <b>{}</b>", change.word(), score, experiment),
                RowsShown::Failed(experiment) => html!("failed in <b>{}</b>", experiment),
                RowsShown::Missing(experiment) => html!("missing in <b>{}</b>", experiment),
            };
            let words = html!("{} {}", words, icon(IconName::Close, IconSize::ExtraSmall));
            let name = Html::ours(r#" title="Show all rows""#);
            anchor("badge shown", &self.link(&address.with_shown(None)), &name, &words)
        });
        let toggle = |is_on: bool, changed: ComparisonAddress, title: &str, name: IconName, words: &str| {
            let on = if is_on { Html::ours(r#" aria-current="true""#) } else { Html::default() };
            let more = html!(r#"{} title="{}""#, on, title);
            anchor("btn small", &self.link(&changed), &more, &html!("{}{}", icon(name, IconSize::Small), words))
        };
        let first = |changed: ComparisonAddress| ComparisonAddress { after: None, ..changed };
        let differences = toggle(
            address.differences,
            first(ComparisonAddress { differences: !address.differences, ..address.clone() }),
            "Only rows where a score changed, or that failed or are missing somewhere",
            IconName::Diff,
            "Differences only",
        );
        let worst = toggle(
            address.worst_first,
            first(ComparisonAddress { worst_first: !address.worst_first, ..address.clone() }),
            "The rows that lost most come first",
            IconName::Sort,
            "Largest drop",
        );
        html!(
            r#"<div class="sides-head" role="group" aria-label="Rows">{}<span class="hint num" role="status">{} of {}</span><span class="grow"></span>{}{}</div>"#,
            chip,
            format::count(self.comparison.matching),
            format::count(self.comparison.inputs),
            differences,
            worst
        )
    }

    fn rows(&self) -> Html {
        let comparison = self.comparison;
        if comparison.inputs == 0 {
            return nothing("Nothing has run in these experiments yet.", &Html::default());
        }
        if comparison.rows.is_empty() {
            let all = ComparisonAddress { with: self.address.with.clone(), ..ComparisonAddress::default() };
            return nothing("No row is like that.", &anchor("link", &self.link(&all), &Html::default(), &Html::ours("Show all rows")));
        }
        let base = comparison.experiments.first().map_or("", |ran| &ran.name);
        let heads: Html = comparison
            .experiments
            .iter()
            .enumerate()
            .map(|(side, ran)| {
                let hint = if side == 0 { html!("base") } else { html!("words against {}", base) };
                html!(r#"<th scope="col"><span class="clip">{} <span class="hint">{}</span></span></th>"#, ran.name, hint)
            })
            .collect();
        let rows: Html = comparison.rows.iter().map(|row| self.row(row)).collect();
        let next = comparison.next.map(|after| {
            let address = ComparisonAddress { after: Some(after), ..self.address.clone() };
            anchor("btn small older", &self.link(&address), &Html::default(), &Html::ours("More rows"))
        });
        let first = self.address.after.map(|_| {
            let address = ComparisonAddress { after: None, ..self.address.clone() };
            anchor("btn small older", &self.link(&address), &Html::default(), &Html::ours("First rows"))
        });
        html!(
            r#"<table class="sides"><thead><tr><th scope="col">Input</th>{}</tr></thead><tbody>{}</tbody></table><div class="sides-foot">{}{}</div>"#,
            heads,
            rows,
            first,
            next
        )
    }

    fn row(&self, row: &ComparedRow) -> Html {
        let input = if row.input.is_empty() { Html::ours(r#"<span class="muted">no input</span>"#) } else { Html::text(&row.input) };
        let expected = (!row.expected.is_empty())
            .then(|| html!(r#"<div class="hint">Expected</div><div class="soft wanted" dir="auto">{}</div>"#, row.expected));
        let marks: Html =
            self.sides(row).skip(1).map(|(ran, side)| side.map_or_else(Html::default, |side| mark(side, &ran.name))).collect();
        let cells: Html = self.sides(row).map(|(ran, side)| self.side(row, ran, side)).collect();
        html!(r#"<tr><td><div class="asked" dir="auto">{}</div><div class="marks">{}</div>{}</td>{}</tr>"#, input, marks, expected, cells)
    }

    fn sides<'row>(&'row self, row: &'row ComparedRow) -> impl Iterator<Item = (&'row RanExperiment, Option<&'row ComparedSide>)> {
        self.comparison.experiments.iter().zip(row.sides.iter().map(Option::as_ref))
    }

    fn side(&self, row: &ComparedRow, ran: &RanExperiment, side: Option<&ComparedSide>) -> Html {
        let Some(side) = side else {
            return html!(r#"<td data-label="{}"><span class="muted">did not run</span></td>"#, ran.name);
        };
        let scores: Html =
            self.comparison.scores.iter().filter_map(|score| Some(scored(score, side.scores.get(&score.name)?, side))).collect();
        let output = output(side);
        let facts = [
            (side.trials > 1).then(|| format!("newest of {} trials, means of all", format::count(side.trials))),
            side.duration.map(|micros| format::duration(micros as f64 / 1e6)),
            side.tokens.map(|tokens| format!("{} tokens", format::count(tokens.unsigned_abs()))),
            side.cost.map(format::nanodollars),
        ];
        let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let trace = LogsAddress { trace: Some(side.root_span_id.clone()), ..LogsAddress::default() };
        let href = (self.page)(&RowsPage::Experiment(ran.name.clone()).path()) + &trace.to_query();
        let words = html!(r#"Open trace<span class="sr"> of {} in {}</span>"#, row.input.chars().take(60).collect::<String>(), ran.name);
        html!(
            r#"<td data-label="{}"><div class="scored">{}</div>{}<div class="facts hint"><span>{}</span> {}</div></td>"#,
            ran.name,
            scores,
            output,
            facts,
            anchor("link", &href, &Html::default(), &words)
        )
    }
}

/// What became of an input, at its side: worse where anything is, else better, and that it failed.
fn mark(side: &ComparedSide, name: &str) -> Html {
    let any = |change: ScoreTrend| side.changes.values().any(|changed| changed.change == change);
    let (tone, symbol, word) = if side.failed {
        ("bad", IconName::Warning, "failed")
    } else if any(ScoreTrend::Regressed) {
        ("bad", IconName::Down, "regressed")
    } else if any(ScoreTrend::Improved) {
        ("good", IconName::Up, "improved")
    } else {
        return Html::default();
    };
    html!(r#"<span class="badge {}">{}<span class="clip">{} in {}</span></span>"#, tone, icon(symbol, IconSize::ExtraSmall), word, name)
}

/// A score with what it changed by.
fn scored(score: &ComparedScore, value: &TraceScore, side: &ComparedSide) -> Html {
    let change = side.changes.get(&score.name).and_then(|changed| {
        let tone = match changed.change {
            ScoreTrend::Improved => "up",
            ScoreTrend::Regressed => "down",
            ScoreTrend::Unchanged => return None,
        };
        Some(html!(r#"<span class="delta {}">{}</span>"#, tone, format::points(changed.difference * 100.0)?))
    });
    let (_, words) = score_source(score.kind);
    html!(
        r#"<div class="pair"><span class="clip soft" title="{}: {}">{}</span>{}{}</div>"#,
        words,
        score.name,
        score.name,
        score_bar(value.kind, Some(value.value), value.spread, TRACK),
        change
    )
}

fn output(side: &ComparedSide) -> Html {
    let more = side.cut.then(|| Html::ours(r#"<span class="muted">…</span>"#));
    if side.is_error {
        let text: String = side.output.iter().map(|part| part.text.as_str()).collect();
        return html!(r#"<div class="said-there err">Failed: {}{}</div>"#, text, more);
    }
    let part = |part: &DiffPart| match part.kind {
        DiffKind::Same => Html::text(&part.text),
        DiffKind::Removed => html!("<del>{}</del>", part.text),
        DiffKind::Added => html!("<ins>{}</ins>", part.text),
    };
    let text: Html = side.output.iter().map(part).collect();
    if text.is_empty() {
        return Html::ours(r#"<div class="said-there muted">no output</div>"#);
    }
    html!(r#"<div class="said-there" dir="auto">{}{}</div>"#, text, more)
}

fn nothing(words: &str, link: &Html) -> Html {
    html!(r#"<div class="empty small"><div class="in"><h2>{}</h2><p>{}</p></div></div>"#, words, link)
}
