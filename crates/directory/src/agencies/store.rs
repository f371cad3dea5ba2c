//! Agencies and memberships: rows and queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types as st;
use kernel::policy::hidden;
use kernel::schema::maracs;
use uuid::Uuid;

use super::api::NewAgency;
use super::members::Agreement;
use kernel::db::Tx;
use kernel::error::Result;
use practice::vocabulary::AgencyKind;

/// An agency.
#[derive(Debug, Clone, QueryableByName)]
pub struct Agency {
    /// Its id.
    #[diesel(sql_type = st::Uuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = st::Text)]
    pub name: String,
    /// What kind it is.
    #[diesel(sql_type = st::Text)]
    pub kind: AgencyKind,
    /// When it was closed, if it was.
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub closed_at: Option<DateTime<Utc>>,
    /// Counts its changes.
    #[diesel(sql_type = st::Integer)]
    pub version: i32,
}

/// An agency in a MARAC.
#[derive(Debug, Clone, QueryableByName)]
pub struct Member {
    #[diesel(sql_type = st::Uuid)]
    pub agency_id: Uuid,
    #[diesel(sql_type = st::Text)]
    pub name: String,
    #[diesel(sql_type = st::Text)]
    pub kind: AgencyKind,
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub closed_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = st::Bool)]
    pub core: bool,
    #[diesel(sql_type = st::Nullable<st::Date>)]
    pub signed_on: Option<NaiveDate>,
    #[diesel(sql_type = st::Nullable<st::Text>)]
    pub signatory: Option<String>,
    #[diesel(sql_type = st::Nullable<st::Date>)]
    pub review_on: Option<NaiveDate>,
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub access_ends_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = st::Nullable<st::Timestamptz>)]
    pub suspended_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = st::Nullable<st::Uuid>)]
    pub suspended_by: Option<Uuid>,
    #[diesel(sql_type = st::Nullable<st::Text>)]
    pub suspension_reason: Option<String>,
    #[diesel(sql_type = st::Integer)]
    pub version: i32,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = st::Uuid)]
    id: Uuid,
}

const FIND: &str = "select id, name, kind, closed_at, version from agencies where id = $1";
const FIND_LOCKED: &str =
    "select id, name, kind, closed_at, version from agencies where id = $1 for update";

pub fn find(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Agency>> {
    Ok(tx.sql(FIND).bind(id).get_result(tx.conn).optional()?)
}

pub fn find_locked(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Agency>> {
    tx.sql(FIND_LOCKED).bind(id).locking(tx)
}

pub fn list(
    tx: &mut Tx<'_>,
    kind: Option<AgencyKind>,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Agency>> {
    Ok(tx
        .sql(
            "select id, name, kind, closed_at, version from agencies \
         where ($1 is null or kind = $1) and ($2 is null or id > $2) order by id limit $3",
        )
        .bind(kind.map(AgencyKind::as_str))
        .bind(after)
        .bind(rows)
        .get_results(tx.conn)?)
}

pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewAgency) -> Result<()> {
    tx.sql("insert into agencies (id, name, kind, created_at) values ($1, $2, $3, $4)")
        .bind(id)
        .bind(new.name.clone())
        .bind(new.kind.as_str())
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Writes what may change of an agency, and counts its version up.
pub fn update(tx: &mut Tx<'_>, agency: &mut Agency) -> Result<()> {
    tx.sql(
        "update agencies set name = $2, kind = $3, closed_at = $4, version = version + 1 \
         where id = $1",
    )
    .bind(agency.id)
    .bind(agency.name.clone())
    .bind(agency.kind.as_str())
    .bind(agency.closed_at)
    .execute(tx.conn)?;
    agency.version += 1;
    Ok(())
}

pub fn maracs_of(tx: &mut Tx<'_>, agency_id: Uuid) -> Result<Vec<Uuid>> {
    let rows: Vec<Id> = tx
        .sql("select marac_id as id from marac_agencies where agency_id = $1")
        .bind(agency_id)
        .get_results(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

macro_rules! members {
    ($rest:literal) => {
        concat!(
            "select m.agency_id, a.name, a.kind, a.closed_at, m.core, \
             m.agreement_signed_on as signed_on, m.agreement_signatory as signatory, \
             m.agreement_review_on as review_on, m.access_ends_at, m.suspended_at, \
             m.suspended_by, m.suspension_reason, m.version \
             from marac_agencies m join agencies a on a.id = m.agency_id where m.marac_id = $1 ",
            $rest
        )
    };
}

pub fn member(tx: &mut Tx<'_>, marac_id: Uuid, agency_id: Uuid) -> Result<Option<Member>> {
    Ok(tx
        .sql(members!("and m.agency_id = $2"))
        .bind(marac_id)
        .bind(agency_id)
        .get_result(tx.conn)
        .optional()?)
}

pub fn member_locked(tx: &mut Tx<'_>, marac_id: Uuid, agency_id: Uuid) -> Result<Option<Member>> {
    tx.sql(members!("and m.agency_id = $2 for update of m"))
        .bind(marac_id)
        .bind(agency_id)
        .locking(tx)
}

pub fn members_among(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    agency_ids: Vec<Uuid>,
) -> Result<Vec<Member>> {
    Ok(tx
        .sql(members!("and m.agency_id = any ($2)"))
        .bind(marac_id)
        .bind(agency_ids)
        .get_results(tx.conn)?)
}

pub fn all_members(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<Vec<Member>> {
    Ok(tx
        .sql(members!("order by m.agency_id"))
        .bind(marac_id)
        .get_results(tx.conn)?)
}

pub fn list_members(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Member>> {
    Ok(tx
        .sql(members!(
            "and ($2 is null or m.agency_id > $2) order by m.agency_id limit $3"
        ))
        .bind(marac_id)
        .bind(after)
        .bind(rows)
        .get_results(tx.conn)?)
}

/// False if the agency is a member already.
pub fn join(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    agency_id: Uuid,
    agreement: &Agreement,
) -> Result<bool> {
    let rows = tx
        .sql(
            "insert into marac_agencies (marac_id, agency_id, core, agreement_signed_on, \
         agreement_signatory, agreement_review_on, access_ends_at, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        )
        .bind(marac_id)
        .bind(agency_id)
        .bind(agreement.core)
        .bind(agreement.signed_on)
        .bind(agreement.signatory.clone())
        .bind(agreement.review_on)
        .bind(agreement.access_ends_at)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(rows == 1)
}

pub fn change_agreement(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    agency_id: Uuid,
    agreement: &Agreement,
) -> Result<()> {
    tx.sql(
        "update marac_agencies set core = $3, agreement_signed_on = $4, agreement_signatory = $5, \
         agreement_review_on = $6, access_ends_at = $7, version = version + 1 \
         where marac_id = $1 and agency_id = $2",
    )
    .bind(marac_id)
    .bind(agency_id)
    .bind(agreement.core)
    .bind(agreement.signed_on)
    .bind(agreement.signatory.clone())
    .bind(agreement.review_on)
    .bind(agreement.access_ends_at)
    .execute(tx.conn)?;
    Ok(())
}

/// Suspends with a reason, or lifts the suspension.
pub fn set_suspension(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    agency_id: Uuid,
    reason: Option<String>,
) -> Result<()> {
    let by = tx.actor.principal.user_id().filter(|_| reason.is_some());
    tx.sql(
        "update marac_agencies set suspended_at = $3, suspended_by = $4, suspension_reason = $5, \
         version = version + 1 where marac_id = $1 and agency_id = $2",
    )
    .bind(marac_id)
    .bind(agency_id)
    .bind(reason.as_ref().map(|_| tx.now))
    .bind(by)
    .bind(reason)
    .execute(tx.conn)?;
    Ok(())
}

/// Refused as unknown unless there is such a MARAC.
pub fn marac_exists(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<()> {
    let found = diesel::select(exists(maracs::table.find(marac_id)));
    match found.get_result(tx.conn)? {
        true => Ok(()),
        false => Err(hidden()),
    }
}
