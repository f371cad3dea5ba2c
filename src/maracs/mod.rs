//! The area conference: its calendar.

pub mod calendar;
