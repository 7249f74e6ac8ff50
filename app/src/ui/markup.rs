//! Parts as [`Html`], for lists that draw many rows at once: a row that the browser parses as a whole costs a fraction of
//! one that is put together node by node.

use super::{IconName, IconSize, tag_color, time};
use shared::address::row_link;
use shared::html;
use shared::markup::Html;
use shared::objects::{ObjectKind, RowAddress};

/// Characters of an id that tell rows apart.
const ID: usize = 8;

/// What an element holds, as `inner_html` takes it: nothing else may be given to it.
pub fn inner(html: Html) -> String {
    html.into_string()
}

/// A value that a form sends unseen.
pub fn hidden_input(name: &str, value: &str) -> Html {
    html!(r#"<input type="hidden" name="{}" value="{}">"#, name, value)
}

/// What [`super::Icon`] draws.
pub fn icon(name: IconName, size: IconSize) -> Html {
    drawing(name, size, &Html::ours(r#"aria-hidden="true""#))
}

/// An icon that stands for words, which are read out in its place.
pub fn icon_for(name: IconName, words: &str) -> Html {
    drawing(name, IconSize::default(), &html!(r#"role="img" aria-label="{}""#, words))
}

fn drawing(name: IconName, size: IconSize, attributes: &Html) -> Html {
    html!(r#"<svg class="{}" viewBox="0 0 16 16" {}><use href="{}"/></svg>"#, size.class(), attributes, name.reference())
}

/// What [`super::RelativeTime`] draws. `now` is nothing until the page is hydrated.
pub fn relative_time(micros: i64, now: Option<i64>) -> Html {
    let [machine, exact, text] = time::texts(micros, now);
    html!(r#"<time datetime="{}" title="{}">{}</time>"#, machine, exact, text)
}

/// What [`super::TagChip`] draws.
pub fn tag_chip(name: &str, color: Option<&str>) -> Html {
    html!(r#"<span class="tag {}">{}</span>"#, color.unwrap_or_else(|| tag_color(name)), name)
}

/// The link to the row that another was made of.
pub fn row_origin(organization: &str, row: &RowAddress) -> Html {
    let word = match row.object_type {
        ObjectKind::ProjectLogs => "Logs",
        ObjectKind::Experiment => "Experiment",
        ObjectKind::Dataset => "Dataset",
    };
    let link = row_link(organization, row.object_type, &row.object_id, &row.id);
    let id: String = row.id.as_str().chars().take(ID).collect();
    html!(r#"<a class="link" href="{}" rel="external">{} <code>{}</code></a>"#, link, word, id)
}

#[cfg(test)]
mod tests {
    use super::{icon_for, tag_chip};
    use crate::ui::IconName;

    #[test]
    fn nothing_from_outside_opens_a_tag_or_leaves_an_attribute() {
        assert_eq!(tag_chip("<b>", Some("c-teal")).as_str(), r#"<span class="tag c-teal">&lt;b&gt;</span>"#);
        assert!(icon_for(IconName::Tool, r#"a" onload="b"#).as_str().contains(r#"aria-label="a&quot; onload=&quot;b""#));
    }
}
