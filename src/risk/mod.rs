//! Risk assessment: the published tools, their scores, and what the scores and claims of a referral mean.

mod api;
mod assessments_api;
mod assessments_store;
mod criteria;
mod criterion;
mod figures;
mod figures_store;
pub mod record;
mod record_store;
mod recount;
mod rules;
mod shown;
mod tool;
mod tools;

pub use api::routes;
pub use assessments_api::{AssessmentOut, assessment_routes};
pub(crate) use assessments_store::{assessment_row, current_assessment_rows};
pub use criteria::{
    Advice, Claims, CriteriaError, CriteriaFinding, CriteriaSettings, EscalationEvent, Evidence,
    MetCriterion, criteria,
};
pub use criterion::{Criteria, Criterion};
pub use figures::FigurePlace;
pub(crate) use figures_store::{figures_of, figures_row, of_case, recount, risk_column};
pub use recount::recount_due;
pub(crate) use recount::{ever_showed_high_risk, refresh};
pub use rules::{
    Answer, AnswerError, AnswerErrorCode, Given, Score, age_on, answers_from_line, flag_expires,
    is_repeat, score,
};
pub use shown::{AssessedBy, AssessedHow, CaseRisk, RiskFigure, ToolRisk};
pub use tool::{
    Band, Fault, Group, Item, ItemOption, Prompt, Scoring, ScoringMethod, Subject, Tool, ToolRole,
};
pub use tools::{ToolError, Tools};
