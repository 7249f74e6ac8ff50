//! Traps once walked into, each as a rule about the text of the sources, with its reason.

use std::fs;
use std::path::Path;

use crate::failure::{Explain, Failure, Outcome};
use crate::workspace::Workspace;

/// One rule.
struct Guard {
    /// What must not be there.
    never: &'static str,
    /// Why, and what to do instead.
    reason: &'static str,
    /// The files it is about, by their path inside the checkout.
    about: fn(&str) -> bool,
    /// What breaks it.
    broken_by: Test,
}

/// How a rule looks at a file.
enum Test {
    /// At each line that is not a comment.
    Line(fn(&str) -> bool),
    /// At the path and the number of lines.
    File(fn(&str, usize) -> bool),
}

const MOST_LINES: usize = 500;

const GUARDS: &[Guard] = &[
    Guard {
        never: "use_query or use_query_map in app",
        reason: "typed addresses in `shared` are the only place that reads a query string, so that every link round-trips",
        about: |path| rust(path) && path.starts_with("app/"),
        broken_by: Test::Line(|line| word(line, "use_query") || word(line, "use_query_map")),
    },
    Guard {
        never: "spawn_local in app but in hydration.rs",
        reason: "it loses the reactive owner and with it the context; use spawn_local_scoped, which also ends with its owner",
        about: |path| rust(path) && path.starts_with("app/") && path != "app/src/hydration.rs",
        broken_by: Test::Line(|line| line.contains("spawn_local(")),
    },
    Guard {
        never: "future_to_promise in app but in journal/storage.rs",
        reason: "it runs before the page is alive, while views wait for what they show to stay; use hydration::in_background",
        about: |path| rust(path) && path.starts_with("app/") && path != "app/src/journal/storage.rs",
        broken_by: Test::Line(|line| line.contains("future_to_promise(")),
    },
    Guard {
        never: "Resource::new in app",
        reason: "it reads JSON in another way than server functions do, so that the bundle holds two readers of each type; use loading::resource",
        about: |path| rust(path) && path.starts_with("app/"),
        broken_by: Test::Line(|line| line.contains("Resource::new(")),
    },
    Guard {
        never: "Suspend::new in app but in loading.rs and part.rs",
        reason: "while the server waits it makes what stands in there again and again, and with it all that this loads; use loading::loaded",
        about: |path| rust(path) && path.starts_with("app/") && path != "app/src/loading.rs" && !path.ends_with("/part.rs"),
        broken_by: Test::Line(|line| line.contains("Suspend::new(")),
    },
    Guard {
        never: "crate::logs in app/src/trace",
        reason: "an open trace belongs to whoever opens it; what it needs of that page stands in `trace::Opened`",
        about: |path| rust(path) && path.starts_with("app/src/trace"),
        broken_by: Test::Line(|line| line.contains("crate::logs")),
    },
    Guard {
        never: "inner_html of anything but inner(…)",
        reason: "it takes any text for HTML; `ui::markup::inner` takes only what is `shared::markup::Html`",
        about: |path| rust(path) && path.starts_with("app/"),
        broken_by: Test::Line(unguarded_html),
    },
    Guard {
        never: "Html::sanitised outside of the store's renderer",
        reason: "only what renders Markdown knows that its HTML is safe; use html!, Html::text or Html::ours",
        about: |path| rust(path) && path != "shared/src/markup.rs" && !path.starts_with("server/store/src/render"),
        broken_by: Test::Line(|line| line.contains("Html::sanitised(") || line.contains("Html::assembled(")),
    },
    Guard {
        never: "a listener for keys in app but in keys.rs",
        reason: "every key stands in one table, from which the sheet is drawn; say with `use_keys().on` what the page does",
        about: |path| rust(path) && path.starts_with("app/") && path != "app/src/keys.rs",
        broken_by: Test::Line(|line| line.contains("window_event_listener(") && line.contains("keydown")),
    },
    Guard {
        never: "a <Title> in app but in title.rs",
        reason: "every page is called in one way, and the server reads a title after the page is made, where it has no signals any more; \
                 use PageTitle or OpeningTitle",
        about: |path| rust(path) && path.starts_with("app/") && path != "app/src/title.rs",
        broken_by: Test::Line(|line| line.contains("<Title ")),
    },
    Guard {
        never: "\"unnamed\" in app or shared",
        reason: "nobody knows what that is; a trace is called by its `title`, a span by `span_title`",
        about: |path| rust(path) && (path.starts_with("app/src/") || path.starts_with("shared/src/")),
        broken_by: Test::Line(|line| line.contains("\"unnamed\"")),
    },
    Guard {
        never: "e-mail, but in the demo",
        reason: "pages, errors and mails say email",
        about: |path| rust(path) && !path.starts_with("server/demo/"),
        broken_by: Test::Line(|line| line.to_lowercase().contains("e-mail")),
    },
    Guard {
        never: "an enum with an inner tag in shared or app",
        reason: "reading one keeps a copy of the value and needs a second reader of everything in it; let the variant's name stand outside",
        about: |path| rust(path) && (path.starts_with("app/") || path.starts_with("shared/")),
        broken_by: Test::Line(|line| line.contains("serde(tag")),
    },
    Guard {
        never: "chrono or regex in the manifests of app, shared and frontend",
        reason: "they make the bundle larger by more than they give; times are microseconds, and patterns run on the server",
        about: |path| matches!(path, "app/Cargo.toml" | "shared/Cargo.toml" | "frontend/Cargo.toml"),
        broken_by: Test::Line(|line| ["chrono", "regex"].iter().any(|name| dependency(line, name))),
    },
    Guard {
        never: "a style attribute in app",
        reason: "the content security policy forbids it; use a class or an attribute of an SVG element",
        about: |path| rust(path) && path.starts_with("app/src/"),
        broken_by: Test::Line(style_attribute),
    },
    Guard {
        never: "a file of more than 500 lines",
        reason: "nobody reads it; split it by noun or verb",
        about: rust,
        broken_by: Test::File(|_, lines| lines > MOST_LINES),
    },
    Guard {
        never: "mod.rs",
        reason: "a module `name` is in `name.rs`, so that an editor's tab says which one it is",
        about: rust,
        broken_by: Test::File(|path, _| path.ends_with("/mod.rs")),
    },
    Guard {
        never: "#[allow(…)]",
        reason: "use #[expect(…, reason = \"…\")], which says why and reports when it is no longer needed",
        about: rust,
        broken_by: Test::Line(|line| line.contains("#[allow(") || line.contains("#![allow(")),
    },
    Guard {
        never: "todo! or unimplemented!",
        reason: "what is not there yet is not in the product; nothing may panic in front of a person",
        about: rust,
        broken_by: Test::Line(|line| word(line, "todo!") || word(line, "unimplemented!")),
    },
    Guard {
        never: "a script, image or style from another origin",
        reason: "a self-hosted product works without the internet and tells nobody who uses it",
        about: |path| (rust(path) && path.starts_with("app/src/")) || (path.starts_with("style/") && path.ends_with(".css")),
        broken_by: Test::Line(remote),
    },
    Guard {
        never: "resolved addresses in package-lock.json",
        reason: "they tie the checkout to one mirror; `npm install` with `omit-lockfile-registry-resolved=true` leaves them out",
        about: |path| path.ends_with("package-lock.json"),
        broken_by: Test::Line(|line| line.trim_start().starts_with("\"resolved\"")),
    },
    Guard {
        never: "SQL in app or server",
        reason: "only the store speaks to the database, where permission and audit are",
        about: |path| rust(path) && (path.starts_with("app/src/") || path.starts_with("server/src/")),
        broken_by: Test::Line(|line| ["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM"].iter().any(|verb| line.contains(verb))),
    },
];

const FOLDERS: [&str; 7] = ["app", "end2end", "frontend", "migrations", "server", "shared", "style"];

/// This file names everything that is forbidden.
const OURSELVES: &str = "frontend/xtask/src/check/guards.rs";

/// Looks at every source and fails with each place that breaks a rule, under the rule's reason.
pub fn check(workspace: &Workspace) -> Outcome {
    let mut files = Vec::new();
    for folder in FOLDERS {
        gather(&workspace.root, &workspace.path(folder), &mut files)?;
    }
    let broken = GUARDS.iter().filter_map(|guard| {
        let places: Vec<String> = files.iter().flat_map(|(path, text)| places(guard, path, text)).collect();
        (!places.is_empty()).then(|| format!("never {}: {}\n  {}", guard.never, guard.reason, places.join("\n  ")))
    });
    let broken: Vec<String> = broken.collect();
    if broken.is_empty() { Ok(()) } else { Err(Failure(broken.join("\n"))) }
}

fn gather(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> Outcome {
    if !folder.is_dir() {
        return Ok(());
    }
    let listed = fs::read_dir(folder).explain(|| format!("cannot list {}", folder.display()))?;
    let mut entries: Vec<_> = listed.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && name != "node_modules" && name != "target" {
                gather(root, &path, files)?;
            }
        } else if name == "package-lock.json" || [".rs", ".toml", ".css"].iter().any(|end| name.ends_with(end)) {
            let text = fs::read_to_string(&path).explain(|| format!("cannot read {}", path.display()))?;
            files.push((path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned(), text));
        }
    }
    Ok(())
}

/// Where a file breaks a rule.
fn places(guard: &Guard, path: &str, text: &str) -> Vec<String> {
    if !(guard.about)(path) {
        return Vec::new();
    }
    match guard.broken_by {
        Test::File(broken_by) => {
            let lines = text.lines().count();
            broken_by(path, lines).then(|| format!("{path} ({lines} lines)")).into_iter().collect()
        }
        Test::Line(_) if path == OURSELVES => Vec::new(),
        Test::Line(broken_by) => text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//") && broken_by(line))
            .map(|(number, line)| format!("{path}:{}: {}", number + 1, line.trim()))
            .collect(),
    }
}

fn rust(path: &str) -> bool {
    path.ends_with(".rs")
}

/// Whether a line holds a name, not merely a longer name that contains it.
fn word(line: &str, name: &str) -> bool {
    let part_of_name = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(name)
        .any(|(start, _)| !line[..start].ends_with(part_of_name) && !line[start + name.len()..].starts_with(part_of_name))
}

fn dependency(line: &str, name: &str) -> bool {
    line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '=', '.']))
}

/// `style="…"`, `style=move || …`, and `style:width=…`, but not a field or a variable called style.
fn style_attribute(line: &str) -> bool {
    line.match_indices("style").any(|(start, name)| {
        let begins = start == 0 || line[..start].ends_with(|character: char| character.is_whitespace() || character == '\'');
        let rest = &line[start + name.len()..];
        let property = rest.strip_prefix(':').and_then(|rest| rest.split_once('=')).map(|(property, _)| property);
        let is_property = property.is_some_and(|property| {
            !property.is_empty() && property.chars().all(|character| character.is_ascii_alphabetic() || character == '-')
        });
        let is_attribute = rest.strip_prefix('=').is_some_and(|value| !value.starts_with(['=', '>']));
        begins && (is_attribute || is_property)
    })
}

/// HTML that goes into the page without having been asked what it is.
fn unguarded_html(line: &str) -> bool {
    line.match_indices("inner_html").any(|(start, name)| {
        let rest = &line[start + name.len()..];
        let given = rest.strip_prefix('=').map(|value| value.strip_prefix("move || ").unwrap_or(value)).or_else(|| rest.strip_prefix('('));
        given.is_some_and(|given| !given.starts_with("inner("))
    })
}

fn remote(line: &str) -> bool {
    let compact: String = line.chars().filter(|character| !matches!(character, ' ' | '"' | '\'' | '\\')).collect();
    let loads = ["src=http", "url(http", "@importhttp", "<scripthref=http", "srcset=http"];
    let link = compact.contains("<link") && compact.contains("href=http");
    link || loads.iter().any(|start| compact.contains(&format!("{start}://")) || compact.contains(&format!("{start}s://")))
}

#[cfg(test)]
mod tests {
    use super::{GUARDS, places};

    /// The rules a line in a file breaks.
    fn broken(path: &str, text: &str) -> Vec<&'static str> {
        GUARDS.iter().filter(|guard| !places(guard, path, text).is_empty()).map(|guard| guard.never).collect()
    }

    #[test]
    fn each_rule_is_broken_by_its_example() {
        let long = "fn a() {}\n".repeat(501);
        let examples = [
            ("app/src/page.rs", "let query = use_query_map();", "use_query or use_query_map in app"),
            ("app/src/page.rs", "    spawn_local(async {});", "spawn_local in app but in hydration.rs"),
            ("app/src/page.rs", "drop(future_to_promise(async {}));", "future_to_promise in app but in journal/storage.rs"),
            ("app/src/page.rs", "let logs = Resource::new(move || 1, load);", "Resource::new in app"),
            ("app/src/page.rs", "Suspend::new(async {})", "Suspend::new in app but in loading.rs and part.rs"),
            ("app/src/trace/page.rs", "use crate::logs::LogsState;", "crate::logs in app/src/trace"),
            ("app/src/page.rs", "<p inner_html=html></p>", "inner_html of anything but inner(…)"),
            ("app/src/page.rs", "element.set_inner_html(&html);", "inner_html of anything but inner(…)"),
            ("app/src/page.rs", "Html::sanitised(text)", "Html::sanitised outside of the store's renderer"),
            ("app/src/page.rs", "window_event_listener(leptos::ev::keydown, f)", "a listener for keys in app but in keys.rs"),
            ("app/src/page.rs", "<Title text=title/>", "a <Title> in app but in title.rs"),
            ("app/src/page.rs", "let name = \"unnamed\";", "\"unnamed\" in app or shared"),
            ("server/src/page.rs", "\"Give an E-mail address.\"", "e-mail, but in the demo"),
            ("shared/src/a.rs", "#[serde(tag = \"kind\")]", "an enum with an inner tag in shared or app"),
            ("app/Cargo.toml", "chrono = \"0.4\"", "chrono or regex in the manifests of app, shared and frontend"),
            ("shared/Cargo.toml", "regex.workspace = true", "chrono or regex in the manifests of app, shared and frontend"),
            ("app/src/page.rs", "<p style=\"color: red\">", "a style attribute in app"),
            ("app/src/page.rs", "<p style:width=move || 1>", "a style attribute in app"),
            ("server/src/long.rs", long.as_str(), "a file of more than 500 lines"),
            ("server/src/pages/mod.rs", "", "mod.rs"),
            ("shared/src/a.rs", "#[allow(dead_code)]", "#[allow(…)]"),
            ("shared/src/a.rs", "    todo!(\"later\")", "todo! or unimplemented!"),
            ("app/src/a.rs", "<img src=\"https://example.org/a.png\">", "a script, image or style from another origin"),
            ("style/a.css", "a { background: url('http://example.org/a.png') }", "a script, image or style from another origin"),
            ("end2end/package-lock.json", "      \"resolved\": \"a\",", "resolved addresses in package-lock.json"),
            ("server/src/a.rs", "let text = \"SELECT 1\";", "SQL in app or server"),
        ];
        for (path, text, never) in examples {
            assert_eq!(broken(path, text), [never], "{path}: {text}");
        }
        assert!(GUARDS.iter().all(|guard| examples.iter().any(|example| example.2 == guard.never)), "a rule has no example");
    }

    #[test]
    fn what_only_looks_alike_is_allowed() {
        let examples = [
            ("app/src/page.rs", "spawn_local_scoped(async {});"),
            ("app/src/hydration.rs", "Executor::spawn_local(async {});"),
            ("app/src/page.rs", "// use_query is not used, and no style=\"…\" either"),
            ("app/src/page.rs", "let style = button.style; Look { style: style, style::x }"),
            ("app/src/page.rs", "if style == other {} match style => a"),
            ("app/src/page.rs", "<a href=\"https://example.org\">"),
            ("app/src/page.rs", "<svg xmlns=\"http://www.w3.org/2000/svg\">"),
            ("server/store/src/a.rs", "let text = \"SELECT 1\";"),
            ("server/src/a.rs", "let verb = Method::DELETE;"),
            ("shared/Cargo.toml", "regex-lite = \"1\""),
            ("app/src/loading.rs", "Suspend::new(async {})"),
            ("app/src/logs/part.rs", "Suspend::new(open_trace_panel())"),
            ("app/src/page.rs", "<PageTitle parts/>"),
            ("app/src/page.rs", "<p inner_html=move || inner(html.get())></p>"),
            ("server/store/src/render/markdown.rs", "Html::sanitised(html)"),
            ("app/src/page.rs", "window_event_listener(leptos::ev::resize, f)"),
            ("frontend/xtask/src/check/guards.rs", "todo!()"),
        ];
        for (path, text) in examples {
            assert!(broken(path, text).is_empty(), "{path}: {text} {:?}", broken(path, text));
        }
    }
}
