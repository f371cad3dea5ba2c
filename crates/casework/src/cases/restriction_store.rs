//! Rows of restrictions, and who is named on a restricted case.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::LaidBy;
use kernel::crypto::{KeyRing, Place};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use kernel::{file_key, key_columns, not_destroyed, visible_cases};

/// A restriction.
#[derive(Row)]
pub struct Restriction {
    /// Id.
    pub id: Uuid,
    /// Who set it.
    pub set_by: Option<Uuid>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub ends_at: Option<DateTime<Utc>>,
    /// Who is named on the case now.
    pub named: Vec<Uuid>,
    /// Why it was laid on this file; none if somebody set it here.
    pub laid_by: Option<LaidBy>,
    /// The file it was set on, as far as the reader decides there.
    pub from_case_id: Option<Uuid>,
    origin_id: Option<Uuid>,
    reason: Option<Vec<u8>>,
    origin_reason: Option<Vec<u8>>,
    origin_master_key_id: Option<String>,
    origin_wrapped: Option<Vec<u8>>,
}

impl Restriction {
    /// Why: as sealed here, or where it was set, if the reader decides there.
    pub fn reason(&self, keys: &KeyRing, case: &VisibleCase) -> Result<Option<String>> {
        let place = |id| Place::new("restrictions", "reason", id);
        if let Some(sealed) = &self.reason {
            // One that was joined before seals moved with it cannot be read any more.
            return Ok(case.key().open_json(place(self.id), sealed).ok());
        }
        let (Some(origin), Some(from), Some(sealed), Some(master)) = (
            self.origin_id,
            self.from_case_id,
            &self.origin_reason,
            &self.origin_master_key_id,
        ) else {
            return Ok(None);
        };
        let key = keys.unwrap(from, master, self.origin_wrapped.as_deref())?;
        Ok(key.open_json(place(origin), sealed).ok())
    }
}

#[derive(Row)]
struct Owner {
    id: Uuid,
}

/// The agencies that own actions of the case.
pub fn owners(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Uuid>> {
    let rows: Vec<Owner> = tx
        .sql("select distinct owner_agency_id as id from actions where case_id = $1")
        .bind(case.id)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

const LIVE: &str = concat!(
    "select t.id, t.set_by, t.created_at, nullif(t.ends_at, 'infinity') as ends_at, t.reason, t.laid_by, ",
    "t.origin_id, s.case_id as from_case_id, s.reason as origin_reason, ",
    "s.master_key_id as origin_master_key_id, s.wrapped as origin_wrapped, ",
    "array(select distinct g.user_id from circle g where g.case_id = $1 and g.basis = 'named' ",
    "and g.user_id is not null and g.opens_at <= $2 and g.ends_at > $2 order by g.user_id) as named ",
    "from restrictions t left join lateral (select o.case_id, o.reason, ",
    key_columns!(),
    " from restrictions o join cases c on c.id = o.case_id",
    file_key!("c.id"),
    "where ",
    not_destroyed!(),
    " and o.id = t.origin_id and c.marac_id = any ($staff) and ",
    visible_cases!("c"),
    ") s on true where t.case_id = $1 and t.ends_at > $2 ",
    "order by t.origin_id is not null, t.created_at desc, t.id desc limit 1"
);

/// The restriction that stands: one that somebody set on this file before one that was laid on it.
pub fn live(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Option<Restriction>> {
    Ok(tx
        .sql(LIVE)
        .bind(case.id)
        .bind(tx.now)
        .get_result(tx.conn)
        .optional()?)
}

/// Sets the restriction, or sets it anew: who is not named any more is not from now. One that came with a
/// joined referral is the case's own from then on.
pub fn set(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    live: Option<Uuid>,
    named: &[Uuid],
    ends_at: Option<DateTime<Utc>>,
    reason: &str,
) -> Result<()> {
    tx.tell_moment()?;
    let id = live.unwrap_or_else(Uuid::now_v7);
    let place = Place::new("restrictions", "reason", id);
    let sealed = case.key().seal_json(place, &reason)?;
    tx.sql("insert into restrictions as t (id, marac_id, case_id, reason, set_by, ends_at, created_at) \
         values ($1, $2, $3, $4, $5, coalesce($6, 'infinity'), $7) \
         on conflict (id) do update set reason = $4, set_by = $5, referral_id = null, \
         ends_at = coalesce($6, 'infinity'), version = t.version + 1")
    .bind(id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(sealed)
    .bind(tx.actor.principal.user_id())
    .bind(ends_at)
    .bind(tx.now)
    .execute(tx.conn)?;
    tx.sql(
        "update circle set ends_at = $3, version = version + 1 where case_id = $1 \
         and basis = 'named' and ends_at > $3 and (user_id is null or user_id <> all ($2))",
    )
    .bind(case.id)
    .bind(named.to_vec())
    .bind(tx.now)
    .execute(tx.conn)?;
    super::store::name(tx, case, named)?;
    tx.sql("update cases set restricted = true, version = version + 1 where id = $1")
        .bind(case.id)
        .execute(tx.conn)?;
    Ok(())
}

/// Lifts what restricts the case. Those named for it, since it stands, leave with it; whoever leads is named as
/// the lead, also if the restriction had shut them out.
pub fn lift(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    tx.tell_moment()?;
    tx.sql(
        "update circle set ends_at = $2, version = version + 1 where case_id = $1 \
         and basis = 'named' and not as_lead and ends_at > $2 and (restriction_id is not null \
           or created_at >= (select min(t.created_at) from restrictions t \
             where t.case_id = $1 and t.ends_at > $2))",
    )
    .bind(case.id)
    .bind(tx.now)
    .execute(tx.conn)?;
    super::store::name_lead(tx, case, case.row.lead_user_id)?;
    tx.sql(
        "update restrictions set ends_at = $2, lifted_by = $3, version = version + 1 \
         where case_id = $1 and ends_at > $2",
    )
    .bind(case.id)
    .bind(tx.now)
    .bind(tx.actor.principal.user_id())
    .execute(tx.conn)?;
    tx.sql("update cases set restricted = false, version = version + 1 where id = $1")
        .bind(case.id)
        .execute(tx.conn)?;
    Ok(())
}
