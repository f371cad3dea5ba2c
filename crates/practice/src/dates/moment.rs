//! A moment.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Deref;

use chrono::{DateTime, Datelike, NaiveTime, SubsecRound, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::day::{Text, limits_text};
use super::edge::{refusal, was_out_of_range};
use super::meaning::Meaning;
use crate::edge::day_of_reading;

/// A moment in the range of its meaning, in microseconds as the database keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment<M>(DateTime<Utc>, PhantomData<M>);

impl<M> Moment<M> {
    /// The moment itself.
    pub fn at(self) -> DateTime<Utc> {
        self.0
    }
}

/// A moment that the program knows to be in range.
impl<M> From<DateTime<Utc>> for Moment<M> {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at, PhantomData)
    }
}

impl<M> From<Moment<M>> for DateTime<Utc> {
    fn from(moment: Moment<M>) -> Self {
        moment.0
    }
}

impl<M> Deref for Moment<M> {
    type Target = DateTime<Utc>;

    fn deref(&self) -> &DateTime<Utc> {
        &self.0
    }
}

impl<M> PartialEq<DateTime<Utc>> for Moment<M> {
    fn eq(&self, other: &DateTime<Utc>) -> bool {
        self.0 == *other
    }
}

impl<M> PartialOrd<DateTime<Utc>> for Moment<M> {
    fn partial_cmp(&self, other: &DateTime<Utc>) -> Option<std::cmp::Ordering> {
        self.0.partial_cmp(other)
    }
}

impl<M> Serialize for Moment<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, M: Meaning> Deserialize<'de> for Moment<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_str(Text("a date and time"))?;
        let not_a_time = "Give a time as RFC 3339 writes it: 2026-05-04T13:30:00Z.";
        let read = text.parse::<DateTime<chrono::FixedOffset>>().ok();
        let Some(today) = day_of_reading() else {
            let stored = read.map(|at| stored::<M>(at.to_utc()));
            return stored
                .map(Self::from)
                .ok_or_else(|| serde::de::Error::custom("not a time"));
        };
        let (first, last) = today.map_or((M::FIRST, M::LAST), M::limits);
        let strict = DateTime::parse_from_rfc3339(&text).ok();
        let is_far = || looks_like_a_time(&text) || read.is_some_and(|at| at.year() < 0);
        match strict {
            Some(at) if (first..=last).contains(&at.to_utc().date_naive()) => {
                Ok(Self::from(smooth(at.to_utc())))
            }
            None if !is_far() => Err(refusal("wrong_type", not_a_time)),
            _ => Err(refusal("date_out_of_range", &limits_text(first, last))),
        }
    }
}

/// A time with a year that nothing could read.
fn looks_like_a_time(text: &str) -> bool {
    let (date, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, ""));
    let date = date.trim_start_matches(['+', '-']);
    let year = date.split('-').next().unwrap_or("");
    year.len() >= 5 && year.bytes().all(|b| b.is_ascii_digit()) && !time.is_empty()
}

/// Whole microseconds, and a leap second as the last moment of its minute: the database knows neither.
fn smooth(at: DateTime<Utc>) -> DateTime<Utc> {
    const LAST_OF_A_MINUTE: u32 = 999_999_000;
    use chrono::Timelike;
    let at = match at.nanosecond() >= 1_000_000_000 {
        true => at.with_nanosecond(LAST_OF_A_MINUTE).unwrap_or(at),
        false => at,
    };
    at.trunc_subsecs(6)
}

/// A moment as it was stored: one out of range becomes the nearest one allowed, and is remembered as such.
fn stored<M: Meaning>(at: DateTime<Utc>) -> DateTime<Utc> {
    let first = M::FIRST.and_time(NaiveTime::MIN).and_utc();
    let last = M::LAST.and_time(NaiveTime::MIN).and_utc();
    let day = at.date_naive();
    match (day < M::FIRST, M::LAST < day) {
        (false, false) => at,
        (before, _) => {
            was_out_of_range();
            if before { first } else { last }
        }
    }
}

impl<M: Meaning> PartialSchema for Moment<M> {
    fn schema() -> RefOr<Schema> {
        let limits = ExtensionsBuilder::new()
            .add("x-format-minimum", format!("{}T00:00:00Z", M::FIRST))
            .add("x-format-maximum", format!("{}T23:59:59Z", M::LAST))
            .build();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some(M::TEXT))
            .extensions(Some(limits))
            .into()
    }
}

impl<M: Meaning> ToSchema for Moment<M> {
    fn name() -> Cow<'static, str> {
        M::MOMENT.into()
    }
}
