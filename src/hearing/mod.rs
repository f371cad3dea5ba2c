//! What is recorded at a meeting about its cases.
//!
//! `statement_*` is the confidentiality statement and who accepted it (R19); `conflicts_*` conflicts of
//! interest, which act at once as exclusions; `entries_api` what is said of a case while the meeting is
//! in session, each saying a row of its own; `record` reads it back whole, here and for the minutes.

mod model;
mod record;
mod record_store;
mod rules;

pub use model::{
    ConflictRecord, HearingEntry, HearingKind, HearingSharing, InformationNature, PoliceWish,
    Record, RiskFactor, Safeguard, SafeguardDecision, SeatRecord,
};
pub use record::{meeting_record, record};
pub use rules::Reader;
