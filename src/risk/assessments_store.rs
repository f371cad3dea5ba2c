//! Rows of risk assessments.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types as st;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Score;
use crate::cases::Part;
use crate::crypto::Place;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::maracs::settings::MaracSettings;
use crate::policy::visibility::VisibleCase;
use crate::referrals::document::AnswerIn;

/// SQL: assessments at `r`.
macro_rules! assessment_row {
    () => {
        "select 'assessment' as kind, r.id, null::uuid as parent, r.version, \
         json_build_object('tool', r.tool, 'tool_version', r.tool_version, 'score', r.score, \
           'yes_count', r.yes_count, 'no_count', r.no_count, 'dont_know_count', r.dont_know_count, \
           'not_asked_count', r.not_asked_count, 'assessed_on', r.assessed_on, \
           'agency_id', r.agency_id, 'created_by', r.created_by, 'referral_id', r.referral_id, \
           'supersedes_id', r.supersedes_id, 'created_at', r.created_at)::text as plain, \
         r.sealed from risk_assessments r "
    };
}

/// SQL: the assessments of the case $1 that no later one supersedes.
macro_rules! current_assessment_rows {
    () => {
        concat!(
            $crate::risk::assessments_store::assessment_row!(),
            "where r.case_id = $1 and not exists \
             (select from risk_assessments n where n.supersedes_id = r.id)"
        )
    };
}

pub(crate) use {assessment_row, current_assessment_rows};

/// What of an assessment is sealed.
#[derive(Serialize, Deserialize)]
pub struct AssessmentSeal {
    /// The answers.
    pub answers: Vec<AnswerIn>,
    /// Anything else that was weighed.
    #[serde(default)]
    pub notes: Option<String>,
}

/// Every assessment of a case.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Part>> {
    Ok(sql(concat!(assessment_row!(), "where r.case_id = $1"))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One assessment of a case.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Part>> {
    Ok(
        sql(concat!(assessment_row!(), "where r.case_id = $1 and r.id = $2"))
            .bind(case.id)
            .bind(id)
            .get_result(tx.conn)
            .optional()?,
    )
}

#[derive(QueryableByName)]
struct Settings {
    #[diesel(sql_type = st::Jsonb)]
    settings: serde_json::Value,
}

/// The threshold of the case's MARAC.
pub fn threshold(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<u8> {
    let row: Settings = sql("select settings from maracs where id = $1")
        .bind(case.marac_id)
        .get_result(tx.conn)?;
    let settings: MaracSettings = serde_json::from_value(row.settings)
        .map_err(|_| crate::error::Error::Internal("stored settings have another shape"))?;
    Ok(settings.high_risk_threshold)
}

/// An assessment to write.
pub struct NewAssessment<'a> {
    /// Its id.
    pub id: Uuid,
    /// Its score.
    pub score: &'a Score,
    /// When it was done with the survivor.
    pub assessed_on: NaiveDate,
    /// Answers and notes.
    pub seal: AssessmentSeal,
    /// Whether the score makes visible high risk.
    pub high: bool,
}

/// Adds an assessment: it supersedes the latest, and the case takes its score. Criteria are only
/// added to (R4). The case row is locked by the caller.
pub fn insert(tx: &mut Tx<'_>, case: &VisibleCase, new: &NewAssessment<'_>) -> Result<()> {
    let place = Place::new("risk_assessments", "sealed", new.id);
    let sealed = case.key().seal_json(place, &new.seal)?;
    sql("with head as (update cases set score = $6, version = version + 1, \
           criteria = case when $15 and not 'visible_high_risk' = any (criteria) \
             then array_append(criteria, 'visible_high_risk') else criteria end where id = $3) \
         insert into risk_assessments (id, marac_id, case_id, tool, tool_version, score, yes_count, \
         no_count, dont_know_count, not_asked_count, assessed_on, agency_id, created_by, \
         supersedes_id, sealed, created_at) \
         values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, \
         (select r.id from risk_assessments r where r.case_id = $3 and not exists \
           (select from risk_assessments n where n.supersedes_id = r.id) \
           order by r.created_at desc, r.id desc limit 1), $13, $14)")
    .bind(new.id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(new.score.tool.clone())
    .bind(i32::from(new.score.version))
    .bind(i16::from(new.score.yes))
    .bind(i16::from(new.score.no))
    .bind(i16::from(new.score.dont_know))
    .bind(i16::from(new.score.not_asked))
    .bind(new.assessed_on)
    .bind(tx.actor.agency_id)
    .bind(tx.actor.principal.user_id())
    .bind(sealed)
    .bind(tx.now)
    .bind(new.high)
    .execute(tx.conn)?;
    Ok(())
}
