//! The people of a case. What is recorded belongs to the case it was recorded in; a `person` is only
//! the link that matching makes between parties.

pub mod model;
pub mod record;
mod record_store;

/// The operations of this resource.
pub fn routes(_config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {}
