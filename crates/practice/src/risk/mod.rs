//! Risk tools, their scores, and what scores and claims of a referral mean.

mod criteria;
mod criterion;
mod figures;
mod rules;
mod shown;
mod tool;
mod tools;

pub use criteria::{
    Advice, CriteriaClaims, CriteriaError, CriteriaFinding, CriteriaSettings, EscalationEvent,
    Evidence, MetCriterion, criteria,
};
pub use criterion::{Criteria, Criterion};
pub use figures::{CountedAssessment, Figure, FigurePlace, Items, figures};
pub use rules::{
    Answer, AnswerError, AnswerErrorCode, GivenAnswer, Score, age_on, answers_from_line,
    flag_expires, is_repeat, score,
};
pub use shown::{AssessedBy, AssessedHow, CaseRisk, FigureRow, RiskFigure, ToolRisk};
pub use tool::{
    Band, Fault, Group, Item, ItemOption, Prompt, Scoring, ScoringMethod, Subject, Tool, ToolRole,
};
pub use tools::{ToolError, Tools};
