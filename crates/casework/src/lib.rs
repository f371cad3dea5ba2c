//! The case file and its parts.
//!
//! People, risk, the account that is told once, questions, actions, flags, the IDVA's contacts, and the tokens by
//! which the same people are found again. Nothing here knows a meeting or the life of a referral.

pub mod account;
pub mod actions;
pub mod cases;
pub mod circle;
pub mod flags;
pub mod idva;
pub mod parties;
pub mod people;
pub mod questions;
pub mod risk;
