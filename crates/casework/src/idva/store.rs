//! Rows of allocations.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::Engagement;
use kernel::crypto::Place;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::hidden;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;

/// An allocation, and how often the survivor was tried.
#[derive(Row)]
pub struct AllocationRow {
    pub id: Uuid,
    pub agency_id: Uuid,
    pub agency: String,
    pub user_id: Option<Uuid>,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    pub engagement: Engagement,
    pub engagement_on: Option<NaiveDate>,
    pub contact_due_at: DateTime<Utc>,
    pub contacted_at: Option<DateTime<Utc>>,
    pub contacts: i64,
    pub feedback: i64,
    pub version: i32,
    sealed: Option<Vec<u8>>,
}

impl AllocationRow {
    /// What was said of it.
    pub fn note(&self, case: &VisibleCase) -> Result<Option<String>> {
        let place = Place::new("idva_allocations", "sealed", self.id);
        let sealed = self.sealed.as_deref();
        let note = sealed.map(|sealed| case.key().open_json(place, sealed));
        Ok(note.transpose()?)
    }
}

macro_rules! allocations {
    ($tail:literal) => {
        concat!(
            "select a.id, a.agency_id, o.name as agency, a.user_id, a.starts_on, a.ends_on, ",
            "a.engagement, a.engagement_on, a.contact_due_at, a.contacted_at, a.version, a.sealed, ",
            "coalesce(n.contacts, 0) as contacts, coalesce(n.feedback, 0) as feedback ",
            "from idva_allocations a join agencies o on o.id = a.agency_id ",
            "left join lateral (select count(*) filter (where t.purpose <> 'feedback') as contacts, ",
            "count(*) filter (where t.purpose = 'feedback') as feedback ",
            "from idva_contacts t where t.allocation_id = a.id) n on true where a.case_id = $1 ",
            $tail
        )
    };
}

/// The allocations of a case, newest first.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<AllocationRow>> {
    Ok(tx
        .sql(allocations!("order by a.starts_on desc, a.id desc"))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One of them.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<AllocationRow> {
    tx.sql(allocations!("and a.id = $2"))
        .bind(case.id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)
}

/// The one that stands.
#[derive(Row)]
pub struct Live {
    pub id: Uuid,
    pub agency_id: Uuid,
}

/// The allocation that stands, if any. The case is locked by whoever changes it.
pub fn live(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Option<Live>> {
    Ok(tx
        .sql("select id, agency_id from idva_allocations where case_id = $1 and ends_on is null")
        .bind(case.id)
        .get_result(tx.conn)
        .optional()?)
}

/// The allocation that stands ends today.
pub fn end_live(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    let today = tx.today();
    tx.sql(
        "update idva_allocations set ends_on = $2, version = version + 1 \
         where case_id = $1 and ends_on is null",
    )
    .bind(case.id)
    .bind(today)
    .execute(tx.conn)?;
    Ok(())
}

/// A new allocation.
pub fn insert(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    id: Uuid,
    agency_id: Uuid,
    user_id: Option<Uuid>,
    contact_due_at: DateTime<Utc>,
) -> Result<()> {
    let today = tx.today();
    tx.sql(
        "insert into idva_allocations (id, marac_id, case_id, agency_id, user_id, starts_on, engagement, \
         contact_due_at, created_by, created_at) values ($1, $2, $3, $4, $5, $6, 'not_yet', $7, $8, $9)",
    )
    .bind(id)
    .bind(case.marac_id)
    .bind(case.id)
    .bind(agency_id)
    .bind(user_id)
    .bind(today)
    .bind(contact_due_at)
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// What an allocation is after a change.
pub struct Present {
    pub user_id: Option<Uuid>,
    pub engagement: Engagement,
    pub note: Option<String>,
    pub ends_on: Option<NaiveDate>,
}

/// Writes a change; when the survivor decided is kept with what they decided.
pub fn update(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    row: &AllocationRow,
    present: &Present,
) -> Result<()> {
    let place = Place::new("idva_allocations", "sealed", row.id);
    let note = present.note.as_ref();
    let sealed = note.map(|note| case.key().seal_json(place, note));
    let today = tx.today();
    tx.sql(
        "update idva_allocations set user_id = $2, engagement = $3, \
         engagement_on = case when engagement <> $3 then $4 else engagement_on end, \
         sealed = $5, ends_on = $6, version = version + 1 where id = $1",
    )
    .bind(row.id)
    .bind(present.user_id)
    .bind(present.engagement.as_str())
    .bind(today)
    .bind(sealed.transpose()?)
    .bind(present.ends_on)
    .execute(tx.conn)?;
    Ok(())
}

/// The survivor is to be tried again by then.
pub fn try_again(tx: &mut Tx<'_>, case: &VisibleCase, due_at: DateTime<Utc>) -> Result<Vec<ToTry>> {
    Ok(tx.sql(
        "update idva_allocations set contact_due_at = $2, contacted_at = null, reminded_at = null, \
         version = version + 1 where case_id = $1 and ends_on is null \
         returning id, marac_id, case_id, agency_id, user_id",
    )
    .bind(case.id)
    .bind(due_at)
    .load(tx.conn)?)
}

#[derive(Row)]
struct Known {
    known: bool,
}

/// Whether this is a live account of the agency.
pub fn is_of(tx: &mut Tx<'_>, agency_id: Uuid, user_id: Uuid) -> Result<bool> {
    let row: Known = tx
        .sql(
            "select exists (select from users where id = $1 and agency_id = $2 \
         and disabled_at is null) as known",
        )
        .bind(user_id)
        .bind(agency_id)
        .get_result(tx.conn)?;
    Ok(row.known)
}

/// An allocation whose survivor is to be tried.
#[derive(Row)]
pub struct ToTry {
    pub id: Uuid,
    pub marac_id: Uuid,
    pub case_id: Uuid,
    pub agency_id: Uuid,
    pub user_id: Option<Uuid>,
}

/// Some of those nobody was told of, and that they have been told. A row that another server has in
/// hand is left to it, and one it has told of since is judged as it is now.
pub fn late(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<ToTry>> {
    Ok(tx.sql(
        "update idva_allocations a set reminded_at = $1 from (select x.id from idva_allocations x \
           where x.ends_on is null and x.contacted_at is null and x.reminded_at is null \
           and x.contact_due_at <= $1 order by x.contact_due_at, x.id limit $2 \
           for update skip locked) l where a.id = l.id returning a.id, a.marac_id, a.case_id, a.agency_id, a.user_id",
    )
    .bind(tx.now)
    .bind(limit)
    .load(tx.conn)?)
}
