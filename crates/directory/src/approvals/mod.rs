//! The second person: grants that wait are listed, confirmed and refused here. What waits, and why, is
//! `users::grants::pending`.

pub mod api;
mod rules;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
}
