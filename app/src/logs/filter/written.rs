//! What of the filter bar the server writes into the page: the conditions of a filter and what is wrong with it. So the browser needs nothing
//! that reads filters to show them.

use crate::raw_query::relation;
use crate::ui::markup::icon;
use crate::ui::{IconName, IconSize};
use shared::address::LogsAddress;
use shared::filter::{Chip, Chips, Diagnostic, parse_expression};
use shared::html;
use shared::markup::Html;

/// A filter of more conditions was made by a machine, and is shown as the expression that it is.
const MOST: usize = 20;

/// The conditions of a filter, each in words, to be edited and with a link to the list without it; then what adds one. `others` is what else
/// the links keep.
pub(in crate::logs) fn conditions(filter: &str, others: &[(String, String)]) -> Html {
    let chips = parse_expression(filter).map(|expression| Chips::of(&expression)).unwrap_or_default();
    let address = LogsAddress { others: others.to_vec(), ..LogsAddress::default() };
    let close = icon(IconName::Close, IconSize::ExtraSmall);
    let condition = |(place, words): (usize, String)| {
        let query = address.with_filter(&chips.without(place).text()).to_query();
        let href = if query.is_empty() { "?".to_owned() } else { query };
        let rel = relation(&href).unwrap_or_default();
        html!(
            r#"<li class="chip"><button type="button" data-condition="{}" aria-haspopup="dialog" title="Edit: {}">{}</button><a href="{}" rel="{}" aria-label="Remove {}" title="Remove">{}</a></li>"#,
            place,
            words,
            words,
            href,
            rel,
            words,
            close
        )
    };
    let is_shown = (1..=MOST).contains(&chips.0.len());
    let conditions: Html = chips.0.iter().filter(|_| is_shown).map(Chip::words).enumerate().map(condition).collect();
    let list = is_shown.then(|| html!(r#"<ul class="chips" aria-label="Conditions">{}</ul>"#, conditions));
    let plus = icon(IconName::Plus, IconSize::Small);
    html!(r#"{}<button class="btn small" type="button" data-condition="" aria-haspopup="dialog">{}Add filter</button>"#, list, plus)
}

/// What is wrong with a filter, each with its place; empty where nothing is.
pub(in crate::logs) fn mistakes(filter: &str, mistakes: &[Diagnostic]) -> Html {
    if mistakes.is_empty() {
        return Html::default();
    }
    let line = |mistake: &Diagnostic| {
        let place = filter.get(mistake.span.start as usize..mistake.span.end as usize).filter(|place| !place.is_empty());
        let place = place.map(|place| html!("<code>{}</code>: ", place));
        html!("<li>{}{} {}</li>", place, mistake.message, mistake.help.as_deref().unwrap_or_default())
    };
    html!("<ul>{}</ul>", mistakes.iter().map(line).collect::<Html>())
}

#[cfg(test)]
mod tests {
    use super::{conditions, mistakes};
    use shared::filter::Diagnostic;

    const ADD: &str = r#"<button class="btn small" type="button" data-condition="""#;

    #[test]
    fn each_condition_leads_to_the_list_without_it() {
        let others = [("cols".to_owned(), "a&b".to_owned())];
        let html = conditions("scores.A > 75% and tags includes '<x>'", &others);
        let html = html.as_str();
        assert!(
            html.contains(
                r#"data-condition="0" aria-haspopup="dialog" title="Edit: A is greater than 75 %">A is greater than 75 %</button>"#
            ),
            "{html}"
        );
        assert!(html.contains(r#"href="?filter=tags%20includes%20%27%3Cx%3E%27&amp;cols=a%26b""#), "{html}");
        assert!(
            html.contains(r#"href="?filter=scores.A%20%3E%200.75&amp;cols=a%26b" rel="" aria-label="Remove Tags includes &lt;x&gt;""#),
            "{html}"
        );
        assert!(html.contains(ADD), "{html}");
        let alone = conditions("output like '%a%' or error is null", &[]);
        assert!(alone.as_str().contains(r#"<a href="?""#), "{}", alone.as_str());
    }

    #[test]
    fn what_has_no_conditions_to_show_can_have_one_added() {
        let long = ["error is null"; 21].join(" and ");
        for filter in ["", "scores.A >", long.as_str()] {
            assert!(conditions(filter, &[]).as_str().starts_with(ADD), "{filter}");
        }
    }

    #[test]
    fn mistakes_are_told_with_their_places() {
        let told = mistakes(
            "<b> = 1",
            &[Diagnostic::new(0..3, "Unknown.", "here").with_help("Did you mean `id`?"), Diagnostic::new(7..7, "More.", "")],
        );
        assert_eq!(told.as_str(), "<ul><li><code>&lt;b&gt;</code>: Unknown. Did you mean `id`?</li><li>More. </li></ul>");
        assert!(mistakes("id = 1", &[]).is_empty());
    }
}
