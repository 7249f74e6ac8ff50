//! Style sheets come with the part of the bundle whose pages they style, so none may change what another part draws: a page would look one
//! way or the other, depending on where one has been before.

use std::collections::{BTreeMap, BTreeSet};

use super::classes::{named, selectors};
use crate::bundle::style::{FIRST_SHEET, PART_SHEETS};

/// The sheet that what both parts share is in; it comes with each of them.
const SHARED: &str = "parts.css";

/// What is wrong with how the sheets are cut. They are known by their paths.
pub fn wrong(sheets: &BTreeMap<String, String>) -> Vec<String> {
    let named_so: BTreeMap<&str, &str> =
        sheets.iter().map(|(path, text)| (path.rsplit('/').next().unwrap_or(path), text.as_str())).collect();
    let entries = || std::iter::once(FIRST_SHEET.1).chain(PART_SHEETS.map(|(sheet, _)| sheet));
    let imports: BTreeMap<&str, Vec<&str>> =
        entries().map(|entry| (entry, named_so.get(entry).map(|text| imported(text)).unwrap_or_default())).collect();

    let mut wrong = Vec::new();
    for sheet in named_so.keys().filter(|sheet| !imports.contains_key(*sheet)) {
        let times = imports.values().flatten().filter(|imported| *imported == sheet).count();
        if times != 1 {
            let all = entries().collect::<Vec<_>>().join(", ");
            wrong.push(format!("style/{sheet} is imported {times} times; import it once, in one of {all}"));
        }
    }
    let styled = |entry: &str| -> BTreeSet<&str> {
        let texts = imports.get(entry).into_iter().flatten().filter_map(|sheet| named_so.get(sheet));
        texts.flat_map(|text| selectors(text)).flat_map(named).collect()
    };
    for (entry, _) in PART_SHEETS {
        // What is shared comes with every part, so it only must leave alone what the first page draws.
        let others = entries().filter(|other| *other != entry && (entry != SHARED || *other == FIRST_SHEET.1));
        let elsewhere: BTreeSet<&str> = others.flat_map(styled).collect();
        for sheet in &imports[entry] {
            let leaks = selectors(named_so.get(sheet).copied().unwrap_or_default());
            let leaks = leaks.into_iter().filter(|selector| named(selector).all(|class| elsewhere.contains(class)));
            wrong.extend(leaks.map(|selector| {
                format!(
                    "style/{sheet}: `{selector}` is of {entry} and may style what another part draws; name a class that only {entry} styles"
                )
            }));
        }
    }
    wrong
}

/// The sheets that a sheet imports.
fn imported(text: &str) -> Vec<&str> {
    text.split("@import url(\"./").skip(1).filter_map(|rest| rest.split_once('"')).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::wrong;
    use std::collections::BTreeMap;

    fn check(trace: &str, expected: &[&str]) {
        let sheets = [
            ("main.css", "@import url(\"./first.css\");"),
            ("first.css", ".row, .table { a: b }"),
            ("parts.css", "@import url(\"./both.css\");"),
            ("both.css", ".row .input { a: b }"),
            ("administration.css", "@import url(\"./keys.css\");"),
            ("keys.css", ".key .input { a: b }"),
            ("trace.css", "@import url(\"./tree.css\");"),
            ("tree.css", trace),
        ];
        let sheets = sheets.map(|(name, text)| (format!("style/{name}"), text.to_owned()));
        assert_eq!(wrong(&BTreeMap::from(sheets)), expected, "{trace}");
    }

    #[test]
    fn a_part_styles_what_it_draws() {
        let told = |sheet: &str, part: &str, selector: &str| {
            format!("style/{sheet}: `{selector}` is of {part} and may style what another part draws; name a class that only {part} styles")
        };
        check(".tree .row, .tree :is(.row, .input) { a: b }", &[]);
        check(".row > .input { a: b }", &[&told("tree.css", "trace.css", ".row > .input")]);
        let both = [
            told("keys.css", "administration.css", ".key .input"),
            told("tree.css", "trace.css", ".key"),
            told("tree.css", "trace.css", "mark"),
        ];
        check(".key, mark { a: b }", &both.each_ref().map(String::as_str));
    }

    #[test]
    fn every_sheet_comes_with_one_part() {
        let told = |sheets: &BTreeMap<String, String>| {
            let wrong = wrong(sheets);
            wrong.iter().map(|line| line.split(';').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        let mut sheets = BTreeMap::from([("style/lost.css".to_owned(), String::new())]);
        assert_eq!(told(&sheets), ["style/lost.css is imported 0 times"]);
        sheets.insert("style/main.css".to_owned(), "@import url(\"./lost.css\");".to_owned());
        assert!(wrong(&sheets).is_empty());
        sheets.insert("style/trace.css".to_owned(), "@import url(\"./lost.css\");".to_owned());
        assert_eq!(told(&sheets), ["style/lost.css is imported 2 times"]);
    }
}
