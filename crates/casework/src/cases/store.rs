//! Rows of cases: the list, its count, and changes of a head.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::CloseReason;
use crate::parties::people_of;
use crate::risk::risk_column;
use kernel::crypto::Place;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use kernel::{file_key, key_columns, visible_cases};
use practice::party::{Identity, PartyRole};
use practice::risk::CaseRisk;
use practice::vocabulary::CaseStatus;

/// What a list is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// One MARAC.
    pub marac_id: Option<Uuid>,
    /// One status.
    pub status: Option<CaseStatus>,
    /// Flags that lapse before this day.
    pub lapsing_before: Option<NaiveDate>,
}

/// A line of the list.
#[derive(Row)]
pub struct Line {
    /// Id.
    pub id: Uuid,
    /// Code.
    pub code: String,
    /// MARAC.
    pub marac_id: Uuid,
    /// Life cycle.
    pub status: CaseStatus,
    /// Last referral.
    pub last_referral_on: NaiveDate,
    /// When flags lapse.
    pub lapses_on: Option<NaiveDate>,
    /// The risk that is known.
    pub risk: CaseRisk,
    /// Criteria met.
    pub criteria: Vec<String>,
    /// Children in the household.
    pub has_children: bool,
    /// A restriction stands.
    pub restricted: bool,
    /// Version.
    pub version: i32,
    master_key_id: String,
    wrapped: Option<Vec<u8>>,
    party_ids: Vec<Uuid>,
    party_roles: Vec<PartyRole>,
    identities: Vec<Vec<u8>>,
}

impl Line {
    /// Survivor and perpetrators. Every standing that shows a case shows who they are.
    pub fn people(&self, tx: &Tx<'_>) -> Result<Vec<(Uuid, PartyRole, Identity)>> {
        let key = tx
            .keys
            .unwrap(self.id, &self.master_key_id, self.wrapped.as_deref())?;
        let rows = self
            .party_ids
            .iter()
            .zip(&self.party_roles)
            .zip(&self.identities);
        rows.map(|((id, role), sealed)| {
            let place = Place::new("parties", "identity", *id);
            Ok((*id, *role, key.open_json(place, sealed)?))
        })
        .collect()
    }
}

/// SQL: the case at `c` is in sight, opened, not destroyed, and passes the filter $1, $2, $3.
macro_rules! listed {
    () => {
        concat!(
            "c.opened_at is not null and ($2::text is null or c.status = $2) ",
            "and ($3::date is null or c.lapses_on < $3) and not exists (select from data_keys d ",
            "where d.case_id = c.id and d.wrapped is null) and ",
            visible_cases!("c")
        )
    };
}

// The page is taken per MARAC along its index, then joined: the reader's MARACs are few.
const PAGE: &str = concat!(
    "select c.id, c.code, c.marac_id, c.status, c.last_referral_on, c.lapses_on, c.criteria, ",
    risk_column!("c.id"),
    "c.has_children, c.version, ",
    key_columns!(),
    ", ",
    "(c.restricted and exists (select from restrictions r where r.case_id = c.id ",
    "and r.ends_at > $now)) as restricted, ",
    "coalesce(p.ids, '{}') as party_ids, coalesce(p.roles, '{}') as party_roles, ",
    "coalesce(p.identities, '{}') as identities ",
    "from (select c.* from (select distinct id from ",
    "unnest($maracs) as m(id)) m ",
    "cross join lateral (select c.* from cases c where c.marac_id = m.id ",
    "and ($4::date is null or (c.last_referral_on, c.id) < ($4, $5)) and ",
    listed!(),
    " order by c.last_referral_on desc, c.id desc limit $6) c ",
    "where $1::uuid is null or m.id = $1 ",
    "order by c.last_referral_on desc, c.id desc limit $6) c ",
    file_key!("c.id"),
    people_of!("c.id", "'survivor', 'perpetrator'"),
    "order by c.last_referral_on desc, c.id desc"
);

/// A page of the cases in sight, newest referral first.
pub fn page(
    tx: &mut Tx<'_>,
    filter: Filter,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> Result<Vec<Line>> {
    Ok(tx
        .sql(PAGE)
        .bind(filter.marac_id)
        .bind(filter.status.map(CaseStatus::as_str))
        .bind(filter.lapsing_before)
        .bind(after.map(|(day, _)| day))
        .bind(after.map(|(_, id)| id))
        .bind(limit + 1)
        .load(tx.conn)?)
}

#[derive(Row)]
struct Count {
    n: i64,
}

const COUNT: &str = concat!(
    "select count(*) as n from cases c where ($1::uuid is null or c.marac_id = $1) and ",
    listed!()
);

/// How many there are.
pub fn count(tx: &mut Tx<'_>, filter: Filter) -> Result<i64> {
    let row: Count = tx
        .sql(COUNT)
        .bind(filter.marac_id)
        .bind(filter.status.map(CaseStatus::as_str))
        .bind(filter.lapsing_before)
        .get_result(tx.conn)?;
    Ok(row.n)
}

#[derive(Row)]
struct Found {
    id: Uuid,
}

/// Those of these accounts that are live, of an agency of the MARAC.
pub fn members(tx: &mut Tx<'_>, marac_id: Uuid, users: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows: Vec<Found> = tx.sql(
        "select u.id from users u join marac_agencies m on m.agency_id = u.agency_id and m.marac_id = $1 \
         where u.id = any($2) and u.disabled_at is null",
    )
    .bind(marac_id)
    .bind(users.to_vec())
    .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Makes somebody, or an agency, the case's lead. A person becomes one of those named on it.
pub fn set_lead(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    user_id: Option<Uuid>,
    agency_id: Option<Uuid>,
) -> Result<()> {
    tx.sql("update cases set lead_user_id = $2, lead_agency_id = $3 where id = $1")
        .bind(case.id)
        .bind(user_id)
        .bind(agency_id)
        .execute(tx.conn)?;
    name_lead(tx, case, user_id)
}

/// The lead is named on the case; whoever was named because they led it no longer is.
pub fn name_lead(tx: &mut Tx<'_>, case: &VisibleCase, lead: Option<Uuid>) -> Result<()> {
    tx.sql(
        "with former as (update circle set ends_at = $4, version = version + 1 where case_id = $2 \
           and as_lead and ends_at > $4 and user_id is distinct from $3) \
         insert into circle (id, marac_id, case_id, basis, as_lead, user_id, opens_at, created_by, created_at) \
         select $1, $5, $2, 'named', true, $3, $4, $6, $4 where $3::uuid is not null \
           and not exists (select from circle g where g.case_id = $2 and g.as_lead \
             and g.user_id = $3 and g.ends_at > $4)",
    )
    .bind(Uuid::now_v7())
    .bind(case.id)
    .bind(lead)
    .bind(tx.now)
    .bind(case.marac_id)
    .bind(tx.actor.principal.user_id())
    .execute(tx.conn)?;
    Ok(())
}

/// Names people on a case; who is named already stays so.
pub fn name(tx: &mut Tx<'_>, case: &VisibleCase, users: &[Uuid]) -> Result<()> {
    let ids: Vec<Uuid> = users.iter().map(|_| Uuid::now_v7()).collect();
    tx.sql(
        "insert into circle (id, marac_id, case_id, basis, user_id, opens_at, created_by, created_at) \
         select x.id, $3, $4, 'named', x.user_id, $5, $6, $5 \
         from unnest($1::uuid[], $2::uuid[]) as x(id, user_id) \
         where not exists (select from circle g where g.case_id = $4 and g.basis = 'named' \
           and not g.as_lead and g.user_id = x.user_id and g.opens_at <= $5 and g.ends_at > $5)",
    )
    .bind(ids)
    .bind(users.to_vec())
    .bind(case.marac_id)
    .bind(case.id)
    .bind(tx.now)
    .bind(tx.actor.principal.user_id())
    .execute(tx.conn)?;
    Ok(())
}

/// Counts a change of the head.
pub fn touch(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    tx.sql("update cases set version = version + 1 where id = $1")
        .bind(case.id)
        .execute(tx.conn)?;
    Ok(())
}

/// Closes a case.
pub fn close(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    reason: CloseReason,
    words: &impl serde::Serialize,
) -> Result<()> {
    let place = Place::new("cases", "closing", case.id);
    let sealed = case.key().seal_json(place, words)?;
    let rows = tx.sql(
        "update cases set status = 'closed', closed_at = $2, closed_because = $3, closing = $4, \
         version = version + 1 where id = $1",
    )
    .bind(case.id)
    .bind(tx.now)
    .bind(reason.as_str())
    .bind(sealed)
    .execute(tx.conn)?;
    match rows {
        1 => Ok(()),
        _ => Err(Error::Internal("a case that was locked is gone")),
    }
}
