use super::*;
use shared::attachments::UploadStatus;

const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
const PDF: &str = "JVBERi0xLjQK";

/// A file as it is drawn in a field of these attachments, with what is asked of the server left out.
fn drawn(json: &str, rendering: Rendering) -> String {
    let known = |content_type: &str, status, head: &[u8], bytes| KnownAttachment {
        content_type: content_type.to_owned(),
        status,
        error: (status == UploadStatus::Error).then(|| "no <room>".to_owned()),
        bytes,
        head: head.to_vec(),
    };
    let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &[0, 0, 4, 0, 0, 0, 3, 0]].concat();
    let attachments = Attachments::from([
        ("png".to_owned(), known("image/png", UploadStatus::Done, &png, 700)),
        ("large".to_owned(), known("image/png", UploadStatus::Done, &png, 20_000_000)),
        ("svg".to_owned(), known("image/svg+xml", UploadStatus::Done, b"<svg>", 5)),
        ("html".to_owned(), known("text/html", UploadStatus::Done, b"<html>", 6)),
        ("pdf".to_owned(), known("application/pdf", UploadStatus::Done, b"%PDF-1.4", 2_000)),
        ("mp3".to_owned(), known("audio/mpeg", UploadStatus::Done, b"ID3\x04", 3_000)),
        ("late".to_owned(), known("image/png", UploadStatus::Uploading, b"", 0)),
        ("failed".to_owned(), known("image/png", UploadStatus::Error, b"", 0)),
    ]);
    let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
    let source = FieldSource { object: &object, row_id: &row_id, field: FieldName::Input, json, attachments: &attachments };
    let view = field(&source, &WantedField { rendering, shown_as: &ShownAs::default(), whole: false, find: None });
    let html = text_of(view.content);
    let mut short = String::new();
    let mut rest = html.as_str();
    while let Some((before, after)) = rest.split_once("/file?object=o&amp;row=r&amp;field=input&amp;at=") {
        short.push_str(before);
        let (at, after) = after.split_once("&amp;number=0&amp;stamp=").unwrap();
        short.push_str(&format!("AT {at}"));
        rest = after.trim_start_matches(|character: char| character.is_ascii_digit());
    }
    short + rest
}

fn reference(key: &str, name: &str, content_type: &str) -> String {
    format!(r#"{{"type":"braintrust_attachment","key":"{key}","filename":"{name}","content_type":"{content_type}"}}"#)
}

#[test]
fn attachments_are_shown_where_they_are_named() {
    let shown = |key: &str, name: &str, content_type: &str| {
        let html = drawn(&format!(r#"{{"a":[{}]}}"#, reference(key, name, content_type)), Rendering::Json);
        let below = html.rsplit_once(r#"<div class="below">"#).unwrap().1;
        below.rsplit_once("</div></details>").unwrap().0.strip_suffix("</div>").unwrap().to_owned()
    };
    expect![[r#"<div><span class="shot"><a href="AT 6" target="_blank" rel="noopener" title="Full size"><img src="AT 6" alt="a.png" loading="lazy" decoding="async" width="1024" height="768"></a><small>PNG, 1024 × 768, 700 B</small></span></div>"#]]
        .assert_eq(&shown("png", "a.png", "image/png"));
    expect![[r#"<details class="shot"><summary class="fold">PNG, 1024 × 768, 20 MB</summary><a href="AT 6" target="_blank" rel="noopener" title="Full size"><img src="AT 6" alt="&lt;b&gt;.png" loading="lazy" decoding="async" width="1024" height="768"></a></details>"#]]
        .assert_eq(&shown("large", "<b>.png", "image/png"));
    expect![[r#"<audio controls preload="none" src="AT 6" aria-label="a.mp3"></audio><small>a.mp3, MP3, 3.0 kB</small><a class="link" href="AT 6" download="a.mp3">Download</a></div>"#]]
        .assert_eq(shown("mp3", "a.mp3", "audio/mpeg").trim_start_matches(r#"<div class="file">"#));
    expect![[r#"<p class="file"><a class="link" href="AT 6" target="_blank" rel="noopener">a.pdf</a> <small>PDF, 2.0 kB, opens in a tab of its own</small> <a class="link" href="AT 6" download="a.pdf">Download</a></p>"#]]
        .assert_eq(&shown("pdf", "a.pdf", "application/pdf"));
    // What could run is only saved, whatever it is called and said to be.
    for (key, name, content_type) in [("html", "a.html", "text/html"), ("html", "a.png", "application/pdf"), ("svg", "a.svg", "text/plain")]
    {
        let html = shown(key, name, content_type);
        assert!(
            html.contains(&format!(r#"download="{name}">Download {name}</a>"#)) && !html.contains("_blank") && !html.contains("<img"),
            "{html}"
        );
    }
    let svg = shown("svg", "a.svg", "image/svg+xml");
    assert!(
        svg.contains("SVG, 5 B: not shown, because a drawing can run scripts") && svg.contains("Download") && !svg.contains("<img"),
        "{svg}"
    );
    for (key, why) in [
        ("late", "[file, a, image/png: its content has not arrived yet]"),
        ("failed", "[file, a, image/png: it could not be uploaded: no &lt;room&gt;]"),
        ("unknown", "[file, a, image/png: nothing has arrived under its key]"),
    ] {
        assert!(shown(key, "a", "image/png").contains(why), "{key}");
    }
}

#[test]
fn files_are_shown_in_whatever_field_and_shape_they_stand() {
    let image = reference("png", "a.png", "image/png");
    for chat in [
        format!(r#"[{{"role":"user","content":[{{"type":"image_url","image_url":{{"url":{image}}}}}]}}]"#),
        format!(
            r#"[{{"role":"user","content":[{{"type":"image","source":{{"type":"base64","media_type":"image/png","data":{image}}}}}]}}]"#
        ),
        format!(r#"[{{"role":"user","content":[{{"type":"image","image":{image}}}]}}]"#),
        format!(r#"[{{"role":"user","content":[{{"type":"file","file":{{"filename":"x.png","file_data":{image}}}}}]}}]"#),
        format!(r#"[{{"role":"user","content":[{image}]}}]"#),
        format!(r#"[{{"role":"user","content":[{{"inlineData":{{"mimeType":"image/png","data":{image}}}}}]}}]"#),
        format!(r#"[{{"role":"user","content":"Look"}},{{"role":"tool","content":[{{"type":"image","data":{image}}}]}}]"#),
    ] {
        let html = drawn(&chat, Rendering::Fitting);
        let at = chat.find(&image).unwrap();
        assert!(html.contains(r#"class="msg""#) && html.contains(&format!(r#"<img src="AT {at}""#)), "{chat}: {html}");
    }
    // Sound, documents and files that stand in the field itself.
    for (chat, found) in [
        (
            format!(r#"[{{"role":"user","content":[{{"type":"input_audio","input_audio":{{"data":"{WAV}","format":"wav"}}}}]}}]"#),
            "<audio controls",
        ),
        (format!(r#"[{{"role":"assistant","content":null,"audio":{{"id":"1","data":"{WAV}","transcript":"hello"}}}}]"#), "<audio controls"),
        (
            format!(
                r#"[{{"role":"user","content":[{{"type":"file","file":{{"filename":"a.pdf","file_data":"data:application/pdf;base64,{PDF}"}}}}]}}]"#
            ),
            ">a.pdf</a> <small>PDF, 9 B",
        ),
        (
            format!(
                r#"[{{"role":"user","content":[{{"type":"document","source":{{"type":"base64","media_type":"application/pdf","data":"{PDF}"}}}}]}}]"#
            ),
            "<small>PDF, 9 B",
        ),
        (format!(r#""data:audio/wav;base64,{WAV}""#), "<audio controls"),
        (format!(r#"{{"a":"data:audio\/wav;base64,{WAV}"}}"#), "<audio controls"),
        (r#"{"a":"data:text/html;base64,PGI+"}"#.to_owned(), r#"download="">Download file</a> <small>text/html, 3 B"#),
        (r#"[{"id":1,"a":"data:text/html;base64,PGI+"},{"id":2,"a":"b"}]"#.to_owned(), r#"Download file"#),
        (r#"{"type":"inline_attachment","src":"data:application/zip;base64,UEsDBA==","filename":"a.zip"}"#.to_owned(), "Download a.zip"),
    ] {
        let html = drawn(&chat, Rendering::Fitting);
        assert!(html.contains(found) && html.contains("AT "), "{chat}: {html}");
    }
    // What is elsewhere is named, and never loaded by the page.
    for (json, found) in [
        (
            r#"{"a":{"type":"external_attachment","url":"https://a.b/c.png","filename":"c.png","content_type":"image/png"}}"#,
            "file: c.png, https://a.b/c.png</a>",
        ),
        (
            r#"{"a":"https://a.b/c.png"}"#,
            r#"<a href="https://a.b/c.png" rel="noopener noreferrer nofollow" target="_blank">https://a.b/c.png</a>"#,
        ),
        (r#"{"a":{"type":"external_attachment","url":"s3://bucket/c.png","filename":"c.png"}}"#, "[file, c.png: s3://bucket/c.png]"),
        (r#"[{"role":"user","content":[{"type":"input_image","file_id":"file-1"}]}]"#, "[image, file-1]"),
        (r#"{"a":"javascript:alert(1)"}"#, r#""javascript:alert(1)""#),
    ] {
        let html = drawn(json, Rendering::Fitting);
        assert!(html.contains(found) && !html.contains("<img") && !html.contains("src="), "{json}: {html}");
    }
    // What only looks like a reference is JSON and nothing more.
    for json in [
        r#"{"type":"braintrust_attachment"}"#,
        r#"{"type":"braintrust_attachment","key":1}"#,
        r#"{"a":"data:image/png;base64"}"#,
        r#"{"a":"data:,x"}"#,
    ] {
        assert!(!drawn(json, Rendering::Json).contains("AT "), "{json}");
    }
}

#[test]
fn keys_of_attachments_are_found_wherever_they_stand() {
    let json = format!(r#"{{"a":[{}, {{"key":"other"}}],"key":["x"],"b":{{"key" : "two"}}}}"#, reference("o\\u006ee", "a", "b"));
    assert_eq!(attachment_keys(&json), ["one", "other", "x", "two"]);
    assert_eq!(attachment_keys(r#"{"key":"one"}"#), [""; 0]);
    assert_eq!(attachment_keys(&format!("[{}]", vec![reference("k", "a", "b"); 1_000].join(","))).len(), 200);
}

#[test]
fn a_file_is_what_its_bytes_say() {
    for (bytes, content_type, is_shown) in [
        (b"RIFF\0\0\0\0WAVEfmt ".as_slice(), "audio/wav", true),
        (b"OggS\0", "audio/ogg", true),
        (b"fLaC", "audio/flac", true),
        (b"\xff\xfb\x90", "audio/mpeg", true),
        (b"\xff\xf1\x50", "audio/aac", true),
        (b"\0\0\0\x20ftypM4A ", "audio/mp4", true),
        (b"%PDF-1.7", "application/pdf", true),
        (b"\xff\xfea\0", "application/octet-stream", false),
        (b"<svg>", "application/octet-stream", false),
        (b"<html>", "application/octet-stream", false),
        (b"", "application/octet-stream", false),
    ] {
        let file = served(bytes.to_vec(), Some("a.html".to_owned()));
        assert_eq!((file.content_type, file.is_shown, file.name.as_str()), (content_type, is_shown, "a.html"), "{bytes:?}");
    }
    let json = format!(r#"{{"a":{},"b":"data:text/plain;base64,aGk=","c":"text"}}"#, reference("k", "a", "b"));
    let at = |part: &str| json.find(part).unwrap() as u64;
    assert_eq!(file(&json, at(r#"{"type"#), 0), Some(FieldFile::Attached("k".to_owned())));
    assert_eq!(file(&json, at(r#""data:"#), 0), Some(FieldFile::Held(b"hi".to_vec())));
    for (place, number) in [(0, 0), (at(r#""data:"#), 1), (at(r#""k""#), 0), (u64::MAX, 0)] {
        assert_eq!(file(&json, place, number), None, "{place}");
    }
}
