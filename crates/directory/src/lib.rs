//! Who takes part, how they sign in, and what they are told.
//!
//! MARACs and agencies, accounts and API clients with their roles, cover, notices, calendar feeds, and the lists that
//! auditors read. Nothing here knows a case file's content.

pub mod absences;
pub mod agencies;
pub mod approvals;
pub mod audit_log;
pub mod auth;
pub mod calendar;
pub mod clients;
pub mod cover;
pub mod damaged_parts;
pub mod duties;
pub mod maracs;
pub mod notifications;
pub mod users;
