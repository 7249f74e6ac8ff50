//! Cuts the parts that are loaded later out of the linked client, and lets each wait for its style sheets.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wasm_encoder::{Module, RawSection};
use wasm_split_cli_support::{Options, transform};
use wasmparser::{BinaryReaderError, Parser, Payload};

use super::style::{PART_SHEETS, sheets_of};
use super::without_comments;
use crate::failure::{Explain, Failure, Outcome};

/// The script that loads the parts.
pub const SCRIPT: &str = "parts.js";

/// What loads a style sheet once: the server's link to it, or one of its own. The server's holds up the scripts of a page until the sheet
/// is there, so one without a sheet has failed.
const LOAD_SHEET: &str = "\
function linked(address) {
const known = [...document.querySelectorAll('link[rel=stylesheet]')].find((link) => link.href === address);
if (known?.sheet) return Promise.resolve();
known?.remove();
const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: address });
return new Promise((loaded, failed) => {
link.onload = loaded;
link.onerror = () => {
link.remove();
failed(new Error(`cannot load ${address}`));
};
document.head.append(link);
});
}
const sheet = (name) => makeLoad(() => {
const loaded = linked(new URL(name, import.meta.url).href);
loaded.catch(() => {});
return () => loaded;
}, []);
";

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
    let script = fs::read_to_string(folder.join(SCRIPT)).explain(|| format!("cannot read {SCRIPT}"))?;
    let script = with_sheets(&script, made.prefetch_map.keys().map(String::as_str))?;
    let mut files = BTreeMap::from([(SCRIPT.to_owned(), without_comments(&script).into_bytes())]);
    for path in &made.split_modules {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let part = without_names(&read(path)?).explain(|| format!("cannot read {}", path.display()))?;
        files.insert(name, part);
    }
    let parts: BTreeMap<_, _> = made.prefetch_map.into_iter().collect();
    let manifest = parts.into_iter().map(|(part, stems)| {
        let modules = stems.iter().map(|stem| format!("{stem}.wasm"));
        let files: Vec<_> = modules.chain(sheets_of(&part).into_iter().map(str::to_owned)).collect();
        format!("{part}: {}\n", files.join(" "))
    });
    Ok(Split { main: read(&main)?, manifest: manifest.collect(), files })
}

/// The script that loads the parts, where each part comes after its style sheets too.
fn with_sheets<'a>(script: &str, parts: impl Iterator<Item = &'a str>) -> Outcome<String> {
    let mut script = script.to_owned();
    for part in parts {
        // export const __wasm_split_load_trace = wrapAsyncCb(makeLoad(…, [__chunk_3]));
        let start = script.find(&format!("export const __wasm_split_load_{part} ="));
        let end = start.and_then(|start| Some(start + script[start..].find("]));")?));
        let end = end.ok_or_else(|| Failure(format!("{SCRIPT} does not say what the part {part} waits for as it used to")))?;
        let comma = if script[..end].ends_with('[') { "" } else { ", " };
        script.insert_str(end, &format!("{comma}{}", sheets_of(part).into_iter().map(loader_of).collect::<Vec<_>>().join(", ")));
    }
    let sheets = PART_SHEETS.map(|(sheet, _)| format!("const {} = sheet('./{sheet}');\n", loader_of(sheet)));
    Ok(format!("{LOAD_SHEET}{}{script}", sheets.concat()))
}

fn loader_of(sheet: &str) -> String {
    format!("sheet_{}", sheet.trim_end_matches(".css"))
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
    use super::{with_sheets, without_names};
    use wasm_encoder::{CodeSection, Function, FunctionSection, Module, NameMap, NameSection, TypeSection};

    #[test]
    fn a_part_waits_for_its_sheets() {
        let script = "export const __wasm_split_load_trace = wrapAsyncCb(makeLoad(() => {\n}\n, [__chunk_3]));\n\
            export const __wasm_split_load_administration = wrapAsyncCb(makeLoad(() => {\n}\n, []));\n";
        let made = with_sheets(script, ["administration", "trace"].into_iter()).unwrap();
        assert!(made.contains("const sheet_parts = sheet('./parts.css');\n"), "{made}");
        assert!(
            made.contains("__wasm_split_load_trace = wrapAsyncCb(makeLoad(() => {\n}\n, [__chunk_3, sheet_parts, sheet_trace]));"),
            "{made}"
        );
        assert!(made.ends_with(", [sheet_parts, sheet_administration]));\n"), "{made}");
        assert!(with_sheets("export const __wasm_split_load_trace = load();", ["trace"].into_iter()).is_err());
    }

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
