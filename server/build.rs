//! Puts the browser's bundle into the binary.
//!
//! `TOUCHSTONE_BUNDLE` names the folder `cargo xtask bundle` makes. Without it the table is empty, so that lints, tests
//! and editors need no wasm.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=TOUCHSTONE_BUNDLE");
    let table = match std::env::var_os("TOUCHSTONE_BUNDLE").map(PathBuf::from) {
        Some(folder) => {
            println!("cargo::rerun-if-changed={}", folder.display());
            table(&folder)?
        }
        None => source("", "", ""),
    };
    let place = std::env::var_os("OUT_DIR").ok_or("cargo does not say where generated code goes")?;
    let place = Path::new(&place).join("assets.rs");
    fs::write(&place, table).map_err(|error| format!("cannot write {}: {error}", place.display()))
}

/// Every file of the bundle that has a brotli twin.
fn table(folder: &Path) -> Result<String, String> {
    let explain = |error| format!("TOUCHSTONE_BUNDLE={}: {error}; run `cargo xtask bundle` first", folder.display());
    let hash = fs::read_to_string(folder.join("hash.txt")).map_err(explain)?;
    let parts = parts(&fs::read_to_string(folder.join("parts.txt")).map_err(explain)?);
    let mut compressed = Vec::new();
    for entry in fs::read_dir(folder).map_err(explain)? {
        let path = entry.map_err(explain)?.path();
        if path.extension().is_some_and(|extension| extension == "br") {
            compressed.push(path);
        }
    }
    compressed.sort();
    let mut files = String::new();
    for brotli in compressed {
        let plain = brotli.with_extension("");
        let name = plain.file_name().and_then(|name| name.to_str()).ok_or("a file's name is not UTF-8")?;
        let content_type = content_type(name)?;
        writeln!(
            files,
            "    File {{ name: {name:?}, content_type: {content_type:?}, plain: include_bytes!({plain:?}), brotli: include_bytes!({brotli:?}) }},"
        )
        .map_err(|error| error.to_string())?;
    }
    Ok(source(hash.trim(), &files, &parts))
}

/// The lines of `parts.txt`, each the name of a part and its files.
fn parts(manifest: &str) -> String {
    let lines = manifest.lines().filter_map(|line| line.split_once(": "));
    lines.map(|(name, files)| format!("    ({name:?}, &{:?}),\n", files.split(' ').collect::<Vec<_>>())).collect()
}

fn source(hash: &str, files: &str, parts: &str) -> String {
    format!(
        "/// The hash over all assets, part of their address; empty in a binary without assets.\n\
         pub const HASH: &str = {hash:?};\n\n\
         /// The parts of the bundle that are loaded later, each with its files.\n\
         pub const PARTS: &[(&str, &[&str])] = &[\n{parts}];\n\nconst FILES: &[File] = &[\n{files}];\n"
    )
}

fn content_type(name: &str) -> Result<&'static str, String> {
    Ok(match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("ico") => "image/x-icon",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("woff2") => "font/woff2",
        _ => return Err(format!("{name} has no known content type; name it in server/build.rs")),
    })
}
