//! Cover: a representative's deputy, absence, and leaving.
//!
//! `deputies_api` and `absences_api` say who stands in for whom and when; `leave_api` hands what
//! somebody still holds to a colleague and closes their account. Whoever hands work on need not see
//! it, so it moves in a function of the owner's, and the answers are counts.

pub mod absences_api;
pub mod deputies_api;
pub mod leave_api;
mod rules;
mod store;
mod telling;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    deputies_api::routes(config);
    absences_api::routes(config);
    leave_api::routes(config);
}
