//! The area conference: its calendar and its settings.

pub mod calendar;
pub mod settings;
