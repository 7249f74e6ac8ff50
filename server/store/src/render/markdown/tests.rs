use crate::render::{Mentioned, comment, excerpt, mentioned};
use expect_test::{Expect, expect};

fn html(text: &str, expected: Expect) {
    expected.assert_eq(comment(text, None).as_str());
}

#[test]
fn markdown_that_attacks() {
    html(
        "<script>alert(1)</script>\n\nA <img src=x onerror=alert(1)> b",
        expect![[r#"
            <p dir="auto">&lt;script&gt;alert(1)&lt;/script&gt;</p>
            <p dir="auto">A &lt;img src=x onerror=alert(1)&gt; b</p>
        "#]],
    );
    html(
        "[a](javascript:alert(1)) [b](JaVaScRiPt:x) [c](data:text/html,x) [d](/relative) [e](https://a.b/?q=\"'<&) <mailto:a@b.c> <a@b.c>",
        expect![[r#"
            <p dir="auto">a b c d <a href="https://a.b/?q=&quot;&#39;&lt;&amp;" rel="noopener noreferrer nofollow" target="_blank">e</a> <a href="mailto:a@b.c" rel="noopener noreferrer nofollow" target="_blank">mailto:a@b.c</a> <a href="mailto:a@b.c" rel="noopener noreferrer nofollow" target="_blank">a@b.c</a></p>
        "#]],
    );
    html(
        "![a <b> \"c\"](https://a.b/c.png \"t\") ![](x.png) [![in](https://a/i.png)](https://a.b) ![x [y](https://z) ![w](v)](javascript:1)",
        expect![[r#"
            <p dir="auto"><a href="https://a.b/c.png" rel="noopener noreferrer nofollow" target="_blank">[image: a &lt;b&gt; &quot;c&quot;]</a> [image] <a href="https://a.b" rel="noopener noreferrer nofollow" target="_blank">[image: in]</a> [image: x y w]</p>
        "#]],
    );
    html(
        "| a | b |\n|:-|-:|\n| <b>x</b> | ~~y~~ |",
        expect![[r#"
            <div dir="auto"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>
            <tr><td>&lt;b&gt;x&lt;/b&gt;</td><td><del>y</del></td></tr>
            </tbody></table>
            </div>
        "#]],
    );
    html(
        "```rust\" onclick=\"x\n<b>\n```\n\n```x\tbutton\nc\n```",
        expect![[r#"
        <pre><code class="language-rust">&lt;b&gt;
        </code></pre>
        <pre><code class="language-x">c
        </code></pre>
    "#]],
    );
    html(
        "[a]: javascript:alert(1)\n\n[a] [x][a]",
        expect![[r#"
            <p dir="auto">a x</p>
        "#]],
    );
    html(
        "NUL \0 in `code \0` <b\0>",
        expect![[r#"
            <p dir="auto">NUL � in <code>code �</code> &lt;b�&gt;</p>
        "#]],
    );
}

#[test]
fn mentions_show_the_name_that_somebody_has() {
    let people = Mentioned::from([("p1".to_owned(), "Ada <Lovelace>".to_owned())]);
    let check = |text: &str, names: &[&str], expected: Expect| {
        expected.assert_eq(&format!("{}{}", comment(text, Some(&people)).as_str(), excerpt(text, Some(&people), 40)));
        assert_eq!(mentioned(text), names, "{text}");
    };
    check(
        "See [@Ben](person:p1) and [@Ada ![x](https://a.b/c.png) `c`](person:p1) **now**",
        &["p1"],
        expect![[r#"
            <p dir="auto">See <span class="mention">@Ada &lt;Lovelace&gt;</span> and <span class="mention">@Ada &lt;Lovelace&gt;</span> <strong>now</strong></p>
            See @Ada <Lovelace> and @Ada <Lovelace>…"#]],
    );
    check(
        "[@Nobody](person:p2) [@None](person:) [x](PERSON:p1) <person:p1\"onclick=x>\n\n[@r][r]\n\n[r]: person:p1",
        &["", "p1", "p1\"onclick=x", "p2"],
        expect![[r#"
            <p dir="auto">@Nobody @None x person:p1"onclick=x</p>
            <p dir="auto"><span class="mention">@Ada &lt;Lovelace&gt;</span></p>
            @Nobody @None x person:p1"onclick=x @Ad…"#]],
    );
    check(
        "`[@Ada](person:p1)` \\[@Ada](person:p1) ![[@Ada](person:p1)](https://a.b) [a [@Ada](person:p1)](https://a.b)",
        &["p1"],
        expect![[r#"
            <p dir="auto"><code>[@Ada](person:p1)</code> [@Ada](person:p1) <a href="https://a.b" rel="noopener noreferrer nofollow" target="_blank">[image: @Ada]</a> [a <span class="mention">@Ada &lt;Lovelace&gt;</span>](https://a.b)</p>
            [@Ada](person:p1) [@Ada](person:p1) [a…"#]],
    );
    check(
        "<svg onload=alert(1)>[@Ada](person:p1)</svg> [@Ada](person:p1 \"onerror=alert(1)\") ![@Ada](person:p1)",
        &["p1"],
        expect![[r#"
            <p dir="auto">&lt;svg onload=alert(1)&gt;<span class="mention">@Ada &lt;Lovelace&gt;</span>&lt;/svg&gt; <span class="mention">@Ada &lt;Lovelace&gt;</span> [image: @Ada]</p>
            @Ada <Lovelace> @Ada <Lovelace>"#]],
    );
}

#[test]
fn markdown_that_reads_well() {
    html(
        "# One\n## Two\n### Three\n###### Six {#id .class}\n\nfirst\nsecond @name and @name.b\n\n- [x] done\n- [ ] open\n\n1. a\n2. b",
        expect![[r#"
            <h4 dir="auto">One</h4>
            <h5 dir="auto">Two</h5>
            <h6 dir="auto">Three</h6>
            <h6 dir="auto">Six {#id .class}</h6>
            <p dir="auto">first<br />
            second @name and @name.b</p>
            <div dir="auto">
            <ul>
            <li><input disabled="" type="checkbox" checked=""/>
            done</li>
            <li><input disabled="" type="checkbox"/>
            open</li>
            </ul>
            </div>
            <div dir="auto">
            <ol>
            <li>a</li>
            <li>b</li>
            </ol>
            </div>
        "#]],
    );
    html(
        "שלום **עולם** 👩‍👩‍👧 العربية",
        expect![[r#"
            <p dir="auto">שלום <strong>עולם</strong> 👩‍👩‍👧 العربية</p>
        "#]],
    );
    html("", expect![]);
}

#[test]
fn hostile_nesting_is_plain_text() {
    for text in [">".repeat(50_000), "* ".repeat(30_000), "[".repeat(100_000), "*a **b ".repeat(20_000), "- a\n  ".repeat(5_000)] {
        let html = comment(&text, None);
        assert!(html.as_str().len() < text.len() * 12, "{} from {}", html.as_str().len(), text.len());
    }
    html(
        &format!("{} deep", ">".repeat(101)),
        expect![[r#"
            <p dir="auto">&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt; deep</p>
        "#]],
    );
    let columns = 2_000;
    let table = format!("{}\n{}\n{}", "|a".repeat(columns), "|-".repeat(columns), "|x\n".repeat(5_000));
    assert!(comment(&table, None).as_str().len() < 1_000_000);
}
