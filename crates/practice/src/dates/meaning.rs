//! What a day means, and the range that follows from it. Pure: today is given.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};

/// The first day that any date may have, but for births.
pub const FIRST: NaiveDate = day(1900, 1, 1);
/// The last day that any date may have.
pub const LAST: NaiveDate = day(2199, 12, 31);
/// The first day on which somebody may have been born.
const FIRST_BIRTH: NaiveDate = day(1880, 1, 1);
/// How many years ahead, or back, a meeting may lie.
const MEETING_YEARS: u32 = 5;
/// How many years ahead something may be due.
const DUE_YEARS: u32 = 10;

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}

/// What a day or moment means. The range is checked wherever one comes in, and stands in the document.
pub trait Meaning: Copy + 'static {
    /// The name of the day's schema in the document.
    const DAY: &'static str;
    /// The name of the moment's schema in the document.
    const MOMENT: &'static str;
    /// The first day allowed, whatever today is.
    const FIRST: NaiveDate = FIRST;
    /// The last day allowed, whatever today is.
    const LAST: NaiveDate = LAST;
    /// What it is, and what its limits are.
    const TEXT: &'static str;

    /// The limits on a certain day. The last one is a day, or a duration of ISO 8601 from today.
    fn limits(today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let _ = today;
        (Self::FIRST, Self::LAST)
    }
}

/// A day or moment without a narrower meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct General;

impl Meaning for General {
    const DAY: &'static str = "Day";
    const MOMENT: &'static str = "Moment";
    const TEXT: &'static str = "From 1900-01-01 to 2199-12-31.";
}

/// A birth: not before 1880, not to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Born;

impl Meaning for Born {
    const DAY: &'static str = "DateOfBirth";
    const MOMENT: &'static str = "MomentOfBirth";
    const FIRST: NaiveDate = FIRST_BIRTH;
    const TEXT: &'static str = "A date of birth: from 1880-01-01, and not after today.";

    fn limits(today: NaiveDate) -> (NaiveDate, NaiveDate) {
        (Self::FIRST, today.min(Self::LAST))
    }
}

/// Something that has happened: not to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Happened;

impl Meaning for Happened {
    const DAY: &'static str = "PastDay";
    const MOMENT: &'static str = "PastMoment";
    const TEXT: &'static str = "From 1900-01-01, and not after today.";

    fn limits(today: NaiveDate) -> (NaiveDate, NaiveDate) {
        (Self::FIRST, today.min(Self::LAST))
    }
}

/// A meeting: within five years of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Meets;

impl Meaning for Meets {
    const DAY: &'static str = "MeetingDay";
    const MOMENT: &'static str = "MeetingMoment";
    const TEXT: &'static str = "When a meeting starts: within five years of today.";

    fn limits(today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let years = Months::new(12 * MEETING_YEARS);
        let first = today.checked_sub_months(years).unwrap_or(Self::FIRST);
        let last = today.checked_add_months(years).unwrap_or(Self::LAST);
        (first.max(Self::FIRST), last.min(Self::LAST))
    }
}

/// A day by which something is to be done: at most ten years ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Due;

impl Meaning for Due {
    const DAY: &'static str = "DueDay";
    const MOMENT: &'static str = "DueMoment";
    const TEXT: &'static str =
        "The day something is due: from 1900-01-01, and at most ten years ahead.";

    fn limits(today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let last = today.checked_add_months(Months::new(12 * DUE_YEARS));
        (Self::FIRST, last.unwrap_or(Self::LAST).min(Self::LAST))
    }
}

/// The day where the MARACs are.
pub fn london_day(now: DateTime<Utc>) -> NaiveDate {
    let now = now.clamp(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    match FIRST <= now.date_naive() && now.date_naive() <= LAST {
        true => now.with_timezone(&chrono_tz::Europe::London).date_naive(),
        false => now.date_naive(),
    }
}

/// Whether a text in a cursor, if it is a date or a time, is one that the database could have given.
pub fn in_cursor_range(text: &str) -> bool {
    let day = match DateTime::parse_from_rfc3339(text) {
        Ok(moment) => Some(moment.date_naive()),
        Err(_) => match text.parse::<DateTime<Utc>>() {
            Ok(moment) => Some(moment.date_naive()),
            Err(_) => text.parse::<NaiveDate>().ok(),
        },
    };
    day.is_none_or(|day| FIRST_BIRTH <= day && day <= LAST)
}

/// A day that may not lie before another: the end of a stay, a telling after a birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotBefore {
    /// The later day.
    pub day: NaiveDate,
    /// The day it may not lie before.
    pub other: Option<NaiveDate>,
}

impl NotBefore {
    /// Whether the order holds; what is not known stands against nothing.
    pub fn holds(self) -> bool {
        self.other.is_none_or(|other| other <= self.day)
    }
}
/// A moment this much later; the moment itself where the calendar ends.
pub fn later(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(by).unwrap_or(at)
}
