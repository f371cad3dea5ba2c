//! Facts that rules decide on.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visibility::{VisibleAction, VisibleCase};

#[derive(Row)]
struct Exists {
    found: bool,
}

/// Whether this is an action of the case.
pub fn of_case(tx: &mut Tx<'_>, case_id: Uuid, id: Uuid) -> Result<bool> {
    let row: Exists = tx
        .sql("select exists (select from actions where case_id = $1 and id = $2) as found")
        .bind(case_id)
        .bind(id)
        .get_result(tx.conn)?;
    Ok(row.found)
}

/// Whether the case has an outstanding action, of this agency or any.
pub fn outstanding(tx: &mut Tx<'_>, case_id: Uuid, agency_id: Option<Uuid>) -> Result<bool> {
    let row: Exists = tx
        .sql(
            "select exists (select from actions where case_id = $1 \
         and status in ('open', 'in_progress') \
         and ($2::uuid is null or owner_agency_id = $2)) as found",
        )
        .bind(case_id)
        .bind(agency_id)
        .get_result(tx.conn)?;
    Ok(row.found)
}

/// Whether an action of the case is outstanding, or not done and not yet dealt with by the chair.
pub fn incomplete(tx: &mut Tx<'_>, case_id: Uuid) -> Result<bool> {
    let row: Exists = tx
        .sql(
            "select exists (select from actions where case_id = $1 \
         and (status in ('open', 'in_progress') or (not resolved \
           and status in ('not_done', 'not_possible_circumstances_changed')))) as found",
        )
        .bind(case_id)
        .get_result(tx.conn)?;
    Ok(row.found)
}

#[derive(Row)]
struct Last {
    on: NaiveDate,
}

/// The day of the last thing known of an action.
pub fn last_on(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<NaiveDate> {
    let last: Last = tx
        .sql("select max(effective_on) as \"on\" from action_events where action_id = $1")
        .bind(action.id)
        .get_result(tx.conn)?;
    Ok(last.on)
}

/// What is known of a proposed owner.
#[derive(Row)]
pub struct OwnerRow {
    pub member: bool,
    pub on_case: bool,
    pub excluded: bool,
    pub person_known: bool,
    pub person_excluded: bool,
}

/// Facts for R26.
pub fn owner_facts(
    tx: &mut Tx<'_>,
    marac_id: Uuid,
    case_id: Uuid,
    agency_id: Uuid,
    user_id: Option<Uuid>,
) -> Result<OwnerRow> {
    let row = tx.sql("select exists (select from marac_agencies m join agencies g on g.id = m.agency_id \
           where m.marac_id = $1 and m.agency_id = $3 and g.closed_at is null \
           and m.suspended_at is null and (m.access_ends_at is null or m.access_ends_at > $5)) as member, \
         (exists (select from circle r where r.case_id = $2 and r.agency_id = $3 and r.ends_at > $5) \
           or exists (select from agenda_listings l where l.case_id = $2 and l.agency_id = $3) \
           or exists (select from referrals f where f.case_id = $2 and f.status <> 'draft' \
             and (f.agency_id = $3 or f.co_agency_id = $3))) as on_case, \
         exists (select from exclusions e where e.case_id = $2 and e.ends_at > $5 \
           and e.agency_id = $3 and ($4::uuid is null or e.exempt_user_id is distinct from $4)) as excluded, \
         ($4::uuid is null or exists (select from users u where u.id = $4 and u.agency_id = $3 \
           and u.disabled_at is null)) as person_known, \
         ($4::uuid is not null and exists (select from exclusions e where e.case_id = $2 \
           and e.ends_at > $5 and e.user_id = $4)) as person_excluded")
        .bind(marac_id)
        .bind(case_id)
        .bind(agency_id)
        .bind(user_id)
        .bind(tx.now)
        .get_result(tx.conn)?;
    Ok(row)
}

/// A meeting that an action may have been agreed at.
#[derive(Row)]
pub struct MeetingRow {
    /// The meeting.
    pub id: Uuid,
    /// Its day, where it is held.
    pub on: NaiveDate,
}

/// The meeting of this id in the case's MARAC.
pub fn meeting(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<Option<MeetingRow>> {
    let row = tx
        .sql(
            "select id, (starts_at at time zone time_zone)::date as \"on\" \
         from meetings where marac_id = $1 and id = $2",
        )
        .bind(case.marac_id)
        .bind(id)
        .get_result(tx.conn)
        .optional()?;
    Ok(row)
}

/// The meeting at which this agenda item of the case stands.
pub fn item_meeting(tx: &mut Tx<'_>, case: &VisibleCase, item: Uuid) -> Result<Option<MeetingRow>> {
    let row = tx
        .sql(
            "select m.id, (m.starts_at at time zone m.time_zone)::date as \"on\" \
         from agenda_items i join meetings m on m.id = i.meeting_id \
         where i.case_id = $1 and i.id = $2",
        )
        .bind(case.id)
        .bind(item)
        .get_result(tx.conn)
        .optional()?;
    Ok(row)
}
