//! Behaviour through HTTP with a real PostgreSQL: one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod access;
mod access_matrix;
mod account;
mod action_changes;
mod action_reports;
mod actions;
mod agencies;
mod agenda;
mod agreement;
mod attendance;
mod audit;
mod audit_list;
mod auth;
mod cases;
mod casework;
mod clients;
mod coverage;
mod crossing;
mod database;
mod exclusions;
mod import;
mod maracs;
mod meetings;
mod openapi;
mod parties;
mod program;
mod referrals;
mod restriction;
mod risk_tools;
mod schema;
mod second_lock;
mod shares;
mod source;
mod support;
mod users;
