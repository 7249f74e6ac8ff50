//! Blanks texts in what people load that only a panic says. Each place of one names its source file: together they are more than a kilobyte
//! of the first page. The line and the column stay, and the development bundle says the file.

use std::ops::Range;

use wasmparser::{BinaryReaderError, DataKind, Operator, Parser, Payload};

use crate::failure::{Explain, Outcome};

/// Bytes of a name at most.
const LONGEST: usize = 300;

/// What a library says of a client that is built like a server, from its beginning to its end. This one is not.
const NEVER_SAID: (&[u8], &[u8]) = (b"Value is None because the `ssr` feature is active.", b"to identify the source.");

/// The module with blanks in their place. Nothing moves.
pub fn without_texts_of_panics(mut wasm: Vec<u8>) -> Outcome<Vec<u8>> {
    let segments = segments(&wasm).explain(|| "cannot read the data of the client".into())?;
    for text in names(&wasm, &segments).into_iter().chain(never_said(&wasm)) {
        wasm[text].fill(b'-');
    }
    Ok(wasm)
}

fn never_said(wasm: &[u8]) -> Option<Range<usize>> {
    let (first, last) = NEVER_SAID;
    let start = wasm.windows(first.len()).position(|bytes| bytes == first)?;
    let length = wasm[start..].windows(last.len()).position(|bytes| bytes == last)? + last.len();
    (length <= 1_000).then_some(start..start + length)
}

/// Where some bytes of the memory stand in the module.
struct Segment {
    /// Their first address.
    address: usize,
    bytes: Range<usize>,
}

fn segments(wasm: &[u8]) -> Result<Vec<Segment>, BinaryReaderError> {
    let mut segments = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::DataSection(section) = payload? else { continue };
        for data in section {
            let data = data?;
            if let DataKind::Active { offset_expr, .. } = data.kind
                && let Operator::I32Const { value } = offset_expr.get_operators_reader().read()?
                && let Ok(address) = usize::try_from(value)
            {
                // The bytes end where their entry does.
                let end = data.range.end as usize;
                segments.push(Segment { address, bytes: end - data.data.len()..end });
            }
        }
    }
    Ok(segments)
}

/// The names of files that places point to: an address and a length, one after the other.
fn names(wasm: &[u8], segments: &[Segment]) -> Vec<Range<usize>> {
    let number = |bytes: &[u8]| bytes.try_into().map(u32::from_le_bytes).map_or(0, |number| number as usize);
    let pairs = segments.iter().flat_map(|segment| wasm[segment.bytes.clone()].windows(8).step_by(4));
    let pointed = pairs.filter_map(|pair| {
        let (address, length) = (number(&pair[..4]), number(&pair[4..]));
        let segment = segments.iter().find(|segment| (segment.address..segment.address + segment.bytes.len()).contains(&address))?;
        let start = segment.bytes.start + (address - segment.address);
        let name = start..start.checked_add(length)?;
        (name.end <= segment.bytes.end && is_source_name(&wasm[name.clone()])).then_some(name)
    });
    pointed.collect()
}

fn is_source_name(text: &[u8]) -> bool {
    let is_path = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./".contains(byte);
    text.len() <= LONGEST && text.ends_with(b".rs") && text.contains(&b'/') && text.iter().all(is_path)
}

#[cfg(test)]
mod tests {
    use super::without_texts_of_panics;
    use wasm_encoder::{ConstExpr, DataSection, Module};

    #[test]
    fn only_what_panics_say_is_blank() {
        let texts = b"Saved\0\0\0app/src/lib.rs is open. Value is None because the `ssr` feature is active. Try to identify the source.  ";
        let module = |texts: &[u8]| {
            let (texts_at, mut memory) = (1_024_u32, texts.to_vec());
            for (address, length) in [(0, 5), (8, 14), (8, 22), (900_000, 14)] {
                memory.extend([texts_at + address, length].into_iter().flat_map(u32::to_le_bytes));
            }
            let mut data = DataSection::new();
            data.active(0, &ConstExpr::i32_const(1_024), memory);
            let mut module = Module::new();
            module.section(&data);
            module.finish()
        };
        let blank = b"Saved\0\0\0-------------- is open. ------------------------------------------------------------------------------  ";
        assert_eq!(without_texts_of_panics(module(texts)).unwrap(), module(blank));
    }
}
