//! What a PATCH says of a field (RFC 7396). What is left out stays. `null` clears the field, or is
//! refused where it cannot be cleared: the field's type says which.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use validator::{Validate, ValidateEmail, ValidateLength, ValidateRange, ValidationErrors};

use practice::text::{Line, Text};

/// What the parser says of a null where there must be a value.
pub(super) const NULL: &str = "null cannot stand here";

/// A field that can be cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Left out: what is there stays.
    #[default]
    Absent,
    /// Cleared.
    Null,
    /// Replaced.
    Value(T),
}

/// A field that always has a value: a `null` is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// Left out: what is there stays.
    #[default]
    Absent,
    /// Replaced.
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sent = Option::<T>::deserialize(deserializer)?;
        Ok(sent.map_or(Self::Null, Self::Value))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sent = Option::<T>::deserialize(deserializer)?;
        sent.map(Self::Value).ok_or_else(|| D::Error::custom(NULL))
    }
}

impl<T> Patch<T> {
    /// The value, if one was sent.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Whether the field was sent, with a value or as null.
    pub const fn is_sent(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

impl<T> Change<T> {
    /// The same with a value of another type.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Value(value) => Change::Value(f(value)),
            Self::Absent => Change::Absent,
        }
    }

    /// The value, if one was sent.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent => None,
        }
    }

    /// Whether the field was sent.
    pub const fn is_sent(&self) -> bool {
        matches!(self, Self::Value(_))
    }
}

/// A field of a PATCH body, seen from the place whose content it changes.
pub trait Field<S> {
    /// What is to stand in the place; `None` if the field was left out.
    fn wanted(self) -> Option<S>;
}

impl<T> Field<T> for Change<T> {
    fn wanted(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent => None,
        }
    }
}

impl<T> Field<Option<T>> for Patch<T> {
    fn wanted(self) -> Option<Option<T>> {
        match self {
            Self::Value(value) => Some(Some(value)),
            Self::Null => Some(None),
            Self::Absent => None,
        }
    }
}

/// A list is cleared by emptying it.
impl<T> Field<Vec<T>> for Patch<Vec<T>> {
    fn wanted(self) -> Option<Vec<T>> {
        match self {
            Self::Value(value) => Some(value),
            Self::Null => Some(Vec::new()),
            Self::Absent => None,
        }
    }
}

/// What a caller sends as text stands in its place as a plain string.
macro_rules! text_in_a_string {
    ($($text:ident),+) => {$(
        impl<const MOST: usize> Field<String> for Change<$text<MOST>> {
            fn wanted(self) -> Option<String> {
                Field::<$text<MOST>>::wanted(self).map($text::into_string)
            }
        }

        impl<const MOST: usize> Field<Option<String>> for Patch<$text<MOST>> {
            fn wanted(self) -> Option<Option<String>> {
                Field::<Option<$text<MOST>>>::wanted(self).map(|text| text.map($text::into_string))
            }
        }

        impl<const MOST: usize> Field<Vec<String>> for Patch<Vec<$text<MOST>>> {
            fn wanted(self) -> Option<Vec<String>> {
                let texts = Field::<Vec<$text<MOST>>>::wanted(self);
                texts.map(|texts| texts.into_iter().map($text::into_string).collect())
            }
        }
    )+};
}

text_in_a_string!(Line, Text);

/// The fields that a request really changes. A request that sends what is there already changes
/// nothing: then nothing is written, no version is made and nobody is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    names: Vec<&'static str>,
    some_left_out: bool,
}

impl Changes {
    /// Puts a value in its place, and keeps the field's name if another value stood there.
    pub fn put<S: PartialEq>(&mut self, name: &'static str, place: &mut S, value: S) {
        if *place != value {
            *place = value;
            self.names.push(name);
        }
    }

    /// The same with a field of a PATCH body.
    pub fn take<S: PartialEq>(&mut self, name: &'static str, place: &mut S, sent: impl Field<S>) {
        match sent.wanted() {
            Some(value) => self.put(name, place, value),
            None => self.some_left_out = true,
        }
    }

    /// Whether every field was sent, so that nothing stays of what was there.
    pub const fn is_whole(&self) -> bool {
        !self.some_left_out
    }

    /// Notes a field that was changed elsewhere.
    pub fn note(&mut self, name: &'static str) {
        self.names.push(name);
    }

    /// Nothing changes.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether this field changes.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }
}

impl IntoIterator for Changes {
    type Item = &'static str;
    type IntoIter = std::vec::IntoIter<&'static str>;

    fn into_iter(self) -> Self::IntoIter {
        self.names.into_iter()
    }
}

/// What validation looks at: the value, if one was sent.
pub trait Sent<T> {
    /// The value.
    fn sent(&self) -> Option<&T>;
}

macro_rules! validated_if_sent {
    ($($field:ident),*) => {$(
        impl<T: Serialize> Serialize for $field<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.value().serialize(serializer)
            }
        }

        impl<T> Sent<T> for $field<T> {
            fn sent(&self) -> Option<&T> {
                self.value()
            }
        }

        impl<T: ValidateLength<u64>> ValidateLength<u64> for $field<T> {
            fn length(&self) -> Option<u64> {
                self.value().and_then(ValidateLength::length)
            }
        }

        impl<T: ValidateRange<T>> ValidateRange<T> for $field<T> {
            fn greater_than(&self, max: T) -> Option<bool> {
                self.value().and_then(|value| value.greater_than(max))
            }

            fn less_than(&self, min: T) -> Option<bool> {
                self.value().and_then(|value| value.less_than(min))
            }
        }

        impl<T: ValidateEmail> ValidateEmail for $field<T> {
            fn as_email_string(&self) -> Option<Cow<'_, str>> {
                self.value().and_then(ValidateEmail::as_email_string)
            }
        }

        impl<T: Validate> Validate for $field<T> {
            fn validate(&self) -> Result<(), ValidationErrors> {
                self.value().map_or(Ok(()), Validate::validate)
            }
        }
    )*};
}

validated_if_sent!(Patch, Change);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Result};
    use crate::http::read_json;

    #[derive(Debug, Default, PartialEq, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[serde(default)]
        name: Change<Line<3>>,
        #[serde(default)]
        note: Patch<Text<3>>,
        #[serde(default)]
        #[validate(range(min = 1, max = 5))]
        count: Patch<i16>,
        #[serde(default)]
        #[validate(length(max = 2))]
        list: Patch<Vec<Line<3>>>,
    }

    fn read(text: &str) -> Result<Body> {
        read_json(text.as_bytes(), None)
    }

    #[test]
    fn absent_null_and_value_are_three_things() {
        for (text, expected) in [
            ("{}", Body::default()),
            (
                r#"{"note":null,"list":null}"#,
                Body {
                    note: Patch::Null,
                    list: Patch::Null,
                    ..Body::default()
                },
            ),
            (
                r#"{"name":"a","count":2}"#,
                Body {
                    name: Change::Value("a".parse().unwrap()),
                    count: Patch::Value(2),
                    ..Body::default()
                },
            ),
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_sent_is_validated_and_a_null_is_refused_where_there_must_be_a_value() {
        for (text, pointer, code) in [
            (r#"{"name":null}"#, "/name", "not_null"),
            (r#"{"name":"long"}"#, "/name", "too_long"),
            (r#"{"name":" "}"#, "/name", "blank"),
            (r#"{"note":"long"}"#, "/note", "too_long"),
            (r#"{"note":7}"#, "/note", "wrong_type"),
            (r#"{"count":6}"#, "/count", "range"),
            (r#"{"list":["a","b","c"]}"#, "/list", "length"),
            (r#"{"other":1}"#, "", "unknown_field"),
        ] {
            let Err(Error::Problem(problem)) = read(text) else {
                panic!("{text}")
            };
            let found = &problem.errors[0];
            assert_eq!(
                (found.pointer.as_str(), found.code.as_str()),
                (pointer, code),
                "{text}"
            );
        }
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let (mut name, mut note, mut list) = ("a".to_owned(), Some(1), vec![1]);
        let mut changes = Changes::default();
        changes.take("name", &mut name, Change::Value("a".to_owned()));
        changes.take("note", &mut note, Patch::Absent);
        assert!(changes.is_empty());
        changes.take("note", &mut note, Patch::Null);
        changes.take("list", &mut list, Patch::Null);
        assert_eq!((note, list), (None, vec![]));
        assert!(changes.has("note") && !changes.has("name"));
        assert_eq!(changes.into_iter().collect::<Vec<_>>(), ["note", "list"]);
    }
}
