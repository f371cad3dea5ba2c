//! Agencies and memberships: rows and queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{auto_type, exists};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::api::NewAgency;
use super::members::Agreement;
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::policy::hidden;
use kernel::schema::{agencies, marac_agencies, maracs};
use kernel::sql::{Row, statement};
use practice::dates::{AnyDay, AnyMoment};
use practice::vocabulary::AgencyKind;

/// An agency.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = agencies, check_for_backend(Pg))]
pub struct Agency {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What kind it is.
    pub kind: AgencyKind,
    /// When it was closed, if it was.
    pub closed_at: Option<DateTime<Utc>>,
    /// Counts its changes.
    pub version: i32,
}

/// An agency in a MARAC.
#[derive(Debug, Clone, Row, Queryable, Selectable)]
#[diesel(table_name = marac_agencies, check_for_backend(Pg))]
pub struct Member {
    pub agency_id: Uuid,
    #[diesel(select_expression = agencies::name)]
    pub name: String,
    #[diesel(select_expression = agencies::kind)]
    pub kind: AgencyKind,
    #[diesel(select_expression = agencies::closed_at)]
    pub closed_at: Option<DateTime<Utc>>,
    pub core: bool,
    #[diesel(column_name = agreement_signed_on)]
    pub signed_on: Option<NaiveDate>,
    #[diesel(column_name = agreement_signatory)]
    pub signatory: Option<String>,
    #[diesel(column_name = agreement_review_on)]
    pub review_on: Option<NaiveDate>,
    pub access_ends_at: Option<DateTime<Utc>>,
    pub suspended_at: Option<DateTime<Utc>>,
    pub suspended_by: Option<Uuid>,
    pub suspension_reason: Option<String>,
    pub version: i32,
}

pub fn find(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Agency>> {
    Ok(agencies::table
        .find(id)
        .select(Agency::as_select())
        .get_result(tx.conn)
        .optional()?)
}

pub fn find_locked(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Agency>> {
    agencies::table
        .find(id)
        .select(Agency::as_select())
        .for_update()
        .locking(tx)
}

pub fn list(
    tx: &mut Tx<'_>,
    kind: Option<AgencyKind>,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Agency>> {
    let mut found = agencies::table
        .select(Agency::as_select())
        .order(agencies::id)
        .limit(rows)
        .into_boxed();
    if let Some(kind) = kind {
        found = found.filter(agencies::kind.eq(kind));
    }
    if let Some(after) = after {
        found = found.filter(agencies::id.gt(after));
    }
    Ok(found.get_results(tx.conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = agencies)]
struct AgencyRow<'a> {
    id: Uuid,
    name: &'a str,
    kind: AgencyKind,
    created_at: DateTime<Utc>,
}

pub fn create(tx: &mut Tx<'_>, id: Uuid, new: &NewAgency) -> Result<()> {
    let row = AgencyRow {
        id,
        name: &new.name,
        kind: new.kind,
        created_at: tx.now,
    };
    diesel::insert_into(agencies::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(())
}

/// What may change of an agency.
#[derive(AsChangeset)]
#[diesel(table_name = agencies, treat_none_as_null = true)]
struct AgencyChange<'a> {
    name: &'a str,
    kind: AgencyKind,
    closed_at: Option<DateTime<Utc>>,
}

/// Writes what may change of an agency, and counts its version up.
pub fn update(tx: &mut Tx<'_>, agency: &mut Agency) -> Result<()> {
    let change = AgencyChange {
        name: &agency.name,
        kind: agency.kind,
        closed_at: agency.closed_at,
    };
    diesel::update(agencies::table.find(agency.id))
        .set((change, agencies::version.eq(agencies::version + 1)))
        .execute(tx.conn)?;
    agency.version += 1;
    Ok(())
}

pub fn maracs_of(tx: &mut Tx<'_>, agency_id: Uuid) -> Result<Vec<Uuid>> {
    Ok(marac_agencies::table
        .filter(marac_agencies::agency_id.eq(agency_id))
        .select(marac_agencies::marac_id)
        .get_results(tx.conn)?)
}

/// The agencies in a MARAC.
#[auto_type]
fn members_of(marac_id: Uuid) -> _ {
    marac_agencies::table
        .inner_join(agencies::table)
        .filter(marac_agencies::marac_id.eq(marac_id))
}

pub fn member(tx: &mut Tx<'_>, marac_id: Uuid, agency_id: Uuid) -> Result<Option<Member>> {
    Ok(members_of(marac_id)
        .filter(marac_agencies::agency_id.eq(agency_id))
        .select(Member::as_select())
        .get_result(tx.conn)
        .optional()?)
}

pub fn member_locked(tx: &mut Tx<'_>, marac_id: Uuid, agency_id: Uuid) -> Result<Option<Member>> {
    tx.sql(statement!("member_locked" => Member))
        .bind(marac_id)
        .bind(agency_id)
        .locking(tx)
}

pub fn members_among(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    agency_ids: Vec<Uuid>,
) -> Result<Vec<Member>> {
    Ok(members_of(marac_id)
        .filter(marac_agencies::agency_id.eq_any(agency_ids))
        .select(Member::as_select())
        .get_results(tx.conn)?)
}

pub fn all_members(tx: &mut Tx<'_>, marac_id: Uuid) -> Result<Vec<Member>> {
    Ok(members_of(marac_id)
        .select(Member::as_select())
        .order(marac_agencies::agency_id)
        .get_results(tx.conn)?)
}

pub fn list_members(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Member>> {
    let mut found = members_of(marac_id)
        .select(Member::as_select())
        .order(marac_agencies::agency_id)
        .limit(rows)
        .into_boxed();
    if let Some(after) = after {
        found = found.filter(marac_agencies::agency_id.gt(after));
    }
    Ok(found.get_results(tx.conn)?)
}

/// On what terms an agency is a member.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = marac_agencies, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Terms<'a> {
    core: bool,
    agreement_signed_on: Option<NaiveDate>,
    agreement_signatory: Option<&'a str>,
    agreement_review_on: Option<NaiveDate>,
    access_ends_at: Option<DateTime<Utc>>,
}

impl<'a> From<&'a Agreement> for Terms<'a> {
    fn from(agreement: &'a Agreement) -> Self {
        Self {
            core: agreement.core,
            agreement_signed_on: agreement.signed_on.map(AnyDay::day),
            agreement_signatory: agreement.signatory.as_deref(),
            agreement_review_on: agreement.review_on.map(AnyDay::day),
            access_ends_at: agreement.access_ends_at.map(AnyMoment::at),
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = marac_agencies)]
struct Joining<'a> {
    marac_id: Uuid,
    agency_id: Uuid,
    created_at: DateTime<Utc>,
    #[diesel(embed)]
    terms: Terms<'a>,
}

/// False if the agency is a member already.
pub fn join(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    agency_id: Uuid,
    agreement: &Agreement,
) -> Result<bool> {
    let joining = Joining {
        marac_id,
        agency_id,
        created_at: tx.now,
        terms: agreement.into(),
    };
    let rows = diesel::insert_into(marac_agencies::table)
        .values(joining)
        .on_conflict_do_nothing()
        .execute(tx.conn)?;
    Ok(rows == 1)
}

pub fn change_agreement(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    agency_id: Uuid,
    agreement: &Agreement,
) -> Result<()> {
    diesel::update(marac_agencies::table.find((marac_id, agency_id)))
        .set((
            Terms::from(agreement),
            marac_agencies::version.eq(marac_agencies::version + 1),
        ))
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
    diesel::update(marac_agencies::table.find((marac_id, agency_id)))
        .set((
            marac_agencies::suspended_at.eq(reason.as_ref().map(|_| tx.now)),
            marac_agencies::suspended_by.eq(by),
            marac_agencies::suspension_reason.eq(reason),
            marac_agencies::version.eq(marac_agencies::version + 1),
        ))
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
