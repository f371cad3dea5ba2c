//! Counts, read from history.

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this resource.
pub fn routes(_config: &mut ServiceConfig<'_>) {}
