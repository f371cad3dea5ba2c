//! What every operation stands on.
//!
//! `db` is the only way to the database, `policy` says who may see and do what, `audit` records it, `crypto` seals,
//! `damage` keeps what cannot be read from stopping the rest, `http` reads requests and shapes answers, `case_file`
//! holds what every part of a case shares. Nothing here knows a resource.

extern crate self as kernel;

pub mod audit;
pub mod audit_chain;
pub mod caller;
pub mod case_file;
pub mod clock;
pub mod crypto;
pub mod damage;
pub mod db;
pub mod error;
pub mod http;
pub mod metrics;
pub mod policy;
pub mod request_id;
#[rustfmt::skip]
pub mod schema;
pub mod sql;
pub mod telemetry;
pub mod visibility;
