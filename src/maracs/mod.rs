//! The area conference: its calendar and its settings.

pub mod calendar;
pub mod settings;

/// The operations of this resource.
pub fn routes(_config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {}
