//! Minutes: what was recorded at a meeting, approved by its chair, issued, and then immutable (R24).
//!
//! They are kept apart by what they are about: a frame for the meeting, sealed under the meeting's
//! key, and a part for each case, sealed under that case's. What a reader gets is put together at
//! every reading from the parts in their sight, numbered afresh; of the others there is no trace.
//! `draft` writes them from the records, `edits` corrects them, `read` puts them together, `print`
//! lays them out for paper.

mod answer;
pub mod api;
mod change;
pub mod change_api;
mod damaged;
mod draft;
mod edits;
mod key_store;
mod model;
mod print;
pub mod print_api;
mod read;
mod record_store;
pub mod report;
mod rules;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

use practice::vocabulary;

vocabulary! {
    /// The life cycle of a version of minutes.
    MinutesStatus {
        Draft = "draft",
        Approved = "approved",
        Issued = "issued",
    }
}

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
    change_api::routes(config);
    print_api::routes(config);
    report::routes(config);
}
