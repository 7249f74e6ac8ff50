//! The browser's bundle: the client as wasm with its glue, the parts of it that are loaded later, their style sheets and the
//! files of `style/static`, each with a brotli twin, and a hash over all of them that becomes part of their address.

mod duplicates;
mod idle;
mod order;
mod sources;
mod split;
pub mod style;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::failure::{Explain, Failure, Outcome};
use crate::process::{run, say};
use crate::wasm_toolchain::{TARGET, WasmToolchain};
use crate::workspace::Workspace;

/// Built small for people, or quickly for whoever is changing it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Optimised for size; brotli at its best.
    Release,
    /// Not optimised; brotli at its fastest.
    Development,
}

/// The files of the first page, which the size budget counts.
pub const FIRST_PAGE: [&str; 4] = ["touchstone.js", "touchstone_bg.wasm", split::SCRIPT, style::FIRST_SHEET.0];

const KEY: &str = "inputs.txt";
const MANIFEST: &str = "parts.txt";

/// What decides how the client is cut and bound, beside the client.
const MAKERS: [(&str, &[u8]); 6] = [
    ("bundle.rs", include_bytes!("bundle.rs")),
    ("duplicates.rs", include_bytes!("bundle/duplicates.rs")),
    ("idle.rs", include_bytes!("bundle/idle.rs")),
    ("order.rs", include_bytes!("bundle/order.rs")),
    ("sources.rs", include_bytes!("bundle/sources.rs")),
    ("split.rs", include_bytes!("bundle/split.rs")),
];

/// What the functions of the script are imported from.
const GLUE: &str = "./touchstone_bg.js";

/// Builds the bundle and gives back its folder. Where nothing changed, the folder is left as it is, to the byte and to
/// the time of change, so that the server around it is not compiled again.
pub fn build(workspace: &Workspace, mode: Mode) -> Outcome<PathBuf> {
    let toolchain = WasmToolchain::provide()?;
    let (profile, made_in, folder, estimate) = match mode {
        Mode::Release => ("wasm-release", "wasm-release", "bundle", "about four minutes on two cores the first time"),
        Mode::Development => ("dev", "debug", "bundle-development", "about two minutes on two cores the first time"),
    };
    say(&format!("building the browser's part ({estimate})"));
    run(&mut toolchain.cargo(workspace, &["build", "--package", "frontend", "--lib", "--profile", profile]))?;

    let client = toolchain.target(workspace).join(TARGET).join(made_in).join("frontend.wasm");
    let client = fs::read(&client).explain(|| format!("cannot read {}", client.display()))?;
    let mut files = static_files(&workspace.path("style/static"))?;
    files.extend(style::gather(&workspace.path("style"))?.into_iter().map(|(name, sheet)| (name, sheet.into_bytes())));

    let folder = workspace.target.join(folder);
    let inputs = files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).chain([("client", client.as_slice())]);
    let key = digest(inputs.chain(MAKERS));
    if fs::read_to_string(folder.join(KEY)).is_ok_and(|made_from| made_from == key) {
        return Ok(folder);
    }
    say("binding and compressing the bundle");
    let split::Split { main, files: parts, manifest } = split::split(&idle::left_out(&client)?, &workspace.target.join("bundle-parts"))?;
    files.extend(bind(main, mode)?);
    for (name, content) in parts {
        let is_small = mode == Mode::Release && name.ends_with(".wasm");
        files.insert(name, if is_small { small(&content)? } else { content });
    }
    write(&folder, &files, &manifest, &key, mode)?;
    Ok(folder)
}

/// The parts of a built bundle that are loaded later, each with its files.
pub fn parts(folder: &Path) -> Outcome<Vec<(String, Vec<String>)>> {
    let path = folder.join(MANIFEST);
    let manifest = fs::read_to_string(&path).explain(|| format!("cannot read {}", path.display()))?;
    let lines = manifest.lines().filter_map(|line| line.split_once(": "));
    Ok(lines.map(|(part, files)| (part.to_owned(), files.split(' ').map(str::to_owned).collect())).collect())
}

/// What the `wasm-bindgen` program does, in the very version the client was compiled with. What the parts import of the
/// main module must keep its name.
fn bind(client: Vec<u8>, mode: Mode) -> Outcome<BTreeMap<String, Vec<u8>>> {
    let mut bindgen = Bindgen::new();
    let mut output = bindgen
        .input_bytes("touchstone", client)
        .keep_lld_exports(true)
        .demangle(false)
        .web(true)
        .map(|bindgen| bindgen.typescript(false).remove_name_section(true).remove_producers_section(true))
        .and_then(|bindgen| bindgen.generate_output())
        .explain(|| "cannot bind the client's wasm to JavaScript".into())?;
    // Snippets would be files in folders, which the server's one flat folder of assets does not have.
    let inline = output.snippets().iter().filter(|(_, scripts)| !scripts.is_empty()).map(|(name, _)| name);
    if let Some(name) = inline.chain(output.local_modules().keys()).next() {
        return Err(Failure(format!("the crate behind {name} brings a JavaScript file of its own; use web-sys instead of it")));
    }
    let script = without_comments(output.js());
    let wasm = output.wasm_mut();
    let mut short = BTreeMap::new();
    for import in wasm.imports.iter_mut().filter(|import| import.module == GLUE) {
        let number = short.len();
        let name = short.entry(std::mem::take(&mut import.name)).or_insert_with(|| short_name(number));
        import.name.clone_from(name);
    }
    let script = renamed(&script, &short).into_bytes();
    let wasm = match mode {
        Mode::Release => small(&sources::without_texts_of_panics(wasm.emit_wasm())?)?,
        Mode::Development => wasm.emit_wasm(),
    };
    Ok(BTreeMap::from([("touchstone.js".to_owned(), script), ("touchstone_bg.wasm".to_owned(), wasm)]))
}

/// A module with each function once, and those that are alike side by side.
fn small(wasm: &[u8]) -> Outcome<Vec<u8>> {
    order::alike_together(&duplicates::without_duplicates(wasm)?)
}

/// A name of few letters for each number. What a function of the script is called for the wasm has a hash in it, which no compression
/// makes smaller, and it stands in both files.
fn short_name(mut number: usize) -> String {
    let mut name = String::new();
    loop {
        name.extend(('a'..='z').nth(number % 26));
        number /= 26;
        if number == 0 {
            return name;
        }
        number -= 1;
    }
}

/// A script in which whole words are called something else.
fn renamed(script: &str, names: &BTreeMap<String, String>) -> String {
    let is_word = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '$');
    let pieces = script.split_inclusive(|character| !is_word(character));
    pieces.fold(String::with_capacity(script.len()), |mut out, piece| {
        let word = piece.trim_end_matches(|character| !is_word(character));
        out.push_str(names.get(word).map_or(word, String::as_str));
        out.push_str(&piece[word.len()..]);
        out
    })
}

/// The generated script without its comments and indentation. It begins every comment on a line of its own, and has no
/// text over several lines in which such a line could stand.
fn without_comments(script: &str) -> String {
    let lines = script.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !["//", "/*", "*"].iter().any(|start| line.starts_with(start)));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn write(folder: &Path, files: &BTreeMap<String, Vec<u8>>, manifest: &str, key: &str, mode: Mode) -> Outcome {
    if folder.exists() {
        fs::remove_dir_all(folder).explain(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).explain(|| format!("cannot make {}", folder.display()))?;
    let write = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, content).explain(|| format!("cannot write {}", path.display()))
    };
    for (name, content) in files {
        write(name, content)?;
        write(&format!("{name}.br"), &compress(content, mode)?)?;
    }
    let hash = digest(files.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
    write("hash.txt", &hash.as_bytes()[..12])?;
    write(MANIFEST, manifest.as_bytes())?;
    // Last, so that an interrupted run is not taken for a finished one.
    write(KEY, key.as_bytes())
}

fn compress(content: &[u8], mode: Mode) -> Outcome<Vec<u8>> {
    let quality = if mode == Mode::Release { 11 } else { 1 };
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), 1 << 16, quality, 24);
    compressor.write_all(content).and_then(|()| compressor.flush()).explain(|| "cannot compress".into())?;
    Ok(compressor.into_inner())
}

/// The files that are served as they are.
fn static_files(folder: &Path) -> Outcome<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder).explain(|| format!("cannot list {}", folder.display()))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            files.insert(name, fs::read(entry.path()).explain(|| format!("cannot read {}", entry.path().display()))?);
        }
    }
    Ok(files)
}

/// Names and lengths are hashed as well, so that moving a byte from one file to the next changes the digest.
fn digest<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hasher = Sha256::new();
    for (name, content) in files {
        hasher.update(format!("{name} {}\n", content.len()));
        hasher.update(content);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{Mode, compress, digest, renamed, short_name, without_comments};
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn comments_and_indentation_of_the_script_are_left_out() {
        let script = "/**\n * @returns {number}\n */\nf() {\n    // why\n    return a * b; // stays\n\n}\n";
        assert_eq!(without_comments(script), "f() {\nreturn a * b; // stays\n}\n");
    }

    #[test]
    fn names_are_short_and_given_once() {
        let names: BTreeSet<_> = (0..800).map(short_name).collect();
        assert_eq!(names.len(), 800);
        assert!(names.iter().all(|name| (1..=3).contains(&name.len())));
        let names = BTreeMap::from([("__wbg_add_1f".to_owned(), short_name(27))]);
        assert_eq!(renamed("__wbg_add_1f: f(__wbg_add_1f0) {};\n", &names), "ba: f(__wbg_add_1f0) {};\n");
    }

    #[test]
    fn compressed_content_comes_back() {
        let content = b"touchstone ".repeat(1000);
        for mode in [Mode::Release, Mode::Development] {
            let compressed = compress(&content, mode).unwrap();
            let mut back = Vec::new();
            brotli::BrotliDecompress(&mut compressed.as_slice(), &mut back).unwrap();
            assert_eq!(back, content);
            assert!(compressed.len() < 200, "{} bytes", compressed.len());
        }
    }

    #[test]
    fn the_digest_sees_which_file_a_byte_is_in() {
        let one: [(&str, &[u8]); 2] = [("a", b"xy"), ("b", b"z")];
        let other: [(&str, &[u8]); 2] = [("a", b"x"), ("b", b"yz")];
        assert_ne!(digest(one.into_iter()), digest(other.into_iter()));
    }
}
