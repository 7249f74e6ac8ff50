//! Cuts the parts that are loaded later out of the linked client.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wasm_split_cli_support::{Options, transform};

use crate::failure::{Explain, Failure, Outcome};

/// The script that loads the parts.
pub const SCRIPT: &str = "parts.js";

/// The client in pieces.
pub struct Split {
    /// What is still to be bound to JavaScript.
    pub main: Vec<u8>,
    /// The parts and the script that loads them.
    pub files: BTreeMap<String, Vec<u8>>,
    /// A line for each part: its name, then its files.
    pub manifest: String,
}

/// Cuts the client; `folder` is for what lies around meanwhile.
pub fn split(client: &[u8], folder: &Path) -> Outcome<Split> {
    if folder.exists() {
        fs::remove_dir_all(folder).explain(|| format!("cannot empty {}", folder.display()))?;
    }
    let main = folder.join("main.wasm");
    let mut options = Options::new(client);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = "./touchstone.js";
    options.link_name = "./parts.js";
    let made = transform(options).map_err(|error| Failure(format!("cannot cut the client into parts: {error:#}")))?;

    let read = |path: &Path| fs::read(path).explain(|| format!("cannot read {}", path.display()));
    let mut files = BTreeMap::from([(SCRIPT.to_owned(), read(&folder.join(SCRIPT))?)]);
    for path in &made.split_modules {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        files.insert(name, read(path)?);
    }
    let parts: BTreeMap<_, _> = made.prefetch_map.into_iter().collect();
    let manifest = parts
        .into_iter()
        .map(|(part, stems)| format!("{part}: {}\n", stems.iter().map(|stem| format!("{stem}.wasm")).collect::<Vec<_>>().join(" ")));
    Ok(Split { main: read(&main)?, manifest: manifest.collect(), files })
}
