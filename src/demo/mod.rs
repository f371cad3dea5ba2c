//! The demonstration caseload: invented people, agencies and cases, as data, and what reads them.
//!
//! Dates are kept relative to the day the demonstration is shown, so that what is overdue today is
//! overdue whenever it is opened. `load` puts it into a database by living through it, with the same
//! requests as everybody else's.

pub mod caseload;
pub mod cases;
pub mod expand;
mod load;
pub mod places;
mod settle;
mod steps;
mod story;
mod story_actions;
mod story_cases;
mod story_hearing;
mod story_meetings;
mod story_people;
pub mod words;

#[cfg(test)]
mod tests;

pub use caseload::Caseload;
pub use load::{CLIENT_ID, LoadError, PASSWORD, load};
