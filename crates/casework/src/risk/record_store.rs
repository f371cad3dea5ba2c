//! Rows of assessments on their way in.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::risk_assessments;
use kernel::visibility::VisibleCase;
use practice::risk::{AssessedHow, Score, ToolRole};

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

#[derive(Insertable)]
#[diesel(table_name = risk_assessments, treat_none_as_default_value = false)]
struct AssessmentRow {
    id: Uuid,
    marac_id: Uuid,
    case_id: Uuid,
    referral_id: Option<Uuid>,
    tool: String,
    tool_version: i32,
    tool_role: ToolRole,
    score: Option<i16>,
    maximum: Option<i16>,
    yes_count: i16,
    no_count: i16,
    dont_know_count: i16,
    not_asked_count: i16,
    assessed_on: NaiveDate,
    assessed_how: AssessedHow,
    agency_id: Uuid,
    created_by: Option<Uuid>,
    actor_id: Option<Uuid>,
    sealed: Vec<u8>,
    created_at: DateTime<Utc>,
}

/// Inserts it. A complete assessment supersedes the complete one of the same tool before it, and no other.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    row: NewAssessment,
    score: &Score,
) -> Result<()> {
    use risk_assessments::dsl;
    let before = dsl::case_id
        .eq(case.id)
        .and(dsl::tool.eq(score.tool.clone()))
        .and(dsl::score.is_not_null())
        .and(dsl::not_asked_count.eq(0))
        .and(dsl::assessed_on.le(row.assessed_on));
    let superseded = dsl::risk_assessments
        .filter(score.complete.into_sql::<Bool>())
        .filter(before)
        .order((
            dsl::assessed_on.desc(),
            dsl::created_at.desc(),
            dsl::id.desc(),
        ))
        .limit(1)
        .select(dsl::id);
    let row = AssessmentRow {
        id: row.id,
        marac_id: case.marac_id,
        case_id: case.id,
        referral_id: row.referral_id,
        tool: score.tool.clone(),
        tool_version: i32::from(score.version),
        tool_role: score.role,
        score: score.yes.map(i16::from),
        maximum: score.maximum.map(i16::from),
        yes_count: i16::from(score.yes_count()),
        no_count: i16::from(score.no),
        dont_know_count: i16::from(score.dont_know),
        not_asked_count: i16::from(score.not_asked),
        assessed_on: row.assessed_on,
        assessed_how: row.how,
        agency_id: row.agency_id,
        created_by: row.created_by,
        actor_id: row.actor_id,
        sealed: row.sealed,
        created_at: tx.now,
    };
    diesel::insert_into(dsl::risk_assessments)
        .values((row, dsl::supersedes_id.eq(superseded.single_value())))
        .execute(tx.conn)?;
    Ok(())
}
