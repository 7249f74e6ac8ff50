//! Cuts the parts that are loaded later out of the linked client.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wasm_encoder::{Module, RawSection};
use wasm_split_cli_support::{Options, transform};
use wasmparser::{BinaryReaderError, Parser, Payload};

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
        let part = without_names(&read(path)?).explain(|| format!("cannot read {}", path.display()))?;
        files.insert(name, part);
    }
    let parts: BTreeMap<_, _> = made.prefetch_map.into_iter().collect();
    let manifest = parts
        .into_iter()
        .map(|(part, stems)| format!("{part}: {}\n", stems.iter().map(|stem| format!("{stem}.wasm")).collect::<Vec<_>>().join(" ")));
    Ok(Split { main: read(&main)?, manifest: manifest.collect(), files })
}

/// A module without the names of its functions, which are as large as their code. Binding takes them from the main module,
/// and nothing from the parts.
fn without_names(wasm: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let names = matches!(&payload, Payload::CustomSection(section) if section.name() == "name");
        if let Some((id, range)) = payload.as_section().filter(|_| !names) {
            let data = wasm.get(range.start as usize..range.end as usize).unwrap_or_default();
            module.section(&RawSection { id, data });
        }
    }
    Ok(module.finish())
}

#[cfg(test)]
mod tests {
    use super::without_names;
    use wasm_encoder::{CodeSection, Function, FunctionSection, Module, NameMap, NameSection, TypeSection};

    #[test]
    fn everything_but_the_names_stays() {
        let module = |named: bool| {
            let mut module = Module::new();
            let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
            types.ty().function([], []);
            functions.function(0);
            let mut body = Function::new([]);
            body.instructions().end();
            code.function(&body);
            module.section(&types).section(&functions).section(&code);
            if named {
                let (mut names, mut section) = (NameMap::new(), NameSection::new());
                names.append(0, "a_function");
                section.functions(&names);
                module.section(&section);
            }
            module.finish()
        };
        assert_ne!(module(true), module(false));
        assert_eq!(without_names(&module(true)).unwrap(), module(false));
        assert!(without_names(b"no wasm").is_err());
    }
}
