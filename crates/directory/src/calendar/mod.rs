//! A calendar feed of a person's meetings: dates and "MARAC meeting", nothing else. Whoever finds its
//! address learns when meetings are, and can revoke nothing and open nothing with it.

pub mod api;
mod feed;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
}
