//! The case file: one survivor and the perpetrator or perpetrators, in one MARAC.

mod code;
pub mod intake;
mod intake_store;

use crate::vocabulary;

pub use code::is_plausible;

vocabulary! {
    /// The life cycle of a file. `intake` and `not_accepted` come before there is a case; `joined`
    /// says that its referral went to another file of the same pair.
    CaseStatus {
        Intake = "intake",
        NotAccepted = "not_accepted",
        Listed = "listed",
        Heard = "heard",
        Monitoring = "monitoring",
        Lapsed = "lapsed",
        Closed = "closed",
        TransferredOut = "transferred_out",
        Joined = "joined",
    }
}

/// The operations of this resource.
pub fn routes(_config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {}
