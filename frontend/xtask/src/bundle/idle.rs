//! Takes code out of the linked client that is there only because a pointer or an export leads to it, and that never runs.
//!
//! A type-erased view carries a pointer to everything that can be done with it, so the linker keeps all of that for every type, also what
//! this product never does. Such functions are emptied before the client is cut into parts: cutting leaves out whatever only they reach.
//! Should one of them run after all, the page stops right there and says so.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::{CustomSection, Encode, Module, RawSection, SectionId};
use wasmparser::{
    BinaryReaderError, KnownCustom, Linking, Parser, Payload, RelocAddendKind, RelocSectionReader, RelocationEntry, RelocationType,
    SymbolInfo, TypeRef,
};

use crate::failure::{Explain, Failure, Outcome};

/// What never runs, each by a piece of its symbols. It must do what nothing else does: of functions that do the same the compiler keeps one,
/// under either name.
const NEVER_RUN: [&str; 2] = [
    // A page is brought to life when all that it needs is there (`app/src/hydration.rs`).
    "IntoAny$GT$8into_any13hydrate_async17h",
    // Server functions take and give JSON, and no stream.
    "intounderlying",
];

/// What binding runs, to learn the types of what it binds.
const RUN_BY_BINDING: &str = "__wbindgen_describe";

/// Nothing but a stop: no locals, `unreachable`, `end`.
const EMPTY: [u8; 3] = [0x00, 0x00, 0x0b];

/// The client without it.
pub fn left_out(client: &[u8]) -> Outcome<Vec<u8>> {
    emptied(client, &NEVER_RUN)
}

fn emptied(client: &[u8], never_run: &[&str]) -> Outcome<Vec<u8>> {
    let linked = LinkedClient::read(client).explain(|| "cannot read the linked client".into())?;
    let idle = linked.called(never_run)?;
    linked.refuse_calls_of(&idle)?;
    linked.without(&idle).explain(|| "cannot empty what never runs".into())
}

/// What the linker made, with what it says about it.
struct LinkedClient<'a> {
    client: &'a [u8],
    /// Functions that come from outside; the others are numbered after them.
    imported: u32,
    bodies: Vec<&'a [u8]>,
    /// Where the contents of the code section begin; relocations count from there.
    code: u64,
    /// Where each body begins.
    starts: Vec<u64>,
    symbols: Vec<SymbolInfo<'a>>,
    relocations: Vec<RelocationEntry>,
}

impl<'a> LinkedClient<'a> {
    fn read(client: &'a [u8]) -> Result<Self, BinaryReaderError> {
        let mut linked =
            Self { client, imported: 0, bodies: Vec::new(), code: 0, starts: Vec::new(), symbols: Vec::new(), relocations: Vec::new() };
        for payload in Parser::new(0).parse_all(client) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        linked.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => linked.code = range.start,
                Payload::CodeSectionEntry(body) => {
                    linked.starts.push(body.range().start);
                    linked.bodies.push(body.as_bytes());
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Linking(linking) => {
                        for subsection in linking.subsections() {
                            if let Linking::SymbolTable(symbols) = subsection? {
                                linked.symbols = symbols.into_iter().collect::<Result<_, _>>()?;
                            }
                        }
                    }
                    KnownCustom::Reloc(relocations) if section.name() == CODE_RELOCATIONS => {
                        linked.relocations = relocations.entries().into_iter().collect::<Result<_, _>>()?;
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(linked)
    }

    /// The functions in whose symbols a piece stands.
    fn called(&self, pieces: &[&str]) -> Outcome<BTreeSet<u32>> {
        let mut found = BTreeMap::from_iter(pieces.iter().map(|piece| (*piece, BTreeSet::new())));
        for symbol in &self.symbols {
            let SymbolInfo::Func { index, name: Some(name), .. } = symbol else { continue };
            if *index >= self.imported && !name.starts_with(RUN_BY_BINDING) {
                found.iter_mut().filter(|(piece, _)| name.contains(**piece)).for_each(|(_, functions)| _ = functions.insert(*index));
            }
        }
        match found.iter().find(|(_, functions)| functions.is_empty()) {
            Some((piece, _)) => Err(Failure(format!("no function is called `{piece}` any more; look what became of it in the bundle"))),
            None => Ok(found.into_values().flatten().collect()),
        }
    }

    /// Fails if one of the functions is called by another one: they are known to be idle because only pointers lead to them.
    fn refuse_calls_of(&self, idle: &BTreeSet<u32>) -> Outcome {
        let calls = self.relocations.iter().filter(|entry| entry.ty == RelocationType::FunctionIndexLeb);
        for entry in calls {
            let Some(SymbolInfo::Func { index, name, .. }) = self.symbols.get(entry.index as usize) else { continue };
            if idle.contains(index) && self.function_at(entry).is_some_and(|caller| !idle.contains(&caller)) {
                return Err(Failure(format!("`{}` is called, although it is said never to run", name.unwrap_or_default())));
            }
        }
        Ok(())
    }

    /// The function in which a relocation lies.
    fn function_at(&self, entry: &RelocationEntry) -> Option<u32> {
        let place = self.code + u64::from(entry.offset);
        let after = self.starts.partition_point(|start| *start <= place);
        Some(self.imported + u32::try_from(after.checked_sub(1)?).ok()?)
    }

    fn without(&self, idle: &BTreeSet<u32>) -> Result<Vec<u8>, BinaryReaderError> {
        let (code, starts) = self.code_without(idle);
        let mut module = Module::new();
        for payload in Parser::new(0).parse_all(self.client) {
            let payload = payload?;
            let Some((id, range)) = payload.as_section() else { continue };
            match &payload {
                Payload::CodeSectionStart { .. } => _ = module.section(&RawSection { id: SectionId::Code.into(), data: &code }),
                Payload::CustomSection(section) if section.name() == CODE_RELOCATIONS => {
                    let data = self.relocations_without(idle, &starts, RelocSectionReader::new(section.data_reader())?.section_index());
                    module.section(&CustomSection { name: CODE_RELOCATIONS.into(), data: data.into() });
                }
                _ => {
                    let data = self.client.get(range.start as usize..range.end as usize).unwrap_or_default();
                    module.section(&RawSection { id, data });
                }
            }
        }
        Ok(module.finish())
    }

    /// The contents of the code section, and where each body begins in them.
    fn code_without(&self, idle: &BTreeSet<u32>) -> (Vec<u8>, Vec<u32>) {
        let (mut code, mut starts) = (Vec::new(), Vec::new());
        self.bodies.len().encode(&mut code);
        for (function, body) in (self.imported..).zip(&self.bodies) {
            let body = if idle.contains(&function) { &EMPTY } else { *body };
            body.len().encode(&mut code);
            starts.push(code.len() as u32);
            code.extend(body);
        }
        (code, starts)
    }

    /// The section of relocations of the code, whose bodies begin at `starts` now.
    fn relocations_without(&self, idle: &BTreeSet<u32>, starts: &[u32], section: u32) -> Vec<u8> {
        let moved = self.relocations.iter().filter_map(|entry| {
            let function = self.function_at(entry).filter(|function| !idle.contains(function))?;
            let body = (function - self.imported) as usize;
            let within = self.code + u64::from(entry.offset) - self.starts.get(body)?;
            Some(RelocationEntry { offset: starts.get(body)? + u32::try_from(within).ok()?, ..*entry })
        });
        let moved: Vec<_> = moved.collect();
        let mut data = Vec::new();
        section.encode(&mut data);
        moved.len().encode(&mut data);
        for RelocationEntry { ty, offset, index, addend } in moved {
            data.push(ty as u8);
            offset.encode(&mut data);
            index.encode(&mut data);
            if ty.addend_kind() != RelocAddendKind::None {
                addend.encode(&mut data);
            }
        }
        data
    }
}

const CODE_RELOCATIONS: &str = "reloc.CODE";

#[cfg(test)]
mod tests {
    use super::{CODE_RELOCATIONS, LinkedClient, emptied};
    use wasm_encoder::{CodeSection, CustomSection, Encode, Function, FunctionSection, LinkingSection, Module, SymbolTable, TypeSection};

    /// Three functions, of which `caller` calls `last`, and all call nothing else.
    fn linked(caller: u32) -> Vec<u8> {
        let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        types.ty().function([], []);
        let (mut offset, mut call) = (1, 0);
        for index in 0..3 {
            functions.function(0);
            let mut body = Function::new([]);
            if index == caller {
                // The operation, and then the padded number that the linker would fill in.
                body.raw([0x10, 0x82, 0x80, 0x80, 0x80, 0x00]);
                call = offset + 3;
            }
            body.instructions().end();
            offset += body.byte_len() as u32 + 1;
            code.function(&body);
        }
        let mut symbols = SymbolTable::new();
        ["first", "idle", "last"].iter().zip(0..).for_each(|(name, index)| _ = symbols.function(0, index, Some(name)));
        let mut linking = LinkingSection::new();
        linking.symbol_table(&symbols);
        let mut relocations = Vec::new();
        // The code is the third section; one entry, the index of a function, of the symbol `last`.
        [2_u32, 1, 0, call, 2].iter().for_each(|number| number.encode(&mut relocations));
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&code).section(&linking);
        module.section(&CustomSection { name: CODE_RELOCATIONS.into(), data: relocations.into() });
        module.finish()
    }

    fn bodies(client: &[u8]) -> (Vec<usize>, Vec<u32>) {
        let linked = LinkedClient::read(client).unwrap();
        (linked.bodies.iter().map(|body| body.len()).collect(), linked.relocations.iter().map(|entry| entry.offset).collect())
    }

    #[test]
    fn what_never_runs_is_emptied_and_the_rest_is_found_where_it_lies_now() {
        // The second function shrinks from eight bytes to three: what it referred to is referred to no more.
        assert_eq!(bodies(&linked(1)), (vec![2, 8, 2], vec![7]));
        assert_eq!(bodies(&emptied(&linked(1), &["idle"]).unwrap()), (vec![2, 3, 2], vec![]));
        assert_eq!(bodies(&linked(2)), (vec![2, 2, 8], vec![10]));
        assert_eq!(bodies(&emptied(&linked(2), &["idle"]).unwrap()), (vec![2, 3, 8], vec![11]));
    }

    #[test]
    fn what_is_called_is_not_idle_and_what_is_gone_is_told() {
        let refused = |client: &[u8], piece| emptied(client, &[piece]).unwrap_err().0;
        assert_eq!(refused(&linked(0), "last"), "`last` is called, although it is said never to run");
        assert!(refused(&linked(0), "nobody").starts_with("no function is called `nobody` any more"));
        assert!(refused(b"no wasm", "idle").starts_with("cannot read the linked client"));
    }
}
