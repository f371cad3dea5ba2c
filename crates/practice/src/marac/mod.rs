//! What an area conference goes by: its settings, its calendar of working days, its ladder of escalation.

pub mod calendar;
pub mod ladder;
pub mod settings;
