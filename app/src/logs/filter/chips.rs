//! The conditions of a filter as the server writes them into the page, so that the browser needs nothing that reads filters to show them.

use crate::raw_query::relation;
use crate::ui::markup::icon;
use crate::ui::{IconName, IconSize};
use shared::address::LogsAddress;
use shared::filter::{Chips, parse_expression};
use shared::html;
use shared::markup::Html;

/// A filter of more conditions was made by a machine, and is shown as the expression that it is.
const MOST: usize = 20;

/// The conditions of a filter: each in words, with a link to the list without it. `others` is what else the links keep.
pub(in crate::logs) fn chips(filter: &str, others: &[(String, String)]) -> Html {
    let Ok(expression) = parse_expression(filter) else { return Html::default() };
    let chips = Chips::of(&expression);
    if chips.0.len() > MOST {
        return Html::default();
    }
    let address = LogsAddress { others: others.to_vec(), ..LogsAddress::default() };
    let close = icon(IconName::Close, IconSize::ExtraSmall);
    let chip = |(place, words): (usize, String)| {
        let query = address.with_filter(&chips.without(place).text()).to_query();
        let href = if query.is_empty() { "?".to_owned() } else { query };
        let rel = relation(&href).unwrap_or_default();
        html!(
            r#"<li class="chip"><button type="button" data-chip="{}" aria-haspopup="dialog" title="Edit: {}">{}</button><a href="{}" rel="{}" aria-label="Remove {}" title="Remove">{}</a></li>"#,
            place,
            words,
            words,
            href,
            rel,
            words,
            close
        )
    };
    chips.0.iter().map(shared::filter::Chip::words).enumerate().map(chip).collect()
}

#[cfg(test)]
mod tests {
    use super::chips;

    #[test]
    fn each_chip_leads_to_the_list_without_it() {
        let others = [("cols".to_owned(), "a&b".to_owned())];
        let html = chips("scores.A > 75% and tags includes '<x>'", &others);
        let html = html.as_str();
        assert!(html.contains(r#">A is greater than 75 %</button>"#), "{html}");
        assert!(html.contains(r#"href="?filter=tags%20includes%20%27%3Cx%3E%27&amp;cols=a%26b""#), "{html}");
        assert!(
            html.contains(r#"href="?filter=scores.A%20%3E%200.75&amp;cols=a%26b" rel="" aria-label="Remove Tags includes &lt;x&gt;""#),
            "{html}"
        );
        let alone = chips("output like '%a%' or error is null", &[]);
        assert!(alone.as_str().contains(r#"<a href="?""#), "{}", alone.as_str());
        assert!(chips("", &[]).is_empty() && chips("scores.A >", &[]).is_empty());
        assert!(chips(&["error is null"; 21].join(" and "), &[]).is_empty());
    }
}
