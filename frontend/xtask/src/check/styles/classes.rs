//! Reading classes: those that a style sheet names, and those that sources may give to what they draw.

use std::collections::BTreeSet;

/// The classes that a style sheet names.
pub fn styled(sheet: &str) -> BTreeSet<&str> {
    selectors(sheet).into_iter().flat_map(named).collect()
}

/// The selectors of a style sheet, one for each comma between them.
pub fn selectors(sheet: &str) -> Vec<&str> {
    let mut selectors = Vec::new();
    let mut rest = sheet;
    while let Some(start) = rest.find(|character| "{};/".contains(character)) {
        let (before, after) = rest.split_at(start);
        if let Some(comment) = after.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        if after.starts_with('{') && !before.trim_start().starts_with('@') {
            let mut depth = 0_i32;
            selectors.extend(before.split(move |character| {
                depth += i32::from(character == '(') - i32::from(character == ')');
                character == ',' && depth == 0
            }));
        }
        rest = &after[1..];
    }
    selectors.into_iter().map(str::trim).collect()
}

/// The classes that a selector names.
pub fn named(selector: &str) -> impl Iterator<Item = &str> {
    let unquoted = selector.split('"').step_by(2);
    unquoted.flat_map(|selector| selector.split('.').skip(1)).map(word).filter(|class| !class.is_empty())
}

/// The classes that sources may give.
pub struct DrawnClasses<'a> {
    /// Every word in a text or after `class:`.
    words: BTreeSet<&'a str>,
    /// What stands before a value that is put into a text: `d` of `d{depth}`.
    beginnings: BTreeSet<&'a str>,
    /// The words of `class="…"` and `class:…=`.
    given: BTreeSet<&'a str>,
}

impl<'a> DrawnClasses<'a> {
    pub fn of(sources: impl Iterator<Item = &'a str>) -> Self {
        let mut drawn = Self { words: BTreeSet::new(), beginnings: BTreeSet::new(), given: BTreeSet::new() };
        for source in sources {
            drawn.read(source);
        }
        drawn
    }

    /// Whether something may have a class.
    pub fn may_have(&self, class: &str) -> bool {
        let follows = |beginning: &str| {
            let rest = class.strip_prefix(beginning).filter(|rest| !rest.is_empty());
            rest.is_some_and(|rest| beginning.ends_with('-') || rest.chars().all(|character| character.is_ascii_digit()))
        };
        self.words.contains(class) || self.beginnings.iter().copied().any(follows)
    }

    /// The classes that something certainly has.
    pub fn given(&self) -> impl Iterator<Item = &'a str> {
        self.given.iter().copied()
    }

    fn read(&mut self, source: &'a str) {
        let source = source.find("#[cfg(test)]\nmod tests {").map_or(source, |start| &source[..start]);
        let mut before = "";
        let mut rest = source;
        while let Some(start) = rest.find(['"', '/', '\'']) {
            let (code, after) = rest.split_at(start);
            if after.starts_with("//") {
                rest = after.split_once('\n').map_or("", |(_, after)| after);
                continue;
            }
            if let Some(after) = after.strip_prefix("'\"'") {
                rest = after;
                continue;
            }
            if !after.starts_with('"') {
                rest = &after[1..];
                self.switched(code);
                continue;
            }
            before = if code.is_empty() { before } else { code };
            self.switched(code);
            let hashes = code.len() - code.trim_end_matches('#').len();
            let is_raw = code[..code.len() - hashes].ends_with('r');
            let text = if is_raw { raw(&after[1..], hashes) } else { plain(&after[1..]) };
            self.text(text);
            if before.ends_with("class=") {
                self.given.extend(text.split_whitespace().filter(|word| !word.contains('{')));
            }
            rest = &after[(text.len() + 2).min(after.len())..];
        }
    }

    /// Takes the classes of `class:name=` in code.
    fn switched(&mut self, code: &'a str) {
        for (start, word_before) in code.match_indices("class:") {
            let name = word(&code[start + word_before.len()..]);
            if !name.is_empty() && code[start + word_before.len() + name.len()..].starts_with('=') {
                self.words.insert(name);
                self.given.insert(name);
            }
        }
    }

    fn text(&mut self, text: &'a str) {
        let mut rest = text;
        while let Some(start) = rest.find(is_part) {
            let (before, from) = rest.split_at(start);
            let name = word(from);
            rest = &from[name.len()..];
            let is_value = before.ends_with('{') && !before.ends_with("{{");
            if rest.starts_with('{') && !rest.starts_with("{{") {
                self.beginnings.insert(name);
            } else if !is_value {
                self.words.insert(name);
            }
        }
    }
}

/// A text up to the quotation mark that ends it.
fn plain(text: &str) -> &str {
    let mut escaped = false;
    let end = text.char_indices().find(|(_, character)| {
        let ends = *character == '"' && !escaped;
        escaped = *character == '\\' && !escaped;
        ends
    });
    &text[..end.map_or(text.len(), |(end, _)| end)]
}

/// A raw text up to the quotation mark and the hashes that end it.
fn raw(text: &str, hashes: usize) -> &str {
    let end = ["\"", "#".repeat(hashes).as_str()].concat();
    &text[..text.find(&end).unwrap_or(text.len())]
}

fn is_part(character: char) -> bool {
    character.is_alphanumeric() || "-_".contains(character)
}

fn word(text: &str) -> &str {
    &text[..text.find(|character| !is_part(character)).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::{DrawnClasses, selectors, styled};

    #[test]
    fn classes_of_a_sheet_are_those_of_its_selectors() {
        let sheet = "/* .no */\n@layer ui {\n  .a-b.c:not(.d) > [href$=\".e\"], .f { margin: .5em url(x.g); --h: 1.2; }\n  @media (--i) { .j { k: l } }\n}";
        assert_eq!(styled(sheet).into_iter().collect::<Vec<_>>(), ["a-b", "c", "d", "f", "j"]);
    }

    #[test]
    fn selectors_end_where_they_stand_alone() {
        let sheet = "@media (--i) { /* a, b { */ .c, .d :is(.e, .f) { g: h } }";
        assert_eq!(selectors(sheet), [".c", ".d :is(.e, .f)"]);
    }

    #[test]
    fn classes_of_a_source_are_words_of_its_texts() {
        let source = concat!(
            "// \"no\"\nview! { <p class=\"one two\" class:three=move || true title=\"four\">'\"' </p> }\n",
            "format!(r#\"<b class=\"five {six}\">seven{}\"#); format!(\"d{} c-{color} {{eight}} it's \\\"nine\\\"\")\n",
            "#[cfg(test)]\nmod tests {\n \"never\" }"
        );
        let drawn = DrawnClasses::of([source].into_iter());
        assert_eq!(drawn.given().collect::<Vec<_>>(), ["one", "three", "two"]);
        for class in ["one", "two", "three", "four", "five", "d12", "c-teal", "eight", "nine"] {
            assert!(drawn.may_have(class), "{class}");
        }
        for class in ["no", "never", "six", "seven", "down", "d", "c-"] {
            assert!(!drawn.may_have(class), "{class}");
        }
    }
}
