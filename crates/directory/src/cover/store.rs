//! Rows of cover: deputies, absences, and what an account holds.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use crate::duties::{Duty, DutyRow};
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::policy::Role;
use kernel::schema::{absences, role_grants};
use kernel::sql::{Row, statement};

/// A representative, and who stands in.
#[derive(Row)]
pub struct Cover {
    /// The representative.
    pub user_id: Uuid,
    /// Their name.
    pub name: String,
    /// Their agency.
    pub agency_id: Uuid,
    /// Their deputy.
    pub deputy_id: Option<Uuid>,
    /// Last day of the absence that is going on.
    pub away_until: Option<NaiveDate>,
    /// Version of the account.
    pub version: i32,
}

/// The representatives of a MARAC: of one agency, or of all; one of them, or all.
pub fn representatives(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    agency_id: Option<Uuid>,
    user_id: Option<Uuid>,
) -> Result<Vec<Cover>> {
    Ok(tx
        .sql(statement!("representatives" => Cover))
        .bind(marac_id)
        .bind(agency_id)
        .bind(user_id)
        .bind(tx.now)
        .load(tx.conn)?)
}

/// Names a representative's deputy, or nobody.
pub fn set_deputy(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    user_id: Uuid,
    deputy_id: Option<Uuid>,
) -> Result<()> {
    diesel::update(role_grants::table)
        .filter(role_grants::marac_id.eq(marac_id))
        .filter(role_grants::user_id.eq(user_id))
        .filter(role_grants::role.eq(Role::Representative))
        .set(role_grants::deputy_id.eq(deputy_id))
        .execute(tx.conn)?;
    Ok(())
}

/// Days away.
#[derive(Queryable, Selectable)]
#[diesel(table_name = absences, check_for_backend(Pg))]
pub struct Absence {
    /// Id.
    pub id: Uuid,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub until_on: NaiveDate,
    /// When it was ended before its last day.
    pub ended_at: Option<DateTime<Utc>>,
    /// Version.
    pub version: i32,
}

/// An account's absences that are not over.
pub fn absences(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Vec<Absence>> {
    Ok(absences::table
        .filter(absences::user_id.eq(user_id))
        .filter(absences::until_on.ge(tx.today()))
        .filter(absences::ended_at.is_null())
        .select(Absence::as_select())
        .order((absences::from_on, absences::id))
        .limit(200)
        .load(tx.conn)?)
}

/// One of them, locked.
pub fn absence(tx: &mut Tx<'_>, user_id: Uuid, id: Uuid) -> Result<Option<Absence>> {
    absences::table
        .filter(absences::user_id.eq(user_id))
        .filter(absences::id.eq(id))
        .select(Absence::as_select())
        .for_update()
        .locking(tx)
}

#[derive(Insertable)]
#[diesel(table_name = absences, treat_none_as_default_value = false)]
struct AbsenceRow {
    id: Uuid,
    user_id: Uuid,
    from_on: NaiveDate,
    until_on: NaiveDate,
    recorded_by: Option<Uuid>,
    created_at: DateTime<Utc>,
}

/// Records days away.
pub fn add_absence(
    tx: &mut Tx<'_>,
    id: Uuid,
    user_id: Uuid,
    from_on: NaiveDate,
    until_on: NaiveDate,
) -> Result<()> {
    let row = AbsenceRow {
        id,
        user_id,
        from_on,
        until_on,
        recorded_by: tx.actor.principal.user_id(),
        created_at: tx.now,
    };
    diesel::insert_into(absences::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(())
}

/// Ends an absence now.
pub fn end_absence(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    diesel::update(absences::table.find(id))
        .set((
            absences::ended_at.eq(tx.now),
            absences::version.eq(absences::version + 1),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Hands all of it on, with ids for what is added; returns what became of it.
pub fn hand_over(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    to: Option<Uuid>,
    ids: Vec<Uuid>,
) -> Result<Vec<Duty>> {
    let today = tx.today();
    let rows = tx
        .sql(statement!("hand_over" => DutyRow))
        .bind(user_id)
        .bind(to)
        .bind(tx.now)
        .bind(today)
        .bind(tx.actor.principal.user_id())
        .bind(Some(tx.actor.agency_id).filter(|id| !id.is_nil()))
        .bind(ids)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(Duty::from).collect())
}
