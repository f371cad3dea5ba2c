//! Rows of restrictions, and who is named on a restricted case.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use crate::crypto::Place;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::policy::visibility::VisibleCase;

/// A restriction.
#[derive(QueryableByName)]
pub struct Restriction {
    /// Id.
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    /// Who set it.
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub set_by: Option<Uuid>,
    /// When.
    #[diesel(sql_type = st::Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Until when.
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub ends_at: Option<DateTime<Utc>>,
    /// Who is named on the case now.
    #[diesel(sql_type = st::Array<st::Uuid>)]
    pub named: Vec<Uuid>,
    #[diesel(sql_type = st::Binary)]
    reason: Vec<u8>,
}

impl Restriction {
    /// Why.
    pub fn reason(&self, case: &VisibleCase) -> Result<String> {
        let place = Place::new("restrictions", "reason", self.id);
        Ok(case.key().open_json(place, &self.reason)?)
    }
}

#[derive(QueryableByName)]
struct Owner {
    #[diesel(sql_type = st::Uuid)]
    id: Uuid,
}

/// The agencies that own actions of the case.
pub fn owners(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Uuid>> {
    let rows: Vec<Owner> =
        sql("select distinct owner_agency_id as id from actions where case_id = $1")
            .bind(case.id)
            .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

const LIVE: &str = "select t.id, t.set_by, t.created_at, nullif(t.ends_at, 'infinity') as ends_at, \
    t.reason, array(select distinct g.user_id from circle g where g.case_id = $1 and g.basis = 'named' \
      and g.user_id is not null and g.opens_at <= $2 and g.ends_at > $2 order by g.user_id) as named \
    from restrictions t where t.case_id = $1 and t.ends_at > $2 \
    order by t.created_at desc, t.id desc limit 1";

/// The restriction that stands.
pub fn live(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Option<Restriction>> {
    Ok(sql(LIVE)
        .bind(case.id)
        .bind(tx.now)
        .get_result(tx.conn)
        .optional()?)
}

/// Sets the restriction, or sets it anew: who is not named any more is not from now.
pub fn set(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    live: Option<Uuid>,
    named: &[Uuid],
    ends_at: Option<DateTime<Utc>>,
    reason: &str,
) -> Result<()> {
    let id = live.unwrap_or_else(Uuid::now_v7);
    let place = Place::new("restrictions", "reason", id);
    let sealed = case.key().seal_json(place, &reason)?;
    sql("insert into restrictions as t (id, marac_id, case_id, reason, set_by, ends_at, created_at) \
         values ($1, $2, $3, $4, $5, coalesce($6, 'infinity'), $7) \
         on conflict (id) do update set reason = $4, set_by = $5, \
         ends_at = coalesce($6, 'infinity'), version = t.version + 1")
    .bind(id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(sealed)
    .bind(tx.actor.principal.user_id())
    .bind(ends_at)
    .bind(tx.now)
    .execute(tx.conn)?;
    sql(
        "update circle set ends_at = $3, version = version + 1 where case_id = $1 \
         and basis = 'named' and ends_at > $3 and (user_id is null or user_id <> all ($2))",
    )
    .bind(case.id)
    .bind(named.to_vec())
    .bind(tx.now)
    .execute(tx.conn)?;
    super::store::name(tx, case, named)?;
    sql("update cases set restricted = true, version = version + 1 where id = $1")
        .bind(case.id)
        .execute(tx.conn)?;
    Ok(())
}

/// Lifts the restriction. Those named for it, since it stands, leave with it; whoever leads is named as the
/// lead, also if the restriction had shut them out.
pub fn lift(tx: &mut Tx<'_>, case: &VisibleCase, restriction: &Restriction) -> Result<()> {
    sql(
        "update circle set ends_at = $3, version = version + 1 where case_id = $1 \
         and basis = 'named' and not as_lead and ends_at > $3 and created_at >= $2",
    )
    .bind(case.id)
    .bind(restriction.created_at)
    .bind(tx.now)
    .execute(tx.conn)?;
    super::store::name_lead(tx, case, case.row.lead_user_id)?;
    sql(
        "update restrictions set ends_at = $2, lifted_by = $3, version = version + 1 \
         where case_id = $1 and ends_at > $2",
    )
    .bind(case.id)
    .bind(tx.now)
    .bind(tx.actor.principal.user_id())
    .execute(tx.conn)?;
    sql("update cases set restricted = false, version = version + 1 where id = $1")
        .bind(case.id)
        .execute(tx.conn)?;
    Ok(())
}
