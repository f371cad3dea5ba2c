//! Parts that could not be read: for the coordinators of their MARAC.

pub mod api;
mod store;

pub use api::routes;
