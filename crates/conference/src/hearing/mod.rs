//! What is recorded at a meeting about its cases.
//!
//! `entries_api` takes what is said of a case while the meeting is in session, each saying a row of its
//! own; `corrections_api` corrects it and keeps the earlier version; `conflicts_*` are conflicts of
//! interest, which act at once as exclusions; `record` reads all of it back, here and for the minutes.
//! Who sat at the meeting, and accepted its confidentiality statement, is with the meetings.

pub mod conflicts_api;
mod conflicts_store;
pub mod corrections_api;
pub mod entries_api;
mod model;
mod record;
pub mod record_api;
mod record_store;
mod rules;
mod shapes;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub use model::{
    ConflictRecord, HearingEntry, HearingKind, HearingRecord, HearingSharing, InformationNature,
    PoliceWish, RiskFactor, Safeguard, SafeguardDecision, SeatRecord,
};
pub use record::{meeting_record, record};
pub use rules::HearingReader;

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    entries_api::routes(config);
    record_api::routes(config);
    corrections_api::routes(config);
    conflicts_api::routes(config);
}
