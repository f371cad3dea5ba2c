//! A day.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Deref;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::edge::{refusal, was_out_of_range};
use super::meaning::Meaning;
use crate::edge::day_of_reading;

/// A day in the range of its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day<M>(NaiveDate, PhantomData<M>);

impl<M: Meaning> Day<M> {
    /// The day, if it is in range on this day; else its limits.
    pub fn checked(day: NaiveDate, today: NaiveDate) -> Result<Self, (NaiveDate, NaiveDate)> {
        let (first, last) = M::limits(today);
        match first <= day && day <= last {
            true => Ok(Self::from(day)),
            false => Err((first, last)),
        }
    }

    /// The day itself.
    pub fn day(self) -> NaiveDate {
        self.0
    }
}

/// The sentence that names the limits.
pub(super) fn limits_text(first: NaiveDate, last: NaiveDate) -> String {
    format!("Give a date from {first} to {last}.")
}

/// A day that the program knows to be in range.
impl<M> From<NaiveDate> for Day<M> {
    fn from(day: NaiveDate) -> Self {
        Self(day, PhantomData)
    }
}

impl<M> From<Day<M>> for NaiveDate {
    fn from(day: Day<M>) -> Self {
        day.0
    }
}

impl<M> Deref for Day<M> {
    type Target = NaiveDate;

    fn deref(&self) -> &NaiveDate {
        &self.0
    }
}

impl<M> PartialEq<NaiveDate> for Day<M> {
    fn eq(&self, other: &NaiveDate) -> bool {
        self.0 == *other
    }
}

impl<M> PartialOrd<NaiveDate> for Day<M> {
    fn partial_cmp(&self, other: &NaiveDate) -> Option<std::cmp::Ordering> {
        self.0.partial_cmp(other)
    }
}

impl<M> std::fmt::Display for Day<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<M> Serialize for Day<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, M: Meaning> Deserialize<'de> for Day<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_str(Text("a date"))?;
        let day = match day_of_reading() {
            Some(today) => {
                strict::<M>(&text, today).map_err(|(code, message)| refusal(code, &message))
            }
            None => stored::<M>(&text).ok_or_else(|| serde::de::Error::custom("not a date")),
        };
        day.map(Self::from)
    }
}

/// Reads text, and says what it is to be.
pub(super) struct Text(pub &'static str);

impl serde::de::Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
}

/// The year, the month and the day as digits with hyphens between, and nothing else.
fn is_written_as_a_day(text: &str) -> bool {
    let hyphens = text.bytes().enumerate();
    text.len() == 10
        && hyphens.into_iter().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn strict<M: Meaning>(
    text: &str,
    today: Option<NaiveDate>,
) -> Result<NaiveDate, (&'static str, String)> {
    let (first, last) = today.map_or((M::FIRST, M::LAST), M::limits);
    let day = text.parse::<NaiveDate>().ok();
    match day {
        Some(day) if is_written_as_a_day(text) && first <= day && day <= last => Ok(day),
        Some(_) if is_written_as_a_day(text.strip_prefix('-').unwrap_or(text)) => {
            Err(("date_out_of_range", limits_text(first, last)))
        }
        _ if beyond_years(text) => Err(("date_out_of_range", limits_text(first, last))),
        _ => Err(("wrong_type", "Give a date as YYYY-MM-DD.".into())),
    }
}

/// A year that no calendar of the program reaches, with a month and a day behind it.
fn beyond_years(text: &str) -> bool {
    let text = text.trim_start_matches(['+', '-']);
    let mut parts = text.split('-');
    let digits = |part: Option<&str>, least| {
        part.is_some_and(|part| part.len() >= least && part.bytes().all(|b| b.is_ascii_digit()))
    };
    digits(parts.next(), 5)
        && digits(parts.next(), 2)
        && digits(parts.next(), 2)
        && parts.next().is_none()
}

/// A day as it was stored: one out of range becomes the nearest one allowed, and is remembered as such.
fn stored<M: Meaning>(text: &str) -> Option<NaiveDate> {
    let day = match text.parse::<NaiveDate>() {
        Ok(day) => day,
        Err(_) if text.ends_with(" BC") || text == "-infinity" => NaiveDate::MIN,
        Err(_) if text == "infinity" || beyond_years(text) => NaiveDate::MAX,
        Err(_) => return None,
    };
    let near = day.clamp(M::FIRST, M::LAST);
    if near != day {
        was_out_of_range();
    }
    Some(near)
}

impl<M: Meaning> PartialSchema for Day<M> {
    fn schema() -> RefOr<Schema> {
        let limits = ExtensionsBuilder::new()
            .add("x-format-minimum", M::FIRST.to_string())
            .add("x-format-maximum", M::LAST.to_string())
            .build();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .description(Some(M::TEXT))
            .extensions(Some(limits))
            .into()
    }
}

impl<M: Meaning> ToSchema for Day<M> {
    fn name() -> Cow<'static, str> {
        M::DAY.into()
    }
}
