//! Behaviour through HTTP with a real PostgreSQL: one binary.

mod action_changes;
mod action_reports;
mod actions;
mod auth;
mod support;
