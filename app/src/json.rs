//! JSON between the server and the page. Structures are objects.
//!
//! What serde derives reads a structure from a list of its fields, too, which nobody here writes. Reading objects only leaves that half of the
//! code out of the bundle.

use bytes::Bytes;
use leptos::server_fn::codec::Post;
use leptos::server_fn::{ContentType, Decodes, Encodes, Format, FormatType};
use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};
use std::fmt::Formatter;

/// What server functions take and give.
pub type Json = Post<ObjectJson>;

/// The form of [`Json`].
pub struct ObjectJson;

impl ContentType for ObjectJson {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for ObjectJson {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for ObjectJson {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for ObjectJson {
    type Error = serde_json::Error;

    fn decode(text: Bytes) -> Result<T, Self::Error> {
        read(&text)
    }
}

/// Reads a value.
///
/// # Errors
/// The text is no JSON, or not of this value.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = T::deserialize(Objects(&mut deserializer))?;
    deserializer.end()?;
    Ok(value)
}

/// Whatever serde hands on while it reads, inside which structures are objects.
struct Objects<T>(T);

/// What has nothing inside is read as it always is.
macro_rules! plain {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(visitor)
        })*
    };
}

/// What may have something inside.
macro_rules! around {
    ($($method:ident($($name:ident: $kind:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($name,)* Objects(visitor))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    plain! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string
        deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_identifier deserialize_ignored_any
    }

    around! {
        deserialize_any()
        deserialize_option()
        deserialize_seq()
        deserialize_map()
        deserialize_tuple(length: usize)
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Objects(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// A value as it is found.
macro_rules! found {
    ($($method:ident: $kind:ty)*) => {
        $(fn $method<E: Error>(self, value: $kind) -> Result<V::Value, E> {
            self.0.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Objects<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        self.0.expecting(formatter)
    }

    found! {
        visit_bool: bool
        visit_i64: i64
        visit_u64: u64
        visit_f64: f64
        visit_str: &str
        visit_borrowed_str: &'de str
        visit_string: String
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, inside: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Objects(inside))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inside: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Objects(inside))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Objects(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, values: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Objects(values))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Objects(variant))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Objects<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Objects(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Objects<A> {
    type Error = A::Error;
    type Variant = Objects<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0.variant_seed(seed).map(|(value, variant)| (value, Objects(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Objects(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(length, Objects(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, A::Error> {
        self.0.newtype_variant_seed(ObjectOf(visitor))
    }
}

/// Reads an object.
struct ObjectOf<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for ObjectOf<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_map(Objects(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde::{Deserialize, Serialize};
    use serde_json::value::RawValue;
    use shared::answers::AnswerValue;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Unit,
        Newtype(Inner),
        Tuple(i64, String),
        Struct { inner: Option<Inner>, list: Vec<Inner> },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        number: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    }

    #[derive(Debug, Serialize, Deserialize)]
    struct Whole {
        kinds: Vec<Kind>,
        named: BTreeMap<String, Inner>,
        pair: (u8, bool),
        unit: (),
        raw: Box<RawValue>,
        values: Vec<AnswerValue>,
        #[serde(flatten)]
        inner: Inner,
    }

    #[test]
    fn everything_is_read_as_it_was_written() {
        let inner = |number, text: &str| Inner { number, text: (!text.is_empty()).then(|| text.to_owned()) };
        let whole = Whole {
            kinds: vec![
                Kind::Unit,
                Kind::Newtype(inner(1.5, "a\nb")),
                Kind::Tuple(-3, "é".to_owned()),
                Kind::Struct { inner: Some(inner(0.0, "")), list: vec![inner(1e300, "x"), inner(-0.5, "")] },
                Kind::Struct { inner: None, list: Vec::new() },
            ],
            named: BTreeMap::from([("one".to_owned(), inner(1.0, "1"))]),
            pair: (255, true),
            unit: (),
            raw: RawValue::from_string(r#"{ "b": 1.0, "a": [1e400] }"#.to_owned()).unwrap(),
            values: vec![AnswerValue::Number(0.5), AnswerValue::Text("t".to_owned()), AnswerValue::List(vec!["l".to_owned()])],
            inner: inner(7.0, "flat"),
        };
        let text = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::to_string(&read::<Whole>(text.as_bytes()).unwrap()).unwrap(), text);
    }

    #[test]
    fn what_is_no_object_is_no_structure() {
        assert_eq!(read::<Inner>(br#"{"number":1,"more":[{}]}"#).unwrap(), Inner { number: 1.0, text: None });
        for text in ["[1, \"a\"]", "1", "null", "{\"number\":\"1\"}", "{}", "{\"number\":1}}", ""] {
            assert!(read::<Inner>(text.as_bytes()).is_err(), "{text}");
        }
        assert!(read::<Kind>(br#"{"Struct":[null,[]]}"#).is_err());
        assert_eq!(read::<Kind>(br#"{"Struct":{"list":[]}}"#).unwrap(), Kind::Struct { inner: None, list: Vec::new() });
    }
}
