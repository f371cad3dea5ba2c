//! Rows of assessments on their way in.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::visibility::VisibleCase;
use practice::risk::{AssessedHow, Score};

/// An assessment's row but for its score.
pub struct NewAssessment {
    pub id: Uuid,
    pub referral_id: Option<Uuid>,
    pub agency_id: Uuid,
    pub created_by: Option<Uuid>,
    pub actor_id: Option<Uuid>,
    pub how: AssessedHow,
    pub assessed_on: NaiveDate,
    pub sealed: Vec<u8>,
}

/// Inserts it. A complete assessment supersedes the complete one of the same tool before it, and no other.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    row: NewAssessment,
    score: &Score,
) -> Result<()> {
    tx.sql("insert into risk_assessments (id, marac_id, case_id, referral_id, tool, tool_version, score, yes_count, \
         no_count, dont_know_count, not_asked_count, assessed_on, agency_id, created_by, actor_id, sealed, \
         created_at, maximum, tool_role, assessed_how, supersedes_id) \
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
         (select b.id from risk_assessments b where $21 and b.case_id = $3 and b.tool = $5 \
           and b.score is not null and b.not_asked_count = 0 and b.assessed_on <= $12 \
           order by b.assessed_on desc, b.created_at desc, b.id desc limit 1)")
        .bind(row.id)
        .bind(case.marac_id)
        .bind(case.id)
        .bind(row.referral_id)
        .bind(score.tool.clone())
        .bind(i32::from(score.version))
        .bind(score.yes.map(i16::from))
        .bind(i16::from(score.yes_count()))
        .bind(i16::from(score.no))
        .bind(i16::from(score.dont_know))
        .bind(i16::from(score.not_asked))
        .bind(row.assessed_on)
        .bind(row.agency_id)
        .bind(row.created_by)
        .bind(row.actor_id)
        .bind(row.sealed)
        .bind(tx.now)
        .bind(score.maximum.map(i16::from))
        .bind(score.role.as_str())
        .bind(row.how.as_str())
        .bind(score.complete)
        .execute(tx.conn)?;
    Ok(())
}
