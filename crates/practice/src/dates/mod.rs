//! Days and moments as they come in: one type for each, with a range that follows from what it means.
//!
//! `Day<M>` and `Moment<M>` are read strictly where a request is read (`edge::from_a_caller`): what lies outside of
//! the range of `M` is refused with the limits, and never with the value. What was stored is read
//! leniently, because a file must open whatever stands in it: a date out of range is shown as the nearest
//! one allowed, and the part that holds it says that it is damaged.

mod day;
mod edge;
mod meaning;
mod moment;
#[cfg(test)]
mod tests;
mod words;

pub use day::Day;
pub use edge::{refusal_of, taken_out_of_range};
pub use meaning::{
    Born, Due, FIRST, General, Happened, LAST, Meaning, Meets, NotBefore, in_cursor_range, later,
    london_day,
};
pub use moment::Moment;
pub use words::{written_day, written_moment};

/// Any day from 1900 to 2199.
pub type AnyDay = Day<General>;
/// Somebody's date of birth.
pub type BirthDay = Day<Born>;
/// The day by which something is to be done.
pub type DueDay = Day<Due>;
/// A day on which something happened.
pub type PastDay = Day<Happened>;
/// Any moment from 1900 to 2199.
pub type AnyMoment = Moment<General>;
/// When a meeting starts.
pub type MeetingMoment = Moment<Meets>;
