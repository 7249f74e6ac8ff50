//! Markdown as HTML that is safe to put into a page: no HTML of the source, nothing loaded from elsewhere, no styles. Each block reads in
//! the direction of its own words.

use super::code;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};
use shared::markup::Html;

/// Blocks and marks inside one another; what is nested deeper is no text that anybody wrote, and is shown as plain text.
const DEEPEST: usize = 100;
/// Bytes of Markdown; longer text is shown as plain text.
const LONGEST: usize = 256 * 1024;

/// What a link to `person:<id>` shows in the place of its own words; none for what is no mention.
pub(super) type Names<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What is drawn in the place of an image with this address and these words; none for one that would have to be loaded from elsewhere.
pub(super) type Images<'a> = &'a dyn Fn(&str, &str) -> Option<Html>;

/// Renders Markdown that mentions nobody.
pub(super) fn html(text: &str) -> Html {
    html_naming(text, &|_| None)
}

/// Renders Markdown with mentions.
pub(super) fn html_naming(text: &str, names: Names<'_>) -> Html {
    written(text, names, &|_, _| None)
}

/// Renders Markdown with images.
pub(super) fn html_showing(text: &str, images: Images<'_>) -> Html {
    written(text, &|_| None, images)
}

fn written(text: &str, names: Names<'_>, images: Images<'_>) -> Html {
    let source = text.replace('\0', "\u{fffd}");
    let Some(page) = read(&source, names, images) else { return plain(text) };
    let mut html = String::with_capacity(source.len() + source.len() / 2);
    pulldown_cmark::html::push_html(&mut html, page.events.into_iter());
    Html::sanitised(html)
}

/// The ids that mentions in a text name, each once. What is found here is what [`html_naming`] draws.
pub(super) fn mentioned(text: &str) -> Vec<String> {
    let mut mentioned = read(text, &|id| Some(id.to_owned()), &|_, _| None).map(|page| page.mentioned).unwrap_or_default();
    mentioned.sort_unstable();
    mentioned.dedup();
    mentioned
}

/// The words of a text, without marks.
pub(super) fn words(text: &str, names: Names<'_>) -> String {
    let Some(page) = read(text, names, &|_, _| None) else { return text.to_owned() };
    let mut words = String::with_capacity(text.len());
    for event in &page.events {
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(text),
            Event::InlineHtml(_) | Event::Start(_) => {}
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link) => {}
            _ => words.push(' '),
        }
    }
    words
}

/// Reads Markdown; none for what is no text that anybody wrote.
fn read<'a>(source: &'a str, names: Names<'a>, images: Images<'a>) -> Option<Page<'a>> {
    if source.len() > LONGEST {
        return None;
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    // A short row of a wide table is filled with cells, so that little text can become very many events.
    let most = source.len() * 4 + 10_000;
    let mut page = Page {
        names,
        images,
        events: Vec::new(),
        links: Vec::new(),
        image: None,
        block: None,
        code: None,
        mentioned: Vec::new(),
        in_mention: false,
        around: 0,
    };
    let mut depth = 0_usize;
    for event in Parser::new_ext(source, options) {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST || page.events.len() > most {
            return None;
        }
        page.add(event);
    }
    Some(page)
}

/// A paragraph of plain text.
pub(super) fn plain(text: &str) -> Html {
    Html::sanitised(format!("<p dir=\"auto\">{}</p>\n", with_breaks(text)))
}

/// The events that are written, after everything unsafe was replaced.
struct Page<'a> {
    names: Names<'a>,
    images: Images<'a>,
    events: Vec<Event<'a>>,
    /// Whether each open link is written as one.
    links: Vec<bool>,
    /// The open image.
    image: Option<Image>,
    /// The text of the open block of HTML.
    block: Option<String>,
    /// The language and the text of the open block of code.
    code: Option<(CowStr<'static>, String)>,
    /// The ids that mentions name.
    mentioned: Vec<String>,
    /// Whether a mention is open, whose own words are not shown.
    in_mention: bool,
    /// Lists, quotations and tables around this place: the outermost has a direction of its own, and what is in it follows.
    around: usize,
}

/// An image, which becomes a link.
struct Image {
    address: Option<String>,
    /// The address as it was written.
    source: String,
    alternative: String,
    /// Images open inside of it.
    nested: usize,
}

impl<'a> Page<'a> {
    fn add(&mut self, event: Event<'a>) {
        if self.in_mention {
            // A link holds no link, so that the first end is its own.
            self.in_mention = !matches!(event, Event::End(TagEnd::Link));
            return;
        }
        if let Some(image) = self.image.as_mut() {
            match event {
                Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) | Event::Html(text) => image.alternative.push_str(&text),
                Event::SoftBreak | Event::HardBreak => image.alternative.push(' '),
                Event::Start(Tag::Image { .. }) => image.nested += 1,
                Event::End(TagEnd::Image) if image.nested > 0 => image.nested -= 1,
                Event::End(TagEnd::Image) => self.end_image(),
                _ => {}
            }
            return;
        }
        if let Some((_, code)) = self.code.as_mut() {
            match event {
                Event::Text(text) => code.push_str(&text),
                Event::End(_) => self.end_code(),
                _ => {}
            }
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Html(text) => match self.block.as_mut() {
                Some(block) => block.push_str(&text),
                None => self.raw(with_breaks(&text)),
            },
            Event::Text(text) => match self.block.as_mut() {
                Some(block) => block.push_str(&text),
                None => self.events.push(Event::Text(text)),
            },
            Event::InlineHtml(text) => self.raw(with_breaks(&text)),
            Event::SoftBreak => self.events.push(Event::HardBreak),
            event => self.events.push(event),
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        let tag = match tag {
            Tag::Heading { level, .. } => {
                let direction = self.direction();
                self.raw(format!("<{}{direction}>", demoted(level)));
                return;
            }
            Tag::Paragraph => {
                let direction = self.direction();
                self.raw(format!("<p{direction}>"));
                return;
            }
            Tag::BlockQuote(_) | Tag::List(_) | Tag::Table(_) => {
                if self.around == 0 {
                    self.raw("<div dir=\"auto\">".to_owned());
                }
                self.around += 1;
                // Alignments would be written as styles.
                if matches!(tag, Tag::Table(_)) { Tag::Table(Vec::new()) } else { tag }
            }
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(language) => word(&language),
                    CodeBlockKind::Indented => CowStr::Borrowed(""),
                };
                self.code = Some((language, String::new()));
                return;
            }
            Tag::HtmlBlock => {
                self.block = Some(String::new());
                return;
            }
            Tag::Link { dest_url, .. } if self.mention(&dest_url) => return,
            Tag::Link { link_type, dest_url, .. } => {
                let address = if link_type == LinkType::Email { format!("mailto:{dest_url}") } else { dest_url.into_string() };
                let address = safe_address(address);
                self.links.push(address.is_some());
                if let Some(address) = address {
                    self.raw(anchor(&address));
                }
                return;
            }
            Tag::Image { dest_url, .. } => {
                // A link inside a link is no HTML.
                let source = dest_url.into_string();
                let address = if self.links.contains(&true) { None } else { safe_address(source.clone()) };
                self.image = Some(Image { address, alternative: String::new(), nested: 0, source });
                return;
            }
            tag => tag,
        };
        self.events.push(Event::Start(tag));
    }

    /// Draws a mention, if the address is one of somebody.
    fn mention(&mut self, address: &str) -> bool {
        let Some(id) = address.strip_prefix("person:") else { return false };
        let Some(name) = (self.names)(id) else { return false };
        self.mentioned.push(id.to_owned());
        self.raw("<span class=\"mention\">".to_owned());
        self.events.push(Event::Text(format!("@{name}").into()));
        self.raw("</span>".to_owned());
        self.in_mention = true;
        true
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => self.end_block(format!("</{}>\n", demoted(level))),
            TagEnd::Paragraph => self.end_block("</p>\n".to_owned()),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Table => {
                self.events.push(Event::End(tag));
                self.around = self.around.saturating_sub(1);
                if self.around == 0 {
                    self.end_block("</div>\n".to_owned());
                }
            }
            TagEnd::HtmlBlock => {
                let text = self.block.take().unwrap_or_default();
                let direction = self.direction();
                self.raw(format!("<p{direction}>{}", with_breaks(text.trim_end())));
                self.end_block("</p>\n".to_owned());
            }
            TagEnd::Link => {
                if self.links.pop() == Some(true) {
                    self.raw("</a>".to_owned());
                }
            }
            tag => self.events.push(Event::End(tag)),
        }
    }

    fn end_code(&mut self) {
        let Some((language, text)) = self.code.take() else { return };
        if code::lines(&text) == 1 {
            let kind = if language.is_empty() { CodeBlockKind::Indented } else { CodeBlockKind::Fenced(language) };
            self.events.extend([Event::Start(Tag::CodeBlock(kind)), Event::Text(text.into()), Event::End(TagEnd::CodeBlock)]);
            return;
        }
        for part in code::parts(&text, &language) {
            self.events.push(Event::Html(part.before.into_string().into()));
            self.events.push(Event::Text(part.lines.to_owned().into()));
            self.events.push(Event::Html(part.after.into_string().into()));
        }
    }

    fn end_image(&mut self) {
        let Some(image) = self.image.take() else { return };
        let alternative = image.alternative.trim();
        // A link holds no link, and an image leads to its full size.
        if let Some(shown) = (self.images)(&image.source, alternative).filter(|_| !self.links.contains(&true)) {
            self.raw(shown.into_string());
            return;
        }
        let label = if alternative.is_empty() { "[image]".to_owned() } else { format!("[image: {}]", escape(alternative)) };
        self.raw(match image.address {
            Some(address) => format!("{}{label}</a>", anchor(&address)),
            None => label,
        });
    }

    /// What a block says about its direction.
    fn direction(&self) -> &'static str {
        if self.around == 0 { " dir=\"auto\"" } else { "" }
    }

    /// HTML that was made here and ends a block, which parts words.
    fn end_block(&mut self, html: String) {
        self.events.push(Event::Html(html.into()));
    }

    /// HTML that was made here.
    fn raw(&mut self, html: String) {
        self.events.push(Event::InlineHtml(html.into()));
    }
}

/// The level below the headings of the page.
fn demoted(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H4,
        HeadingLevel::H2 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

/// The language of a block of code as one harmless word.
fn word(language: &str) -> CowStr<'static> {
    let harmless = |character: &char| character.is_ascii_alphanumeric() || "+-_#.".contains(*character);
    language.chars().take_while(harmless).take(40).collect::<String>().into()
}

/// The address, if following it can only open a page or a letter.
fn safe_address(address: String) -> Option<String> {
    let scheme = address.split_once(':')?.0.to_ascii_lowercase();
    matches!(scheme.as_str(), "http" | "https" | "mailto").then_some(address)
}

fn anchor(address: &str) -> String {
    format!("<a href=\"{}\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">", escape(address))
}

/// Escaped text whose lines stay lines.
fn with_breaks(text: &str) -> String {
    escape(text).replace('\n', "<br />\n")
}

/// Text that can stand in HTML, between tags and in attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\0' => escaped.push('\u{fffd}'),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
