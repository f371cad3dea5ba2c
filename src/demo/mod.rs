//! The demonstration caseload: invented people, agencies and cases, as data, and what reads them.
//!
//! Dates are kept relative to the day the demonstration is shown, so that what is overdue today is
//! overdue whenever it is opened. Nothing here touches a database: the loader puts it there through
//! the same calls as everybody else.

pub mod caseload;
pub mod cases;
pub mod expand;
pub mod places;
pub mod words;

#[cfg(test)]
mod tests;

pub use caseload::Caseload;
