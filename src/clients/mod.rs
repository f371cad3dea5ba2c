//! Agencies' API clients, and the people they act for.

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this resource.
pub fn routes(_config: &mut ServiceConfig<'_>) {}
