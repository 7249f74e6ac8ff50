//! The style sheets of the bundle, each one from many: imports are put in place, comments and needless white space go.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::failure::{Explain, Failure, Outcome};

/// The sheet of every page, and the file that it is gathered from.
pub const FIRST_SHEET: (&str, &str) = ("touchstone.css", "main.css");

/// The sheets that come with parts of the bundle, each after those that it may stand on, with the parts that need it.
pub const PART_SHEETS: [(&str, &[&str]); 9] = [
    ("parts.css", &["administration", "columns", "filter", "selection", "trace", "views"]),
    ("administration.css", &["administration"]),
    ("filter.css", &["filter"]),
    ("selection.css", &["selection"]),
    ("trace.css", &["trace"]),
    ("review.css", &["review"]),
    ("tour.css", &["tour"]),
    ("views.css", &["views"]),
    ("columns.css", &["columns"]),
];

/// Reads the style sheets of a folder and everything they import, with what a `@custom-media` of the first one names in the place of the
/// names.
pub fn gather(folder: &Path) -> Outcome<BTreeMap<String, String>> {
    let (sheet, file) = FIRST_SHEET;
    let (media, first) = without_media(&imported_into(&folder.join(file))?)?;
    let mut sheets = BTreeMap::from([(sheet.to_owned(), put_media_in_place(&media, &first)?)]);
    for (sheet, _) in PART_SHEETS {
        sheets.insert(sheet.to_owned(), put_media_in_place(&media, &imported_into(&folder.join(sheet))?)?);
    }
    Ok(sheets)
}

/// The sheets that a part waits for.
pub fn sheets_of(part: &str) -> Vec<&'static str> {
    PART_SHEETS.iter().filter(|(_, parts)| parts.contains(&part)).map(|(sheet, _)| *sheet).collect()
}

fn imported_into(path: &Path) -> Outcome<String> {
    let text = fs::read_to_string(path).explain(|| format!("cannot read {}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    put_imports_in_place(&strip(&text), &mut |name| imported_into(&folder.join(name)))
}

/// Replaces each `@import` of a stripped style sheet by what `load` gives for it.
fn put_imports_in_place(text: &str, load: &mut dyn FnMut(&str) -> Outcome<String>) -> Outcome<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("@import ") {
        out.push_str(&rest[..start]);
        let statement = &rest[start + "@import ".len()..];
        let end = statement.find(';').ok_or_else(|| Failure("an @import does not end with `;`".into()))?;
        let name = imported(&statement[..end]).ok_or_else(|| {
            Failure(format!("`@import {}` is not understood; write it as `@import url(\"./name.css\");`", &statement[..end]))
        })?;
        out.push_str(&load(name)?);
        rest = &statement[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

/// What each `@custom-media` of a stripped style sheet names, and the sheet without them: browsers do not know them yet.
fn without_media(text: &str) -> Outcome<(Vec<(String, String)>, String)> {
    let mut media = Vec::new();
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(CUSTOM_MEDIA) {
        out.push_str(&rest[..start]);
        let (statement, after) = rest[start + CUSTOM_MEDIA.len()..].split_once(';').unwrap_or_default();
        let (name, query) =
            statement.split_once(' ').ok_or_else(|| Failure(format!("`{CUSTOM_MEDIA}{statement}` names nothing; end it with `;`")))?;
        media.push((format!("({name})"), query.to_owned()));
        rest = after;
    }
    out.push_str(rest);
    Ok((media, out))
}

/// Replaces each name of a medium in a stripped style sheet by what it names.
fn put_media_in_place(named: &[(String, String)], text: &str) -> Outcome<String> {
    let mut medias = text.split("@media ");
    let mut text = medias.next().unwrap_or_default().to_owned();
    for media in medias {
        let (condition, rest) = media.split_at(media.find('{').unwrap_or(media.len()));
        let condition = named.iter().fold(condition.to_owned(), |condition, (name, query)| condition.replace(name, query));
        if condition.contains("(--") {
            return Err(Failure(format!("`@media {condition}` names no @custom-media")));
        }
        text.push_str("@media ");
        text.push_str(&condition);
        text.push_str(rest);
    }
    Ok(text)
}

const CUSTOM_MEDIA: &str = "@custom-media ";

/// The file an import names; none for an import with conditions or layers, whose meaning would be lost.
fn imported(import: &str) -> Option<&str> {
    let import = import.trim();
    let address = import.strip_prefix("url(").and_then(|address| address.strip_suffix(')')).unwrap_or(import);
    let name = address.trim().strip_prefix('"')?.strip_suffix('"')?;
    (!name.contains('"') && !name.contains("://")).then_some(name)
}

/// Takes comments and needless white space out of a style sheet. Strings and addresses stay as they are.
///
/// White space goes only where it never has a meaning: beside `{`, `}`, `;` and `,`, after `:`, and where more follows.
/// The space before `:` stays, for `a :hover` is not `a:hover`.
fn strip(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut space = false;
    while let Some(next) = rest.chars().next() {
        if next.is_ascii_whitespace() {
            space = true;
            rest = &rest[next.len_utf8()..];
            continue;
        }
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
            // Between two words a comment separates without being white space; elsewhere nothing is left of it.
            let separates = !space && !out.ends_with(needs_no_space_after) && !rest.starts_with(|next: char| !next.is_alphanumeric());
            if separates && !rest.is_empty() {
                out.push_str("/**/");
            }
            continue;
        }
        let length = piece_length(rest);
        if space && !out.is_empty() && !out.ends_with(needs_no_space_after) && !matches!(next, '{' | '}' | ';' | ',') {
            out.push(' ');
        }
        space = false;
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

fn needs_no_space_after(character: char) -> bool {
    matches!(character, '{' | '}' | ';' | ',' | ':')
}

/// The length of what is to be copied without looking into it: a string, an address without quotes, or one character.
fn piece_length(rest: &str) -> usize {
    let first = rest.chars().next().map_or(1, char::len_utf8);
    match rest.as_bytes()[0] {
        quote @ (b'"' | b'\'') => {
            let mut escaped = false;
            for (at, byte) in rest.bytes().enumerate().skip(1) {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    _ if byte == quote => return at + 1,
                    _ => {}
                }
            }
            rest.len()
        }
        b'u' | b'U' if rest.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("url(")) => {
            let quoted = rest[4..].trim_start().starts_with(['"', '\'']);
            if quoted { 4 } else { rest.find(')').map_or(rest.len(), |end| end + 1) }
        }
        // An escaped character, so that an escaped quote does not begin a string.
        b'\\' => first + rest[first..].chars().next().map_or(0, char::len_utf8),
        _ => first,
    }
}

#[cfg(test)]
mod tests {
    use super::{put_imports_in_place, put_media_in_place, sheets_of, strip, without_media};

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(strip(text), expect);
    }

    #[test]
    fn comments_and_white_space_go() {
        check("/* title */\na  {\n  color : red ;\n\tmargin: 0  auto; /* why */\n}\n\nb, i { }\n", "a{color :red;margin:0 auto;}b,i{}");
    }

    #[test]
    fn what_has_a_meaning_stays() {
        check("a :hover > b + c ~ d { width: calc(1px + 2px); }", "a :hover > b + c ~ d{width:calc(1px + 2px);}");
        check("@media screen and (width < 60rem) { a { b: c } }", "@media screen and (width < 60rem){a{b:c}}");
        check("div /* a */ .b { }", "div .b{}");
        check("div/* a */.b { }", "div.b{}");
        check("x: 1/* a */2;", "x:1/**/2;");
    }

    #[test]
    fn strings_and_addresses_are_copied() {
        check("a { content: \"  /* no */ \\\"  ; \" ; }", "a{content:\"  /* no */ \\\"  ; \";}");
        check("a { content: '  ; ' }", "a{content:'  ; '}");
        check("a { src: url( \"a  b\" ) }", "a{src:url( \"a  b\" )}");
        check("a { src: url(data:image/svg+xml;a,  /*b*/) }", "a{src:url(data:image/svg+xml;a,  /*b*/)}");
        check(".a\\\"b  c { content: \"é  ü\" }", ".a\\\"b c{content:\"é  ü\"}");
    }

    #[test]
    fn an_unfinished_comment_or_string_ends_with_the_text() {
        check("a{} /* no end", "a{}");
        check("a{b:\"no end", "a{b:\"no end");
    }

    #[test]
    fn imports_are_put_in_place_in_order() {
        let text = strip("@layer a, b;\n@import url(\"./a.css\");\n@import \"b.css\";\nc { }\n");
        let gathered = put_imports_in_place(&text, &mut |name| Ok(format!("[{name}]"))).unwrap();
        assert_eq!(gathered, "@layer a,b;[./a.css][b.css]c{}");
    }

    #[test]
    fn named_media_are_put_in_place() {
        let text = strip("@custom-media --small (max-width: 9px);\na { }\n@media (--small), print { b { c: var(--small) } }");
        let (media, text) = without_media(&text).unwrap();
        assert_eq!(put_media_in_place(&media, &text).unwrap(), "a{}@media (max-width:9px),print{b{c:var(--small)}}");
        assert!(put_media_in_place(&media, "@media (--unknown){a{}}").is_err());
        assert!(without_media("@custom-media --small").is_err());
    }

    #[test]
    fn a_part_waits_for_its_sheets_in_their_order() {
        assert_eq!(sheets_of("trace"), ["parts.css", "trace.css"]);
        assert_eq!(sheets_of("filter"), ["parts.css", "filter.css"]);
        assert!(sheets_of("another").is_empty());
    }

    #[test]
    fn an_import_that_would_lose_its_meaning_is_refused() {
        for import in ["@import url(\"a.css\") print;", "@import \"https://example.org/a.css\";", "@import url(\"a.css\")"] {
            assert!(put_imports_in_place(import, &mut |_| Ok(String::new())).is_err(), "{import}");
        }
    }
}
