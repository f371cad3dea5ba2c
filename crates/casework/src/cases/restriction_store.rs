//! Rows of restrictions, and who is named on a restricted case.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use super::LaidBy;
use kernel::crypto::{KeyRing, SealPlace};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::lens::Basis;
use kernel::schema::{actions, cases, circle, restrictions};
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

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
        let place = |id| SealPlace::new("restrictions", "reason", id);
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

/// The agencies that own actions of the case.
pub fn owners(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Uuid>> {
    Ok(actions::table
        .filter(actions::case_id.eq(case.id))
        .select(actions::owner_agency_id)
        .distinct()
        .load(tx.conn)?)
}

/// The restriction that stands: one that somebody set on this file before one that was laid on it.
pub fn live(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Option<Restriction>> {
    Ok(tx
        .sql(statement!("restriction" => Restriction))
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
    let place = SealPlace::new("restrictions", "reason", id);
    let sealed = case.key().seal_json(place, &reason)?;
    // Without an end it stands until infinity, the column's default.
    diesel::insert_into(restrictions::table)
        .values((
            restrictions::id.eq(id),
            restrictions::marac_id.eq(case.marac_id),
            restrictions::case_id.eq(case.id),
            restrictions::reason.eq(sealed),
            restrictions::set_by.eq(tx.actor.principal.user_id()),
            ends_at.map(|end| restrictions::ends_at.eq(end)),
            restrictions::created_at.eq(tx.now),
        ))
        .on_conflict(restrictions::id)
        .do_update()
        .set((
            restrictions::reason.eq(excluded(restrictions::reason)),
            restrictions::set_by.eq(excluded(restrictions::set_by)),
            restrictions::referral_id.eq(None::<Uuid>),
            restrictions::ends_at.eq(excluded(restrictions::ends_at)),
            restrictions::version.eq(restrictions::version + 1),
        ))
        .execute(tx.conn)?;
    let unnamed = circle::user_id.is_null().or(circle::user_id.ne_all(named));
    let leave = circle::case_id
        .eq(case.id)
        .and(circle::basis.eq(Basis::Named))
        .and(circle::ends_at.gt(tx.now))
        .and(unnamed);
    diesel::update(circle::table.filter(leave))
        .set((
            circle::ends_at.eq(tx.now),
            circle::version.eq(circle::version + 1),
        ))
        .execute(tx.conn)?;
    super::store::name(tx, case, named)?;
    mark(tx, case, true)
}

/// Lifts what restricts the case. Those named for it, since it stands, leave with it; whoever leads is named as
/// the lead, also if the restriction had shut them out.
pub fn lift(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    tx.tell_moment()?;
    tx.sql(statement!("unname_restricted"))
        .bind(case.id)
        .bind(tx.now)
        .execute(tx.conn)?;
    super::store::name_lead(tx, case, case.row.lead_user_id)?;
    let standing = restrictions::case_id
        .eq(case.id)
        .and(restrictions::ends_at.gt(tx.now));
    diesel::update(restrictions::table.filter(standing))
        .set((
            restrictions::ends_at.eq(tx.now),
            restrictions::lifted_by.eq(tx.actor.principal.user_id()),
            restrictions::version.eq(restrictions::version + 1),
        ))
        .execute(tx.conn)?;
    mark(tx, case, false)
}

/// Whether the case is restricted, in its head.
fn mark(tx: &mut Tx<'_>, case: &VisibleCase, restricted: bool) -> Result<()> {
    diesel::update(cases::table.find(case.id))
        .set((
            cases::restricted.eq(restricted),
            cases::version.eq(cases::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}
