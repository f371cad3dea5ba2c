//! Behaviour through HTTP with a real PostgreSQL: one binary.

mod auth;
mod referrals;
mod support;
