//! Behaviour through HTTP with a real PostgreSQL: one binary.

mod agenda;
mod attendance;
mod auth;
mod meetings;
mod support;
