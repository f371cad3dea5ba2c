//! Passwords, client secrets and tokens: their bytes count, so nothing of them is changed.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use zeroize::Zeroizing;

use super::Fault;
use crate::edge;

/// A secret of `LEAST` to `MOST` characters. It is not trimmed and not composed; control characters,
/// NUL included, are refused. Its memory is cleared, and nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<const LEAST: usize, const MOST: usize>(Zeroizing<String>);

impl<const LEAST: usize, const MOST: usize> Secret<LEAST, MOST> {
    /// What a caller sent, or why it is refused.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.chars().any(char::is_control) {
            return Err(Fault::ControlCharacter);
        }
        if !(LEAST..=MOST).contains(&text.chars().count()) {
            return Err(Fault::SecretLength(LEAST, MOST));
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The secret, for who checks or hashes it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secret in memory of its own, which is cleared too.
    pub fn to_zeroizing(&self) -> Zeroizing<String> {
        self.0.clone()
    }
}

impl<const LEAST: usize, const MOST: usize> fmt::Debug for Secret<LEAST, MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de, const LEAST: usize, const MOST: usize> Deserialize<'de> for Secret<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        if edge::is_stand_in(&text) {
            return Ok(Self(text));
        }
        Self::parse(&text).map_err(|fault| D::Error::custom(fault.signal()))
    }
}

impl<const LEAST: usize, const MOST: usize> utoipa::PartialSchema for Secret<LEAST, MOST> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .min_length(Some(LEAST))
            .max_length(Some(MOST))
            .description(Some(
                "A secret, taken byte for byte. Control characters are refused (`control_character`).",
            ))
            .into()
    }
}

impl<const LEAST: usize, const MOST: usize> utoipa::ToSchema for Secret<LEAST, MOST> {
    fn name() -> Cow<'static, str> {
        format!("Secret{LEAST}To{MOST}").into()
    }
}
