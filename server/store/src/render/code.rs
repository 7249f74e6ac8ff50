//! Code as a block of lines with their numbers, of which a long one is folded. Lines are never broken.

use shared::figures;
use shared::html;
use shared::markup::Html;

/// Lines above which the rest is folded.
const LINES: usize = 40;

/// Keys under which programs keep code.
const KEYS: [&str; 16] = [
    "code",
    "source_code",
    "sourceCode",
    "script",
    "snippet",
    "program",
    "sql",
    "python",
    "javascript",
    "typescript",
    "bash",
    "shell",
    "command",
    "patch",
    "diff",
    "html",
];

/// Whether what stands under a key is code.
pub(super) fn is_named(key: &str) -> bool {
    KEYS.contains(&key)
}

/// How many lines a text has.
pub(super) fn lines(text: &str) -> usize {
    text.trim_end_matches('\n').split('\n').count()
}

/// Lines of code, and the HTML that stands before and after them.
pub(super) struct CodePart<'a> {
    pub(super) before: Html,
    pub(super) lines: &'a str,
    pub(super) after: Html,
}

/// Code in a language, which may be empty, as the lines that are shown and those that are folded.
pub(super) fn parts<'a>(text: &'a str, language: &str) -> Vec<CodePart<'a>> {
    let text = text.trim_end_matches('\n');
    let total = lines(text);
    let end = text.match_indices('\n').nth(LINES - 1).map_or(text.len(), |(end, _)| end);
    let (first, rest) = text.split_at(end);
    let label = if language.is_empty() { "Code".to_owned() } else { format!("Code, {language}") };
    let begin =
        html!(r#"<div class="code-block" role="group" aria-label="{}, {}">"#, label, figures::counted(total as u64, "line", "lines"));
    let end = Html::ours("</div>\n");
    let rest = rest.strip_prefix('\n').filter(|_| total > LINES);
    let mut parts = vec![part(&begin, first, 1, language, if rest.is_some() { Html::default() } else { end.clone() })];
    if let Some(rest) = rest {
        let more = figures::counted((total - LINES) as u64, "more line", "more lines");
        let fold = html!(r#"<details><summary class="fold">{}</summary>"#, more);
        parts.push(part(&fold, rest, LINES + 1, language, html!("</details>{}", end)));
    }
    parts
}

fn part<'a>(before: &Html, text: &'a str, from: usize, language: &str, after: Html) -> CodePart<'a> {
    let numbers = (from..from + text.split('\n').count()).map(|number| number.to_string()).collect::<Vec<_>>().join("\n");
    let class = if language.is_empty() { Html::default() } else { html!(r#" class="language-{}""#, language) };
    let before = html!(
        r#"{}<div class="code-lines"><pre class="numbers" aria-hidden="true">{}</pre><pre tabindex="0"><code{}>"#,
        before,
        numbers,
        class
    );
    CodePart { before, lines: text, after: html!("</code></pre></div>{}", after) }
}

/// The same as HTML.
pub(super) fn block(text: &str, language: &str) -> Html {
    parts(text, language).iter().map(|part| html!("{}{}{}", part.before, part.lines, part.after)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_code_is_folded_after_forty_lines() {
        let text = |lines: usize| (1..=lines).map(|line| format!("line <{line}>")).collect::<Vec<_>>().join("\n");
        assert_eq!(
            block("a\n\n  b\n", "sql").as_str(),
            "<div class=\"code-block\" role=\"group\" aria-label=\"Code, sql, 3 lines\"><div class=\"code-lines\"><pre class=\"numbers\" aria-hidden=\"true\">1\n2\n3</pre>\
             <pre tabindex=\"0\"><code class=\"language-sql\">a\n\n  b</code></pre></div></div>\n"
        );
        for (lines, folded) in [(1, false), (40, false), (41, true), (500, true)] {
            let html = block(&text(lines), "").into_string();
            assert_eq!(html.contains("<details>"), folded, "{lines}");
            assert!(html.contains(&format!("line &lt;{lines}&gt;")), "{lines}");
        }
        let html = block(&text(41), "").into_string();
        assert!(
            html.contains(">41</pre>") && html.contains("1 more line</summary>") && html.contains("<code>line &lt;41&gt;</code>"),
            "{html}"
        );
        assert_eq!(html.matches("<div").count(), html.matches("</div>").count());
        assert_eq!(block("", "").as_str().matches("<pre").count(), 2);
    }
}
