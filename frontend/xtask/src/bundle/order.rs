//! Puts functions that are alike beside one another. What is near costs compression less to point at: the first page is three percent smaller.

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{BinaryReader, BinaryReaderError, CodeSectionReader, FunctionBody, FunctionSectionReader, Parser};

use super::duplicates::{WasmFunction, functions_of};
use crate::failure::{Explain, Outcome};

/// The module with its functions by type and then by body.
pub fn alike_together(wasm: &[u8]) -> Outcome<Vec<u8>> {
    let mut ordered = Ordered::read(wasm).explain(|| "cannot read the functions of the client".into())?;
    let mut module = Module::new();
    ordered.parse_core_module(&mut module, Parser::new(0), wasm).explain(|| "cannot write the functions of the client".into())?;
    Ok(module.finish())
}

/// Functions in their new order.
struct Ordered<'wasm> {
    /// The new number of each function, imported ones first.
    numbers: Vec<u32>,
    /// The type and the body of each function that has one.
    functions: Vec<WasmFunction<'wasm>>,
}

impl<'wasm> Ordered<'wasm> {
    fn read(wasm: &'wasm [u8]) -> Result<Self, BinaryReaderError> {
        let (imported, bodies) = functions_of(wasm)?;
        let mut functions: Vec<_> = bodies.into_iter().zip(imported..).collect();
        functions.sort();
        let mut numbers: Vec<u32> = (0..imported).chain(functions.iter().map(|_| 0)).collect();
        for (new, (_, old)) in (imported..).zip(&functions) {
            numbers[*old as usize] = new;
        }
        Ok(Self { numbers, functions: functions.into_iter().map(|(function, _)| function).collect() })
    }
}

impl Reencode for Ordered<'_> {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Self::Error>> {
        Ok(self.numbers.get(function as usize).copied().unwrap_or(function))
    }

    fn parse_function_section(&mut self, functions: &mut FunctionSection, _: FunctionSectionReader<'_>) -> Result<(), Error<Self::Error>> {
        for (kind, _) in self.functions.clone() {
            functions.function(self.type_index(kind)?);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, _: CodeSectionReader<'_>) -> Result<(), Error<Self::Error>> {
        for (_, body) in self.functions.clone() {
            utils::parse_function_body(self, code, FunctionBody::new(BinaryReader::new(body, 0)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::alike_together;
    use wasm_encoder::{
        CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection,
        Module, RefType, TableSection, TableType, TypeSection, ValType,
    };

    /// An imported function, then functions of a type that return a constant; each is exported, and they stand in a table.
    fn module(functions: &[(u32, i32)], exported: &[(&str, u32)], table: &[u32]) -> Vec<u8> {
        let (mut types, mut imports, mut section, mut tables, mut exports, mut elements, mut code) = (
            TypeSection::new(),
            ImportSection::new(),
            FunctionSection::new(),
            TableSection::new(),
            ExportSection::new(),
            ElementSection::new(),
            CodeSection::new(),
        );
        types.ty().function([], [ValType::I32]);
        types.ty().function([ValType::I32], [ValType::I32]);
        imports.import("script", "given", EntityType::Function(0));
        let size = u64::try_from(table.len()).unwrap();
        tables.table(TableType { element_type: RefType::FUNCREF, table64: false, minimum: size, maximum: None, shared: false });
        elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(table.into()));
        for (kind, value) in functions {
            section.function(*kind);
            let mut body = Function::new([]);
            body.instructions().i32_const(*value).end();
            code.function(&body);
        }
        for (name, function) in exported {
            exports.export(name, ExportKind::Func, *function);
        }
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&section).section(&tables).section(&exports).section(&elements).section(&code);
        module.finish()
    }

    #[test]
    fn whoever_means_a_function_means_the_same_one_after_it() {
        let mixed = module(&[(1, 7), (0, 9), (0, 8)], &[("seven", 1), ("nine", 2), ("eight", 3), ("given", 0)], &[3, 0, 1, 2]);
        let ordered = module(&[(0, 8), (0, 9), (1, 7)], &[("seven", 3), ("nine", 2), ("eight", 1), ("given", 0)], &[1, 0, 3, 2]);
        assert_eq!(alike_together(&mixed).unwrap(), ordered);
        assert_eq!(alike_together(&ordered).unwrap(), ordered, "what is in order stays");
        assert!(alike_together(b"no wasm").is_err());
    }
}
