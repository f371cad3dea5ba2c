//! The field's words and pure rules.
//!
//! What text, days and names must be; the closed lists of values; the people of a case; a referral as it is sent;
//! risk tools, their scores and the criteria; a MARAC's settings and calendars. Everything here is decided from what
//! it is given: nothing reads a database, a request or a clock.

pub mod advice;
pub mod dates;
pub mod document;
pub mod edge;
pub mod guards;
pub mod likeness;
pub mod marac;
pub mod names;
pub mod party;
pub mod risk;
pub mod text;
pub mod vocabulary;
