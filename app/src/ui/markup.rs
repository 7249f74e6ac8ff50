//! Parts as text, for lists that draw many rows at once: a row that the browser parses as a whole costs a fraction of
//! one that is put together node by node.
//!
//! Whatever comes from outside goes through [`escape`]; nothing else may stand between quotation marks or tags.

use super::{IconName, IconSize, tag_color, time};

/// Text as it may stand in HTML, between tags and in quoted attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A value that a form sends unseen.
pub fn hidden_input(name: &str, value: &str) -> String {
    [r#"<input type="hidden" name=""#, &escape(name), r#"" value=""#, &escape(value), r#"">"#].concat()
}

/// What [`super::Icon`] draws.
pub fn icon(name: IconName, size: IconSize) -> String {
    drawing(name, size, r#"aria-hidden="true""#)
}

/// An icon that stands for words, which are read out in its place.
pub fn icon_for(name: IconName, words: &str) -> String {
    drawing(name, IconSize::default(), &format!(r#"role="img" aria-label="{}""#, escape(words)))
}

fn drawing(name: IconName, size: IconSize, attributes: &str) -> String {
    format!(r#"<svg class="{}" viewBox="0 0 16 16" {attributes}><use href="{}"/></svg>"#, size.class(), name.reference())
}

/// What [`super::RelativeTime`] draws. `now` is nothing until the page is hydrated.
pub fn relative_time(micros: i64, now: Option<i64>) -> String {
    let [machine, exact, text] = time::texts(micros, now);
    format!(r#"<time datetime="{machine}" title="{exact}">{text}</time>"#)
}

/// What [`super::TagChip`] draws.
pub fn tag_chip(name: &str, color: Option<&str>) -> String {
    format!(r#"<span class="tag {}">{}</span>"#, color.unwrap_or_else(|| tag_color(name)), escape(name))
}

#[cfg(test)]
mod tests {
    use super::{escape, tag_chip};

    #[test]
    fn nothing_from_outside_opens_a_tag_or_leaves_an_attribute() {
        assert_eq!(
            escape(r#"<img src=x onerror='alert(1)'> & "more""#),
            "&lt;img src=x onerror=&#39;alert(1)&#39;&gt; &amp; &quot;more&quot;"
        );
        assert_eq!(tag_chip("<b>", Some("c-teal")), r#"<span class="tag c-teal">&lt;b&gt;</span>"#);
    }
}
