//! Behaviour through HTTP with a real PostgreSQL: one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod action_changes;
mod action_reports;
mod actions;
mod audit;
mod auth;
mod database;
mod openapi;
mod program;
mod referrals;
mod schema;
mod source;
mod support;
