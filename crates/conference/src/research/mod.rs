//! Research: what each agency is asked about a case on a circulated list, and what it answers.
//!
//! A return has two parts. The agency's own never leaves it: its representatives and IDVAs in the
//! MARAC read it, and nobody else, not coordinator, not chair. The shareable part is read by
//! coordinator, chair and the allocated IDVA service at once, and by the other listed agencies from
//! the start of the meeting. "Nothing known" is an answer of its own.

pub mod api;
pub mod bulk_api;
mod bulk_store;
mod count_store;
pub mod item_api;
mod judge;
mod list_store;
mod model;
mod rules;
mod shapes;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub use model::{ResearchStanding, ResearchStatus};

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
    item_api::routes(config);
    bulk_api::routes(config);
}
