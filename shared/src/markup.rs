//! HTML as a type, so that no text from outside can be taken for it.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Display, Write};

/// HTML that may stand in a page: made by [`html!`](crate::html), escaped from text, our own, or sanitised by the renderer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// Text, escaped.
    pub fn text(text: &str) -> Self {
        Self(Drawn(text).to_string())
    }

    /// HTML that stands in our own sources.
    pub fn ours(html: &'static str) -> Self {
        Self(html.to_owned())
    }

    /// HTML that a renderer made of something from outside, without anything in it that a page must not hold.
    pub fn sanitised(html: String) -> Self {
        Self(html)
    }

    /// What [`html!`](crate::html) put together.
    #[doc(hidden)]
    pub fn assembled(html: String) -> Self {
        Self(html)
    }

    /// Adds more of it.
    pub fn push(&mut self, more: &Self) {
        self.0.push_str(&more.0);
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As text, to be put into a page.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Html>>(parts: I) -> Self {
        Self(parts.into_iter().map(Self::into_string).collect())
    }
}

/// Puts HTML together: like [`format!`], but every value is escaped that is not [`Html`](crate::markup::Html) already. Values stand
/// after the text, never in its braces.
///
/// ```
/// use shared::html;
/// assert_eq!(html!(r#"<b title="{}">{}</b>"#, "\"a\"", html!("{}<br>", 1)).as_str(), r#"<b title="&quot;a&quot;">1<br></b>"#);
/// ```
#[macro_export]
macro_rules! html {
    // What `concat!` gives cannot name variables, which would not be escaped.
    ($text:literal $(, $part:expr)* $(,)?) => {
        $crate::markup::Html::assembled(::std::format!(::std::concat!($text) $(, $crate::markup::Drawn(&$part))*))
    };
}

/// A value as HTML shows it.
#[doc(hidden)]
pub struct Drawn<'a, T: Drawable + ?Sized>(pub &'a T);

impl<T: Drawable + ?Sized> Display for Drawn<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.draw(formatter)
    }
}

/// What [`html!`](crate::html) can put into HTML.
pub trait Drawable {
    /// Writes it, between tags or in a quoted attribute.
    ///
    /// # Errors
    /// When nothing can be written.
    fn draw(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl Drawable for Html {
    fn draw(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Drawable for str {
    fn draw(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.chars() {
            match character {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '"' => formatter.write_str("&quot;")?,
                '\'' => formatter.write_str("&#39;")?,
                other => formatter.write_char(other)?,
            }
        }
        Ok(())
    }
}

impl Drawable for String {
    fn draw(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().draw(formatter)
    }
}

impl<T: Drawable + ?Sized> Drawable for &T {
    fn draw(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).draw(formatter)
    }
}

impl<T: Drawable> Drawable for Option<T> {
    fn draw(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().map_or(Ok(()), |part| part.draw(formatter))
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Drawable for $number {
            fn draw(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.fmt(formatter)
            }
        })*
    };
}

numbers!(i32, i64, u32, usize);

#[cfg(test)]
mod tests {
    use super::Html;

    #[test]
    fn nothing_from_outside_opens_a_tag_or_leaves_an_attribute() {
        let text = r#"<img src=x onerror='alert(1)'> & "more""#;
        let escaped = "&lt;img src=x onerror=&#39;alert(1)&#39;&gt; &amp; &quot;more&quot;";
        assert_eq!(Html::text(text).as_str(), escaped);
        assert_eq!(html!("<p>{}</p>", text).as_str(), format!("<p>{escaped}</p>"));
        assert_eq!(
            html!(r#"<p title="{0}">{0}{1}</p>"#, text.to_owned(), Some(3)).as_str(),
            format!(r#"<p title="{escaped}">{escaped}3</p>"#)
        );
    }

    #[test]
    fn html_stays_html() {
        let list: Html = ["a", "<"].iter().map(|text| html!("<li>{}</li>", text)).collect();
        assert_eq!(html!("<ul>{}{}</ul>", list, None::<Html>).as_str(), "<ul><li>a</li><li>&lt;</li></ul>");
    }
}
