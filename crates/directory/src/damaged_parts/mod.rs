//! Parts that could not be read: for the coordinators of their MARAC.

mod api;
mod store;

pub use api::routes;
