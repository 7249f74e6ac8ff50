//! The style sheets and what is drawn: every class is in both, none is named by one letter, the widths of windows at which the
//! layout changes stand in one place, and the sheet of a part of the bundle styles what that part draws.

mod classes;
mod parts;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::failure::{Explain, Failure, Outcome};
use crate::workspace::Workspace;
use classes::{DrawnClasses, styled};

/// Where classes are given to what is drawn.
const DRAWING: [&str; 2] = ["app/src", "server/store/src/render"];

/// The one sheet in which widths of windows stand.
const WIDTHS: &str = "tokens.css";

/// Fails with every class that only one side knows, every one-letter class, and every width that stands elsewhere.
pub fn check(workspace: &Workspace) -> Outcome {
    let mut sheets = BTreeMap::new();
    gather(&workspace.path("style"), "css", &mut sheets)?;
    let mut sources = BTreeMap::new();
    for folder in DRAWING {
        gather(&workspace.path(folder), "rs", &mut sources)?;
    }
    let mut wrong = wrong(&sheets, &sources);
    wrong.extend(parts::wrong(&sheets));
    if wrong.is_empty() { Ok(()) } else { Err(Failure(wrong.join("\n"))) }
}

/// Every file of a kind by its name below `folder`, without tests.
fn gather(folder: &Path, kind: &str, files: &mut BTreeMap<String, String>) -> Outcome {
    for entry in fs::read_dir(folder).explain(|| format!("cannot list {}", folder.display()))?.flatten() {
        let path = entry.path();
        let name = path.file_stem().unwrap_or_default();
        if path.is_dir() {
            gather(&path, kind, files)?;
        } else if path.extension().is_some_and(|extension| extension == kind) && name != "tests" {
            let text = fs::read_to_string(&path).explain(|| format!("cannot read {}", path.display()))?;
            files.insert(path.to_string_lossy().replace('\\', "/"), text);
        }
    }
    Ok(())
}

fn wrong(sheets: &BTreeMap<String, String>, sources: &BTreeMap<String, String>) -> Vec<String> {
    let mut wrong = Vec::new();
    let drawn = DrawnClasses::of(sources.values().map(String::as_str));
    let mut known = BTreeMap::new();
    for (sheet, text) in sheets {
        for class in styled(text) {
            known.entry(class).or_insert(sheet);
        }
        let states_widths = sheet.rsplit('/').next() == Some(WIDTHS);
        let names_width =
            |line: &str| line.contains("@media") && ["(max-width", "(min-width", "(width"].iter().any(|width| line.contains(width));
        if !states_widths && text.lines().any(names_width) {
            wrong.push(format!("{sheet}: a width of the window; name it in style/{WIDTHS} with @custom-media and use the name"));
        }
    }
    for (class, sheet) in &known {
        if class.chars().count() == 1 {
            wrong.push(format!("{sheet}: .{class} says nothing; name the class by a word"));
        }
        if !drawn.may_have(class) {
            wrong.push(format!("{sheet}: nothing has the class {class}; take it out"));
        }
    }
    let unknown = drawn.given().filter(|class| !known.contains_key(class));
    wrong.extend(unknown.map(|class| format!("the class {class} stands in no style sheet; take it out of what is drawn")));
    wrong
}

#[cfg(test)]
mod tests {
    use super::wrong;
    use std::collections::BTreeMap;

    fn check(sheet: &str, source: &str, expected: &[&str]) {
        let file = |name: &str, text: &str| BTreeMap::from([(name.to_owned(), text.to_owned())]);
        assert_eq!(wrong(&file("style/a.css", sheet), &file("app/src/a.rs", source)), expected, "{sheet} {source}");
    }

    #[test]
    fn each_side_knows_the_classes_of_the_other() {
        check(".row > .big:not(.late) { a: b }", r#"view! { <p class="row big" class:late=late></p> }"#, &[]);
        check(".row { a: b }", "", &["style/a.css: nothing has the class row; take it out"]);
        check("", r#"<p class="row">"#, &["the class row stands in no style sheet; take it out of what is drawn"]);
    }

    #[test]
    fn classes_are_words() {
        check(".q { a: b }", r#"class="q""#, &["style/a.css: .q says nothing; name the class by a word"]);
    }

    #[test]
    fn widths_stand_in_one_place() {
        let told = ["style/a.css: a width of the window; name it in style/tokens.css with @custom-media and use the name"];
        check("@media (max-width: 720px) { }", "", &told);
        check("@media (--phone) { }", "", &[]);
        check("@container (max-width: 300px) { }", "", &[]);
    }
}
