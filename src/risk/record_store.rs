//! Rows of assessments on their way in.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::Score;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::policy::visibility::VisibleCase;

/// An assessment's row but for its score.
pub struct NewAssessment {
    pub id: Uuid,
    pub referral_id: Option<Uuid>,
    pub agency_id: Uuid,
    pub supersedes_id: Option<Uuid>,
    pub assessed_on: NaiveDate,
    pub sealed: Vec<u8>,
}

pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    row: NewAssessment,
    score: &Score,
) -> Result<()> {
    sql("insert into risk_assessments (id, marac_id, case_id, referral_id, tool, tool_version, score, yes_count, \
         no_count, dont_know_count, not_asked_count, assessed_on, agency_id, created_by, supersedes_id, sealed, \
         created_at) values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)")
        .bind(row.id)
        .bind(case.marac_id)
        .bind(case.id)
        .bind(row.referral_id)
        .bind(score.tool.clone())
        .bind(i32::from(score.version))
        .bind(i16::from(score.yes))
        .bind(i16::from(score.no))
        .bind(i16::from(score.dont_know))
        .bind(i16::from(score.not_asked))
        .bind(row.assessed_on)
        .bind(row.agency_id)
        .bind(tx.actor.principal.user_id())
        .bind(row.supersedes_id)
        .bind(row.sealed)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}
