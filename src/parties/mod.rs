//! The people of a case. What is recorded belongs to the case it was recorded in; a `person` is only
//! the link that matching makes between parties.

mod api;
pub mod model;
mod parts_api;
pub mod record;
mod record_store;
mod rules;
pub mod shape;
pub(crate) mod store;

/// The operations of this resource.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    api::routes(config);
    parts_api::routes(config);
}
