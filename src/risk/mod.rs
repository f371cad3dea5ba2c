//! Risk assessment: the published tools, their scores, and what the scores and claims of a referral mean.

mod api;
mod assessments_api;
pub(crate) mod assessments_store;
mod criteria;
mod criterion;
pub mod record;
mod record_store;
mod rules;
mod tool;
mod tools;

pub use api::routes;
pub use assessments_api::{AssessmentOut, assessment_routes};
pub use criteria::{
    Advice, Claims, CriteriaError, CriteriaFinding, CriteriaSettings, EscalationEvent, Evidence,
    MetCriterion, criteria,
};
pub use criterion::{Criteria, Criterion};
pub use rules::{
    Answer, AnswerError, AnswerErrorCode, Given, Score, age_on, answers_from_line, flag_expires,
    is_repeat, score,
};
pub use tool::{Band, Fault, Group, Item, ItemOption, Scoring, ScoringMethod, Subject, Tool};
pub use tools::{ToolError, Tools};
