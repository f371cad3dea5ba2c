//! From referral to minutes.
//!
//! Referrals and their triage, meetings and agendas, research, the hearing of cases, and the minutes. Nothing here
//! knows the program that serves it.

pub mod asking;
pub mod hearing;
pub mod meetings;
pub mod minutes;
pub mod printing;
pub mod referrals;
pub mod research;
