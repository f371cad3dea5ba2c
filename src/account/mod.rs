//! The account, told once: entries under fixed headings, versioned, never overwritten.

mod record_store;

pub use record_store::{Telling, first_telling};
use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this resource.
pub fn routes(_config: &mut ServiceConfig<'_>) {}
