//! Behaviour through HTTP with a real PostgreSQL: one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod agenda;
mod attendance;
mod audit;
mod auth;
mod database;
mod meetings;
mod openapi;
mod program;
mod referrals;
mod schema;
mod source;
mod support;
