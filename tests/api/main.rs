//! Behaviour through HTTP with a real PostgreSQL: one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod action_changes;
mod action_reports;
mod actions;
mod agencies;
mod audit;
mod auth;
mod clients;
mod database;
mod maracs;
mod openapi;
mod program;
mod referrals;
mod risk_tools;
mod schema;
mod source;
mod support;
mod users;
