//! Rows of allocations.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::Engagement;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::hidden;
use kernel::schema::{idva_allocations, users};
use kernel::sql::{Row, statement};
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
        let place = SealPlace::new("idva_allocations", "sealed", self.id);
        let sealed = self.sealed.as_deref();
        let note = sealed.map(|sealed| case.key().open_json(place, sealed));
        Ok(note.transpose()?)
    }
}

/// The allocations of a case, newest first.
pub fn all(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Vec<AllocationRow>> {
    Ok(tx
        .sql(statement!("allocations" => AllocationRow))
        .bind(case.id)
        .load(tx.conn)?)
}

/// One of them.
pub fn one(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<AllocationRow> {
    tx.sql(statement!("allocation" => AllocationRow))
        .bind(case.id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)
}

/// The one that stands.
#[derive(Queryable, Selectable)]
#[diesel(table_name = idva_allocations, check_for_backend(Pg))]
pub struct Live {
    pub id: Uuid,
    pub agency_id: Uuid,
}

/// Those of a case that have not ended: one at most.
#[diesel::dsl::auto_type]
fn standing(case_id: Uuid) -> _ {
    idva_allocations::case_id
        .eq(case_id)
        .and(idva_allocations::ends_on.is_null())
}

/// The allocation that stands, if any. The case is locked by whoever changes it.
pub fn live(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<Option<Live>> {
    Ok(idva_allocations::table
        .filter(standing(case.id))
        .select(Live::as_select())
        .get_result(tx.conn)
        .optional()?)
}

/// The allocation that stands ends today.
pub fn end_live(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    diesel::update(idva_allocations::table.filter(standing(case.id)))
        .set((
            idva_allocations::ends_on.eq(tx.today()),
            idva_allocations::version.eq(idva_allocations::version + 1),
        ))
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
    use idva_allocations::dsl;
    diesel::insert_into(dsl::idva_allocations)
        .values((
            dsl::id.eq(id),
            dsl::marac_id.eq(case.marac_id),
            dsl::case_id.eq(case.id),
            dsl::agency_id.eq(agency_id),
            dsl::user_id.eq(user_id),
            dsl::starts_on.eq(tx.today()),
            dsl::engagement.eq(Engagement::NotYet),
            dsl::contact_due_at.eq(contact_due_at),
            dsl::created_by.eq(tx.actor.principal.user_id()),
            dsl::created_at.eq(tx.now),
        ))
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
    let place = SealPlace::new("idva_allocations", "sealed", row.id);
    let note = present.note.as_ref();
    let sealed = note.map(|note| case.key().seal_json(place, note));
    let today = tx.today();
    tx.sql(statement!("update_allocation"))
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
    use idva_allocations::dsl;
    Ok(
        diesel::update(dsl::idva_allocations.filter(standing(case.id)))
            .set((
                dsl::contact_due_at.eq(due_at),
                dsl::contacted_at.eq(None::<DateTime<Utc>>),
                dsl::reminded_at.eq(None::<DateTime<Utc>>),
                dsl::version.eq(dsl::version + 1),
            ))
            .returning(ToTry::as_returning())
            .load(tx.conn)?,
    )
}

/// Whether this is a live account of the agency.
pub fn is_of(tx: &mut Tx<'_>, agency_id: Uuid, user_id: Uuid) -> Result<bool> {
    let account = users::id
        .eq(user_id)
        .and(users::agency_id.eq(agency_id))
        .and(users::disabled_at.is_null());
    Ok(diesel::select(exists(users::table.filter(account))).get_result(tx.conn)?)
}

/// An allocation whose survivor is to be tried.
#[derive(Row, Queryable, Selectable)]
#[diesel(table_name = idva_allocations, check_for_backend(Pg))]
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
    Ok(tx
        .sql(statement!("late" => ToTry))
        .bind(tx.now)
        .bind(limit)
        .load(tx.conn)?)
}
