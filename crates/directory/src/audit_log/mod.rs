//! Who did what, for auditors.

mod api;
mod store;

pub use api::routes;
