//! Behaviour through HTTP with a real PostgreSQL: one binary.

mod agencies;
mod auth;
mod clients;
mod maracs;
mod referrals;
mod risk_tools;
mod support;
mod users;
