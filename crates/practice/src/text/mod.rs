//! Text at the edge. Whatever a caller sends as text is read into one of these types, which hold what
//! text must be: composed (NFC), trimmed, with one kind of line break, without control characters,
//! with something to be seen in it, within its limit. The limit is a part of the type, and the
//! document takes it from there.
//!
//! What was stored earlier is opened as it is ([`crate::edge`]).

mod rules;
#[cfg(test)]
mod rules_tests;
mod secret;

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

pub use rules::{
    Fault, is_bidirectional_control, is_blank, is_invisible, many_lines, marked, one_line,
};
pub use secret::Secret;

/// What stands in the place of words that cannot be read: their seal does not open, or what it holds is torn.
pub const UNREADABLE: &str = "[damaged: this could not be read]";

macro_rules! text_type {
    ($(#[$meta:meta])* $name:ident, $rule:path, $about:literal) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<const MOST: usize>(String);

        impl<const MOST: usize> $name<MOST> {
            /// The most characters it holds.
            pub const MOST: usize = MOST;

            /// What a caller wrote, or why it is refused.
            pub fn parse(text: &str) -> Result<Self, Fault> {
                $rule(text, MOST).map(Self)
            }

            /// Words of ours, or what was stored earlier: taken as they are.
            pub fn as_stored(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, taken out.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl<const MOST: usize> Deref for $name<MOST> {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl<const MOST: usize> AsRef<str> for $name<MOST> {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl<const MOST: usize> std::borrow::Borrow<str> for $name<MOST> {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl<const MOST: usize> std::str::FromStr for $name<MOST> {
            type Err = Fault;

            fn from_str(text: &str) -> Result<Self, Fault> {
                Self::parse(text)
            }
        }

        impl<const MOST: usize> From<$name<MOST>> for String {
            fn from(text: $name<MOST>) -> Self {
                text.0
            }
        }

        impl<const MOST: usize> From<$name<MOST>> for serde_json::Value {
            fn from(text: $name<MOST>) -> Self {
                Self::String(text.0)
            }
        }

        impl<const MOST: usize> PartialEq<str> for $name<MOST> {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl<const MOST: usize> PartialEq<&str> for $name<MOST> {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl<const MOST: usize> fmt::Display for $name<MOST> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        /// Never the text: it may be somebody's life.
        impl<const MOST: usize> fmt::Debug for $name<MOST> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl<const MOST: usize> Serialize for $name<MOST> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de, const MOST: usize> Deserialize<'de> for $name<MOST> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let read = deserializer.deserialize_string(TextVisitor(Self::parse))?;
                Ok(match read {
                    Read::Parsed(text) => text,
                    Read::Stored(text) => Self(text),
                })
            }
        }

        impl<const MOST: usize> utoipa::PartialSchema for $name<MOST> {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(1))
                    .max_length(Some(MOST))
                    .description(Some($about))
                    .into()
            }
        }

        impl<const MOST: usize> utoipa::ToSchema for $name<MOST> {
            fn name() -> Cow<'static, str> {
                format!("{}{MOST}", stringify!($name)).into()
            }
        }

        impl<const MOST: usize> validator::ValidateEmail for $name<MOST> {
            fn as_email_string(&self) -> Option<Cow<'_, str>> {
                Some(Cow::Borrowed(&self.0))
            }
        }
    };
}

text_type! {
    /// Text of several lines with at most `MOST` characters.
    Text, many_lines,
    "Text of one or more lines. It is trimmed and stored in Unicode NFC; line breaks of every kind become \\n; \
     tabs stay. Refused are text in which nothing is visible (`blank`), control characters \
     (`control_character`), noncharacters (`noncharacter`), and more characters than maxLength, counted \
     afterwards (`too_long`). A character that turns the direction of writing round is stored as its code, \
     such as [U+202E]."
}

text_type! {
    /// Text of one line with at most `MOST` characters: names and identifiers.
    Line, one_line,
    "Text of one line. It is trimmed and stored in Unicode NFC. Refused are text in which nothing is visible \
     (`blank`), line breaks and tabs within (`one_line`), control characters (`control_character`), noncharacters \
     (`noncharacter`), characters that turn the direction of writing round (`bidirectional_control`), and \
     more characters than maxLength, counted afterwards (`too_long`)."
}

enum Read<T> {
    Parsed(T),
    Stored(String),
}

struct TextVisitor<T>(fn(&str) -> Result<T, Fault>);

impl<T> Visitor<'_> for TextVisitor<T> {
    type Value = Read<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Read<T>, E> {
        if !crate::edge::is_from_a_caller() || crate::edge::is_stand_in(text) {
            return Ok(Read::Stored(text.to_owned()));
        }
        match (self.0)(text) {
            Ok(text) => Ok(Read::Parsed(text)),
            Err(fault) => Err(E::custom(fault.signal())),
        }
    }
}
