//! Rows of cover: deputies, absences, and what an account holds.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use crate::absences::away;
use crate::duties::{Duty, DutyRow};
use kernel::db::Tx;
use kernel::error::Result;

/// A representative, and who stands in.
#[derive(QueryableByName)]
pub struct Cover {
    /// The representative.
    #[diesel(sql_type = st::Uuid)]
    pub user_id: Uuid,
    /// Their name.
    #[diesel(sql_type = st::Text)]
    pub name: String,
    /// Their agency.
    #[diesel(sql_type = st::Uuid)]
    pub agency_id: Uuid,
    /// Their deputy.
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub deputy_id: Option<Uuid>,
    /// Last day of the absence that is going on.
    #[diesel(sql_type = st::Nullable<st::Date>)]
    pub away_until: Option<NaiveDate>,
    /// Version of the account.
    #[diesel(sql_type = st::Integer)]
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
        .sql(concat!(
            "select u.id as user_id, u.name, u.agency_id, g.deputy_id, ",
            "(select max(b.until_on) from absences b where b.user_id = u.id and ",
            away!(),
            ") as away_until, u.version from role_grants g join users u on u.id = g.user_id ",
            "join marac_agencies m on m.marac_id = g.marac_id and m.agency_id = u.agency_id ",
            "where g.marac_id = $1 and g.role = 'representative' and g.ends_at > $4 ",
            "and u.disabled_at is null and ($2::uuid is null or u.agency_id = $2) ",
            "and ($3::uuid is null or u.id = $3) order by u.agency_id, u.name, u.id"
        ))
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
    tx.sql(
        "update role_grants set deputy_id = $3 \
         where marac_id = $1 and user_id = $2 and role = 'representative'",
    )
    .bind(marac_id)
    .bind(user_id)
    .bind(deputy_id)
    .execute(tx.conn)?;
    Ok(())
}

/// Days away.
#[derive(QueryableByName)]
pub struct Absence {
    /// Id.
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    /// First day.
    #[diesel(sql_type = st::Date)]
    pub from_on: NaiveDate,
    /// Last day.
    #[diesel(sql_type = st::Date)]
    pub until_on: NaiveDate,
    /// When it was ended before its last day.
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub ended_at: Option<DateTime<Utc>>,
    /// Version.
    #[diesel(sql_type = st::Integer)]
    pub version: i32,
}

macro_rules! absences {
    ($tail:literal) => {
        concat!(
            "select b.id, b.from_on, b.until_on, b.ended_at, b.version from absences b ",
            "where b.user_id = $1 and ",
            $tail
        )
    };
}

/// An account's absences that are not over.
pub fn absences(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Vec<Absence>> {
    let today = tx.today();
    Ok(tx
        .sql(absences!(
            "b.until_on >= $2 and b.ended_at is null order by b.from_on, b.id limit 200"
        ))
        .bind(user_id)
        .bind(today)
        .load(tx.conn)?)
}

/// One of them, locked.
pub fn absence(tx: &mut Tx<'_>, user_id: Uuid, id: Uuid) -> Result<Option<Absence>> {
    tx.sql(absences!("b.id = $2 for update"))
        .bind(user_id)
        .bind(id)
        .locking(tx)
}

/// Records days away.
pub fn add_absence(
    tx: &mut Tx<'_>,
    id: Uuid,
    user_id: Uuid,
    from_on: NaiveDate,
    until_on: NaiveDate,
) -> Result<()> {
    tx.sql(
        "insert into absences (id, user_id, from_on, until_on, recorded_by, created_at) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(user_id)
    .bind(from_on)
    .bind(until_on)
    .bind(tx.actor.principal.user_id())
    .bind(tx.now)
    .execute(tx.conn)?;
    Ok(())
}

/// Ends an absence now.
pub fn end_absence(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    tx.sql("update absences set ended_at = $2, version = version + 1 where id = $1")
        .bind(id)
        .bind(tx.now)
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
    let rows: Vec<DutyRow> = tx
        .sql(
            "select kind, marac_id, case_id, becomes, shown \
         from hand_over($1, $2, $3, $4, $5, $6, $7)",
        )
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
