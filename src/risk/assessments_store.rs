//! Rows of risk assessments.

use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::Score;
use crate::cases::Part;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::maracs::settings::MaracSettings;
use crate::policy::visibility::VisibleCase;

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

/// Every assessment of a case.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Part>> {
    Ok(sql(concat!(assessment_row!(), "where r.case_id = $1"))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One assessment of a case.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Part>> {
    Ok(sql(concat!(
        assessment_row!(),
        "where r.case_id = $1 and r.id = $2"
    ))
    .bind(case.id)
    .bind(id)
    .get_result(tx.conn)
    .optional()?)
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

#[derive(QueryableByName)]
struct Latest {
    #[diesel(sql_type = st::Uuid)]
    id: Uuid,
}

/// The newest assessment that no later one supersedes.
pub fn latest(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Option<Uuid>> {
    let found: Option<Latest> = sql("select r.id from risk_assessments r where r.case_id = $1 \
         and not exists (select from risk_assessments n where n.supersedes_id = r.id) \
         order by r.created_at desc, r.id desc limit 1")
    .bind(case.id)
    .get_result(tx.conn)
    .optional()?;
    Ok(found.map(|found| found.id))
}

/// The case takes the score of its latest assessment. Criteria are only ever added to (R4).
pub fn set_score(tx: &mut Tx<'_>, case: &VisibleCase, score: &Score, high: bool) -> Result<()> {
    sql("update cases set score = $2, version = version + 1, \
         criteria = case when $3 and not 'visible_high_risk' = any (criteria) \
           then array_append(criteria, 'visible_high_risk') else criteria end where id = $1")
    .bind(case.id)
    .bind(i16::from(score.yes))
    .bind(high)
    .execute(tx.conn)?;
    Ok(())
}
