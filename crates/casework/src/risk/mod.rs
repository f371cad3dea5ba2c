//! Risk assessments of a case, their figures, and the tools as they are published.

pub mod api;
pub mod assessments_api;
mod assessments_store;
mod figures_store;
pub mod record;
mod record_store;
mod recount;

pub use api::routes;
pub use assessments_api::{AssessmentOut, assessment_routes};
pub use figures_store::of_case;
pub use recount::{ever_showed_high_risk, recount_due, refresh};
