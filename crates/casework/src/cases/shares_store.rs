//! Rows of shares: the circle on the basis `share`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use kernel::crypto::Place;
use kernel::db::{Locking, Tx};
use kernel::error::{Error, Result};
use kernel::sql::Row;
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
        let place = Place::new("circle", "reason", self.id);
        Ok(case.key().open_json(place, sealed)?)
    }
}

macro_rules! share {
    ($tail:literal) => {
        concat!(
            "select g.id, g.agency_id, g.opens_at, nullif(g.ends_at, 'infinity') as ends_at, ",
            "g.created_by, g.version, g.reason from circle g where g.case_id = $1 and g.basis = 'share' ",
            $tail
        )
    };
}

/// Every share of a case, newest first.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<Share>> {
    Ok(tx
        .sql(share!("order by g.opens_at desc, g.id desc"))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One share of a case, locked.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<Share>> {
    tx.sql(share!("and g.id = $2 for update"))
        .bind(case.id)
        .bind(id)
        .locking(tx)
}

/// Whether the agency has a live share.
pub fn shared(tx: &mut Tx<'_>, case: &VisibleCase, agency_id: Uuid) -> Result<bool> {
    let found: Option<Share> = tx
        .sql(share!("and g.agency_id = $2 and g.ends_at > $3 limit 1"))
        .bind(case.id)
        .bind(agency_id)
        .bind(tx.now)
        .get_result(tx.conn)
        .optional()?;
    Ok(found.is_some())
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
    let place = Place::new("circle", "reason", id);
    let sealed = case.key().seal_json(place, &reason)?;
    tx.sql(
        "insert into circle (id, marac_id, case_id, basis, agency_id, opens_at, full_at, ends_at, \
         reason, created_by, created_at) \
         values ($1, $2, $3, 'share', $4, $5, $5, coalesce($6, 'infinity'), $7, $8, $5)",
    )
    .bind(id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(agency_id)
    .bind(tx.now)
    .bind(ends_at)
    .bind(sealed)
    .bind(tx.actor.principal.user_id())
    .execute(tx.conn)?;
    Ok(())
}

/// Ends a share now.
pub fn end(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<()> {
    tx.sql(
        "update circle set ends_at = $3, version = version + 1 \
         where case_id = $1 and id = $2 and basis = 'share'",
    )
    .bind(case.id)
    .bind(id)
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}
