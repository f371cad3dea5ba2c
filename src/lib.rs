//! Told Once: a backend for MARACs.
//!
//! Where things are: `app` assembles the service; `db` is the only way to the database; `policy` says
//! who may see and do what; `audit` records it; `crypto` seals; `text` holds what text must be; `http` reads
//! requests and shapes pages, versions and retries; `auth` knows callers. Then a folder per resource, each with `api`
//! (shapes and handlers), `rules` (pure decisions) and `store` (rows and queries).

pub mod account;
pub mod actions;
pub mod agencies;
pub mod app;
pub mod approvals;
pub mod audit;
pub mod auth;
pub mod calendar;
pub mod cases;
pub mod clients;
pub mod clock;
pub mod config;
pub mod cover;
pub mod crypto;
pub mod damage;
pub mod dates;
pub mod db;
#[cfg(feature = "demo")]
pub mod demo;
pub mod edge;
pub mod error;
pub mod flags;
pub mod hearing;
pub mod http;
pub mod idva;
pub mod import;
pub mod install;
pub mod jobs;
pub mod maracs;
pub mod meetings;
pub mod metrics;
pub mod minutes;
pub mod names;
pub mod notifications;
pub mod parties;
pub mod policy;
pub mod print;
pub mod questions;
pub mod referrals;
pub mod reports;
pub mod research;
pub mod risk;
#[rustfmt::skip]
pub mod schema;
pub mod telemetry;
pub mod text;
pub mod users;
pub mod vocabulary;
