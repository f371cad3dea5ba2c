//! Referrals: the act of sending a case in, from draft to decision.

mod advice;
pub mod api;
mod count_store;
pub mod decisions;
pub mod history;
mod joining;
mod joining_rules;
mod joining_store;
pub mod rules;
#[cfg(test)]
mod rules_tests;
mod shapes;
mod store;
mod telling;
mod unfold;
pub mod unjoin_api;
mod unjoin_store;
mod unseen;
mod unseen_store;
mod write_store;
mod written;

pub use unseen::find_unseen;
use utoipa_actix_web::service_config::ServiceConfig;

use practice::vocabulary;

vocabulary! {
    /// The life cycle of a referral.
    ReferralStatus {
        Draft = "draft",
        Submitted = "submitted",
        Returned = "returned",
        Accepted = "accepted",
        NotAccepted = "not_accepted",
        Withdrawn = "withdrawn",
    }
}

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
    decisions::routes(config);
    unjoin_api::routes(config);
}
