//! The people of a case. What is recorded belongs to the case it was recorded in; a `person` is only
//! the link that matching makes between parties.

pub mod api;
pub mod differences_api;
mod differences_store;
mod finding;

mod look_again;
pub mod parts_api;
mod patch;
pub mod record;
mod record_store;
mod rules;
pub mod shape;
mod store;

pub use finding::everybody;

/// When the survivor of a case was born, if that is known.
pub fn survivor_born(
    tx: &mut kernel::db::Tx<'_>,
    case: &kernel::visibility::VisibleCase,
) -> kernel::error::Result<Option<chrono::NaiveDate>> {
    store::survivor_born(tx, case)
}

/// The operations of this resource.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    api::routes(config);
    parts_api::routes(config);
    differences_api::routes(config);
}
