//! Makes one function of those that are the same to the byte. Generic code, the parts and what binding adds leave hundreds of them.

use std::collections::HashMap;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{BinaryReaderError, FunctionBody, FunctionSectionReader, Parser, Payload, TypeRef};

use crate::failure::{Explain, Outcome};

/// The module with each function once.
pub fn without_duplicates(wasm: &[u8]) -> Outcome<Vec<u8>> {
    let mut once = Once::read(wasm).explain(|| "cannot read the functions of the client".into())?;
    let mut module = Module::new();
    once.parse_core_module(&mut module, Parser::new(0), wasm).explain(|| "cannot write the functions of the client".into())?;
    Ok(module.finish())
}

/// Which functions stay, and what the others are.
struct Once {
    /// The new number of each function, imported ones first.
    numbers: Vec<u32>,
    /// Whether each function with a body stays.
    stays: Vec<bool>,
    /// How many bodies were written or left out.
    bodies: usize,
}

impl Once {
    fn read(wasm: &[u8]) -> Result<Self, BinaryReaderError> {
        let (imported, functions) = functions_of(wasm)?;
        let mut once = Self { numbers: (0..imported).collect(), stays: Vec::new(), bodies: 0 };
        let mut known = HashMap::new();
        let mut next = imported;
        for function in functions {
            let number = *known.entry(function).or_insert(next);
            once.stays.push(number == next);
            next += u32::from(number == next);
            once.numbers.push(number);
        }
        Ok(once)
    }
}

/// The type of a function, and its body.
pub type WasmFunction<'wasm> = (u32, &'wasm [u8]);

/// How many functions a module imports, and its own.
pub fn functions_of(wasm: &[u8]) -> Result<(u32, Vec<WasmFunction<'_>>), BinaryReaderError> {
    let (mut imported, mut types, mut bodies) = (0, Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(section) => types = section.into_iter().collect::<Result<Vec<u32>, _>>()?,
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    Ok((imported, types.into_iter().zip(bodies).collect()))
}

impl Reencode for Once {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Self::Error>> {
        Ok(self.numbers.get(function as usize).copied().unwrap_or(function))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        for (place, kind) in section.into_iter().enumerate() {
            if self.stays[place] {
                functions.function(self.type_index(kind?)?);
            }
        }
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error<Self::Error>> {
        self.bodies += 1;
        if self.stays[self.bodies - 1] { utils::parse_function_body(self, code, body) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::without_duplicates;
    use wasm_encoder::{CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, TypeSection, ValType};

    /// Functions of constants, each of a type, and one that calls all of them; it is exported.
    fn module(functions: &[(u32, i32)], calls: &[u32]) -> Vec<u8> {
        let (mut types, mut section, mut code, mut exports) =
            (TypeSection::new(), FunctionSection::new(), CodeSection::new(), ExportSection::new());
        types.ty().function([], [ValType::I32]);
        types.ty().function([ValType::I32], [ValType::I32]);
        types.ty().function([], []);
        for (kind, value) in functions {
            section.function(*kind);
            let mut body = Function::new([]);
            body.instructions().i32_const(*value).end();
            code.function(&body);
        }
        section.function(2);
        let mut body = Function::new([]);
        for call in calls {
            body.instructions().i32_const(0).call(*call).drop().drop();
        }
        body.instructions().end();
        code.function(&body);
        exports.export("all", ExportKind::Func, u32::try_from(functions.len()).unwrap());
        let mut module = Module::new();
        module.section(&types).section(&section).section(&exports).section(&code);
        module.finish()
    }

    #[test]
    fn what_is_the_same_is_there_once() {
        // The same body with another type is another function.
        let all = module(&[(0, 7), (0, 8), (0, 7), (1, 7), (0, 8)], &[0, 1, 2, 3, 4]);
        assert_eq!(without_duplicates(&all).unwrap(), module(&[(0, 7), (0, 8), (1, 7)], &[0, 1, 0, 2, 1]));
        assert!(without_duplicates(b"no wasm").is_err());
    }
}
