//! Rows of shares: the circle on the basis `share`.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use uuid::Uuid;

use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::lens::Basis;
use kernel::schema::circle;
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

/// A share.
#[derive(Row)]
pub struct Share {
    /// Id.
    pub id: Uuid,
    /// With whom.
    pub agency_id: Uuid,
    /// Since when.
    pub opens_at: DateTime<Utc>,
    /// Until when.
    pub ends_at: Option<DateTime<Utc>>,
    /// Who decided it.
    pub created_by: Option<Uuid>,
    /// Version.
    pub version: i32,
    reason: Option<Vec<u8>>,
}

impl Share {
    /// Why.
    pub fn reason(&self, case: &VisibleCase) -> Result<String> {
        let sealed = self
            .reason
            .as_deref()
            .ok_or(Error::Internal("a share has no reason"))?;
        let place = SealPlace::new("circle", "reason", self.id);
        Ok(case.key().open_json(place, sealed)?)
    }
}

/// Every share of a case, newest first.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Share>> {
    Ok(tx
        .sql(statement!("shares" => Share))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One share of a case, locked.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Share>> {
    tx.sql(statement!("share" => Share))
        .bind(case.id)
        .bind(id)
        .locking(tx)
}

/// Whether the agency has a live share.
pub fn shared(tx: &mut Tx<'_>, case: &VisibleCase, agency_id: Uuid) -> Result<bool> {
    let live = circle::case_id
        .eq(case.id)
        .and(circle::basis.eq(Basis::Share))
        .and(circle::agency_id.eq(agency_id))
        .and(circle::ends_at.gt(tx.now));
    Ok(diesel::select(exists(circle::table.filter(live))).get_result(tx.conn)?)
}

/// Adds a share: open at once, with the meeting's lens, because somebody decided so by name.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    agency_id: Uuid,
    ends_at: Option<DateTime<Utc>>,
    reason: &str,
) -> Result<()> {
    let place = SealPlace::new("circle", "reason", id);
    let sealed = case.key().seal_json(place, &reason)?;
    // Without an end it lasts until infinity, the column's default.
    diesel::insert_into(circle::table)
        .values((
            circle::id.eq(id),
            circle::marac_id.eq(case.marac_id),
            circle::case_id.eq(case.id),
            circle::basis.eq(Basis::Share),
            circle::agency_id.eq(agency_id),
            circle::opens_at.eq(tx.now),
            circle::full_at.eq(tx.now),
            ends_at.map(|end| circle::ends_at.eq(end)),
            circle::reason.eq(sealed),
            circle::created_by.eq(tx.actor.principal.user_id()),
            circle::created_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Ends a share now.
pub fn end(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<()> {
    let share = circle::case_id
        .eq(case.id)
        .and(circle::id.eq(id))
        .and(circle::basis.eq(Basis::Share));
    diesel::update(circle::table.filter(share))
        .set((
            circle::ends_at.eq(tx.now),
            circle::version.eq(circle::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}
