//! Rows of cases: the list, its count, and changes of a head.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::CloseReason;
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::schema::{cases, marac_agencies, users};
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;
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
pub struct CaseLine {
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

impl CaseLine {
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
            let place = SealPlace::new("parties", "identity", *id);
            Ok((*id, *role, key.open_json(place, sealed)?))
        })
        .collect()
    }
}

/// A page of the cases in sight, newest referral first.
pub fn page(
    tx: &mut Tx<'_>,
    filter: Filter,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> Result<Vec<CaseLine>> {
    Ok(tx
        .sql(statement!("cases_in_sight" => CaseLine))
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

/// How many there are.
pub fn count(tx: &mut Tx<'_>, filter: Filter) -> Result<i64> {
    let row: Count = tx
        .sql(statement!("count_in_sight" => Count))
        .bind(filter.marac_id)
        .bind(filter.status.map(CaseStatus::as_str))
        .bind(filter.lapsing_before)
        .get_result(tx.conn)?;
    Ok(row.n)
}

/// Those of these accounts that are live, of an agency of the MARAC.
pub fn members(tx: &mut Tx<'_>, marac_id: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let agencies = users::table.inner_join(
        marac_agencies::table.on(marac_agencies::agency_id
            .eq(users::agency_id)
            .and(marac_agencies::marac_id.eq(marac_id))),
    );
    let live = users::id.eq_any(ids).and(users::disabled_at.is_null());
    Ok(agencies.filter(live).select(users::id).load(tx.conn)?)
}

/// Makes somebody, or an agency, the case's lead. A person becomes one of those named on it.
pub fn set_lead(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    user_id: Option<Uuid>,
    agency_id: Option<Uuid>,
) -> Result<()> {
    diesel::update(cases::table.find(case.id))
        .set((
            cases::lead_user_id.eq(user_id),
            cases::lead_agency_id.eq(agency_id),
        ))
        .execute(tx.conn)?;
    name_lead(tx, case, user_id)
}

/// The lead is named on the case; whoever was named because they led it no longer is.
pub fn name_lead(tx: &mut Tx<'_>, case: &VisibleCase, lead: Option<Uuid>) -> Result<()> {
    tx.sql(statement!("name_lead"))
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
    tx.sql(statement!("name_people"))
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
    diesel::update(cases::table.find(case.id))
        .set(cases::version.eq(cases::version + 1))
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
    let place = SealPlace::new("cases", "closing", case.id);
    let sealed = case.key().seal_json(place, words)?;
    let rows = diesel::update(cases::table.find(case.id))
        .set((
            cases::status.eq(CaseStatus::Closed),
            cases::closed_at.eq(tx.now),
            cases::closed_because.eq(reason),
            cases::closing.eq(sealed),
            cases::version.eq(cases::version + 1),
        ))
        .execute(tx.conn)?;
    match rows {
        1 => Ok(()),
        _ => Err(Error::Internal("a case that was locked is gone")),
    }
}
