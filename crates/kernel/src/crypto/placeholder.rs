//! A value of any shape to stand where what was sealed could not be read: its words say so, what is
//! optional is not there, lists are empty, and an unknown word is `unknown` where the list has it.

use std::fmt;

use serde::de::value::{Error, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected,
    IntoDeserializer, MapAccess, VariantAccess, Visitor,
};

use practice::text::UNREADABLE;

/// Optional words that a reader looks at first: the mark stands there too.
const SHOWN: [&str; 12] = [
    "family_name",
    "text",
    "reason",
    "note",
    "notes",
    "outcome",
    "judgement",
    "needs",
    "referrer_contact",
    "views",
    "facts",
    "said",
];

/// The placeholder for a type; `None` for a shape that has none.
pub(crate) fn placeholder<T: DeserializeOwned>() -> Option<T> {
    T::deserialize(Placeholder { field: "" }).ok()
}

#[derive(Clone, Copy)]
struct Placeholder {
    field: &'static str,
}

struct Expecting<'v, V>(&'v V);

impl<'de, V: Visitor<'de>> fmt::Display for Expecting<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Expected::fmt(self.0, f)
    }
}

/// What a visitor of text takes: words, or an id, a time or a date.
fn text_for<'de, V: Visitor<'de>>(visitor: &V) -> &'static str {
    let wanted = Expecting(visitor).to_string().to_ascii_lowercase();
    match () {
        () if wanted.contains("uuid") => "00000000-0000-0000-0000-000000000000",
        () if wanted.contains("time") => "1900-01-01T00:00:00Z",
        () if wanted.contains("date") => "1900-01-01",
        () => UNREADABLE,
    }
}

macro_rules! scalars {
    ($($method:ident $visit:ident $value:expr;)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit($value)
        })+
    };
}

impl<'de> Deserializer<'de> for Placeholder {
    type Error = Error;

    scalars! {
        deserialize_bool visit_bool false;
        deserialize_i8 visit_i8 0;
        deserialize_i16 visit_i16 0;
        deserialize_i32 visit_i32 0;
        deserialize_i64 visit_i64 0;
        deserialize_u8 visit_u8 0;
        deserialize_u16 visit_u16 0;
        deserialize_u32 visit_u32 0;
        deserialize_u64 visit_u64 0;
        deserialize_f32 visit_f32 0.0;
        deserialize_f64 visit_f64 0.0;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let _ = visitor;
        Err(Error::custom("a shape without a placeholder"))
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_char('?')
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let text = text_for(&visitor);
        visitor.visit_str(text)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bytes(&[])
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bytes(&[])
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match SHOWN.contains(&self.field) {
            true => visitor.visit_some(self),
            false => visitor.visit_none(),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(serde::de::value::SeqDeserializer::<_, Error>::new(
            std::iter::empty::<u8>(),
        ))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { rest: &[], at: "" })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Fields {
            rest: fields,
            at: "",
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let unknown = variants.iter().find(|variant| **variant == "unknown");
        match unknown.or(variants.first()) {
            Some(variant) => visitor.visit_enum(OfEnum(variant)),
            None => Err(Error::custom("an enum without a value")),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

/// Every field of a struct, each with a placeholder.
struct Fields {
    rest: &'static [&'static str],
    at: &'static str,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((first, rest)) = self.rest.split_first() else {
            return Ok(None);
        };
        (self.at, self.rest) = (first, rest);
        let name: StrDeserializer<'_, Error> = (*first).into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Placeholder { field: self.at })
    }
}

struct OfEnum(&'static str);

impl<'de> EnumAccess<'de> for OfEnum {
    type Error = Error;
    type Variant = Placeholder;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Placeholder), Error> {
        let name: StrDeserializer<'_, Error> = self.0.into_deserializer();
        Ok((seed.deserialize(name)?, Placeholder { field: "" }))
    }
}

impl<'de> VariantAccess<'de> for Placeholder {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_struct("", fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use practice::document::Document;
    use practice::party::{Characteristics, Identity};

    #[test]
    fn every_shape_says_what_it_is() {
        let identity = placeholder::<Identity>().unwrap();
        assert_eq!(identity.full_name().as_deref(), Some(UNREADABLE));
        assert_eq!(identity.date_of_birth, None);
        let characteristics = placeholder::<Characteristics>().unwrap();
        assert_eq!(characteristics.needs.as_deref(), Some(UNREADABLE));
        let document = serde_json::to_value(placeholder::<Document>().unwrap()).unwrap();
        assert_eq!(document["referrer_contact"], UNREADABLE);
        assert_eq!(document["children"], json!([]));
        assert_eq!(placeholder::<String>().as_deref(), Some(UNREADABLE));
    }

    #[test]
    fn ids_and_times_have_a_value_that_is_none() {
        #[derive(serde::Deserialize)]
        struct Shape {
            id: uuid::Uuid,
            at: chrono::DateTime<chrono::Utc>,
            on: chrono::NaiveDate,
            day: practice::dates::AnyDay,
        }
        let shape = placeholder::<Shape>().unwrap();
        assert!(shape.id.is_nil());
        assert_eq!(shape.at.date_naive(), shape.on);
        assert_eq!(shape.day, shape.on);
    }
}
