//! The case file: one survivor and the perpetrator or perpetrators, in one MARAC.
//!
//! `api` lists cases; `head_api` changes a head; `file_*` reads a file with all its parts; `timeline_*` and
//! `access_log_*` tell what happened and who looked; `shares_*`, `exclusions_*` and `restriction_*`
//! decide who else may see it.

pub mod access_log_api;
mod access_log_store;
pub mod api;
mod code;
pub mod exclusions_api;
mod exclusions_store;
pub mod file_api;
mod file_store;
pub mod head_api;
pub mod intake;
mod intake_store;
pub mod restriction_api;
mod restriction_store;
mod rules;
mod sealed_store;
pub mod shares_api;
mod shares_store;
mod store;
pub mod timeline_api;
mod timeline_store;

pub use code::is_plausible;
pub use exclusions_api::set_exclusion;
pub use exclusions_store::ExclusionSubject;
pub use head_api::CaseHeadOut;
pub use rules::{day_end, exclude as names_one};
pub use sealed_store::{PLACES as SEALED_PLACES, move_sealed};

use practice::vocabulary;

vocabulary! {
    /// Why a case is closed (domain 3.8).
    CloseReason {
        RiskReduced = "risk_reduced",
        SupportInPlace = "support_in_place",
        MovedAway = "moved_away",
        Died = "died",
        Declined = "declined",
        Transferred = "transferred",
        Other = "other",
    }
}

vocabulary! {
    /// Why an exclusion or a restriction was laid on a file: its referral was joined there, the persons
    /// are linked, a survivor and a perpetrator or one person are the same; in doubt, both their dates of
    /// birth, names alike, an address or its postcode and family name, or a telephone number; or somebody
    /// excluded made the account.
    LaidBy {
        Joined = "joined",
        Linked = "linked",
        SamePair = "same_pair",
        SamePerson = "same_person",
        SameDates = "same_dates",
        SimilarNames = "similar_names",
        SamePlace = "same_place",
        SamePhone = "same_phone",
        Maker = "maker",
    }
}

/// The operations of this resource.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    api::routes(config);
    head_api::routes(config);
    file_api::routes(config);
    timeline_api::routes(config);
    access_log_api::routes(config);
    shares_api::routes(config);
    exclusions_api::routes(config);
    restriction_api::routes(config);
    crate::risk::assessment_routes(config);
}
