//! The people of a case. What is recorded belongs to the case it was recorded in; a `person` is only
//! the link that matching makes between parties.

mod advice;
mod api;
mod differences_api;
mod differences_store;
mod finding;
mod guards;
mod look_again;
pub mod model;
mod parts_api;
mod patch;
pub mod record;
mod record_store;
mod rows;
mod rules;
pub mod shape;
mod store;

pub use advice::{AdviceGiven, LeastAges, Looked, advice};
pub(crate) use finding::everybody;
pub(crate) use rows::{
    address_row, characteristics_row, contact_row, party_row, people_of, people_rows,
    relationship_row,
};

/// When the survivor of a case was born, if that is known.
pub(crate) fn survivor_born(
    tx: &mut crate::db::Tx<'_>,
    case: &crate::policy::visibility::VisibleCase,
) -> crate::error::Result<Option<chrono::NaiveDate>> {
    store::survivor_born(tx, case)
}

/// The operations of this resource.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    api::routes(config);
    parts_api::routes(config);
    differences_api::routes(config);
}
