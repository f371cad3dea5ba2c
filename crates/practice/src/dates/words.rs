//! Days and moments in words, as people write them here.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::London;

/// A day as people write it here.
pub fn written_day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// A moment as people write it here.
pub fn written_moment(at: DateTime<Utc>) -> String {
    at.with_timezone(&London)
        .format("%-d %B %Y, %H:%M")
        .to_string()
}
