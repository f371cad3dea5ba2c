//! Who did what, for auditors.

pub mod api;
mod store;

pub use api::routes;
