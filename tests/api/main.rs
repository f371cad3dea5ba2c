//! Behaviour through HTTP with a real PostgreSQL: one binary.

mod account;
mod agreement;
mod auth;
mod cases;
mod casework;
mod exclusions;
mod parties;
mod referrals;
mod restriction;
mod shares;
mod support;
