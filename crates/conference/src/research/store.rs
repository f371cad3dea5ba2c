//! Returns: rows and queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{ResearchStanding, ResearchStatus};
use super::rules::Standing;
use crate::meetings::{AgendaItemStatus, MeetingStatus};
use kernel::db::{Locking, Tx};
use kernel::error::Result;
use kernel::policy::hidden;
use kernel::sql::Row;
use kernel::visibility::VisibleCase;
use kernel::{not_shut_out, own_return, visible_cases};

/// Where an item's research belongs.
#[derive(Debug, Row)]
pub struct ItemRow {
    pub id: Uuid,
    pub case_id: Uuid,
    /// The case was listed to the caller's agency for this meeting, the meeting has begun, and the caller
    /// has accepted its confidentiality statement (R19).
    pub at_meeting: bool,
}

const ITEM: &str = concat!(
    "select i.id, i.case_id, exists (select from circle g where g.case_id = i.case_id ",
    "and g.meeting_id = i.meeting_id and g.basis = 'listing' ",
    "and g.full_at <= $now and ",
    kernel::in_circle!("g"),
    ") and ",
    kernel::accepted_statement!("i.meeting_id"),
    " as at_meeting from agenda_items i join meetings m on m.id = i.meeting_id ",
    "join cases c on c.id = i.case_id where i.id = $1 and (m.circulated_at is not null ",
    "or m.marac_id = any ($staff)) and (",
    visible_cases!("c"),
    " or (",
    not_shut_out!("i", "case_id"),
    " and exists (select from research_returns r where r.agenda_item_id = i.id and ",
    own_return!("r"),
    ")))"
);

/// The item, if its case is in sight and its list is the caller's to see, or their agency was asked about it:
/// what an agency returned stays its own.
pub fn item(tx: &mut Tx<'_>, id: Uuid) -> Result<ItemRow> {
    tx.sql(ITEM)
        .bind(id)
        .get_result(tx.conn)
        .optional()?
        .ok_or_else(hidden)
}

/// A return.
#[derive(Debug, Row)]
pub struct ReturnRow {
    pub id: Uuid,
    pub meeting_id: Uuid,
    pub agenda_item_id: Uuid,
    pub agency_id: Uuid,
    pub agency: String,
    pub status: ResearchStatus,
    pub standing: ResearchStanding,
    pub nothing_known: bool,
    pub due_on: NaiveDate,
    pub requested_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    pub private: Option<Vec<u8>>,
    pub shareable: Option<Vec<u8>>,
    pub exemption: Option<Vec<u8>>,
    pub version: i32,
}

/// The returns on an item of the case: all, or one agency's. The own part comes with the returns of
/// `own` alone.
pub fn returns(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    item_id: Uuid,
    agency_id: Option<Uuid>,
    own: Option<Uuid>,
) -> Result<Vec<ReturnRow>> {
    Ok(tx.sql(
        "select r.id, r.meeting_id, r.agenda_item_id, r.agency_id, a.name as agency, r.status, \
         r.standing, r.nothing_known, r.due_on, r.requested_at, r.answered_at, \
         case when r.agency_id = $4 then r.private end as private, r.shareable, r.exemption, r.version \
         from research_returns r join agencies a on a.id = r.agency_id \
         where r.case_id = $1 and r.agenda_item_id = $2 and ($3::uuid is null or r.agency_id = $3) \
         and (r.standing <> 'withdrawn' or r.answered_on is not null) order by a.name, a.id",
    )
    .bind(case.id)
    .bind(item_id)
    .bind(agency_id)
    .bind(own)
    .load(tx.conn)?)
}

/// A return as it decides on itself.
#[derive(Debug, Row)]
pub struct Locked {
    pub id: Uuid,
    pub status: ResearchStatus,
    standing: ResearchStanding,
    item_status: AgendaItemStatus,
    meeting_status: MeetingStatus,
    pub due_on: NaiveDate,
    pub answered_on: Option<NaiveDate>,
    pub exemption: Option<Vec<u8>>,
    pub version: i32,
}

impl Locked {
    /// Where the request stands.
    pub const fn at(&self) -> Standing {
        Standing {
            standing: self.standing,
            item: self.item_status,
            meeting: self.meeting_status,
        }
    }
}

/// The return of an agency, locked until the transaction ends; its meeting does not start meanwhile.
pub fn locked(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    item_id: Uuid,
    agency_id: Uuid,
) -> Result<Locked> {
    tx.sql(
        "select r.id, r.status, r.standing, i.status as item_status, m.status as meeting_status, \
         r.due_on, r.answered_on, r.exemption, r.version from research_returns r \
         join agenda_items i on i.id = r.agenda_item_id join meetings m on m.id = r.meeting_id \
         where r.case_id = $1 and r.agenda_item_id = $2 and r.agency_id = $3 \
         for share of m for update of r",
    )
    .bind(case.id)
    .bind(item_id)
    .bind(agency_id)
    .locking(tx)?
    .ok_or_else(hidden)
}

/// An answer to write.
pub struct Answer {
    pub id: Uuid,
    pub status: ResearchStatus,
    pub nothing_known: bool,
    pub private: Option<Vec<u8>>,
    pub shareable: Option<Vec<u8>>,
}

const WRITE: &str = "with kept as (insert into research_versions (id, marac_id, case_id, return_id, \
     version, status, private, shareable, answered_at, by_user_id, by_actor_id, created_at) \
     select k.id, r.marac_id, r.case_id, r.id, r.version, r.status, r.private, r.shareable, \
     r.answered_at, r.by_user_id, r.by_actor_id, $7 from unnest($1, $2) as k(id, return_id) \
     join research_returns r on r.id = k.return_id where r.answered_at is not null) \
     update research_returns r set status = n.status, nothing_known = n.nothing_known, \
     private = n.private, shareable = n.shareable, exemption = null, answered_at = $7, \
     answered_on = coalesce(r.answered_on, $8), batch_id = $9, by_user_id = $10, by_actor_id = $11, \
     version = r.version + 1 \
     from unnest($2, $3, $4, $5, $6) as n(id, status, nothing_known, private, shareable) \
     where r.id = n.id";

/// Writes answers to locked requests; what stood there before is kept.
pub fn write(tx: &mut Tx<'_>, answers: &[Answer], batch_id: Option<Uuid>) -> Result<()> {
    let each = || answers.iter();
    let today = tx.today();
    tx.sql(WRITE)
        .bind(each().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(each().map(|answer| answer.id).collect::<Vec<_>>())
        .bind(
            each()
                .map(|answer| answer.status.as_str())
                .collect::<Vec<_>>(),
        )
        .bind(
            each()
                .map(|answer| answer.nothing_known)
                .collect::<Vec<_>>(),
        )
        .bind(
            each()
                .map(|answer| answer.private.clone())
                .collect::<Vec<_>>(),
        )
        .bind(
            each()
                .map(|answer| answer.shareable.clone())
                .collect::<Vec<_>>(),
        )
        .bind(tx.now)
        .bind(today)
        .bind(batch_id)
        .bind(tx.actor.principal.user_id())
        .bind(tx.actor.principal.actor_id())
        .execute(tx.conn)?;
    Ok(())
}

/// Excuses an agency, or asks it again.
pub fn excuse(tx: &mut Tx<'_>, id: Uuid, status: ResearchStatus, exemption: Vec<u8>) -> Result<()> {
    tx.sql(
        "update research_returns set status = $2, exemption = $3, by_user_id = $4, \
         version = version + 1 where id = $1",
    )
    .bind(id)
    .bind(status.as_str())
    .bind(exemption)
    .bind(tx.actor.principal.user_id())
    .execute(tx.conn)?;
    Ok(())
}

/// What a return said before.
#[derive(Debug, Row)]
pub struct VersionRow {
    pub return_id: Uuid,
    pub version: i32,
    pub status: ResearchStatus,
    pub private: Option<Vec<u8>>,
    pub shareable: Option<Vec<u8>>,
    pub answered_at: DateTime<Utc>,
    pub by_user_id: Option<Uuid>,
    pub by_actor_id: Option<Uuid>,
}

/// Earlier versions of an agency's return, newest first; `limit` of them.
pub fn versions(
    tx: &mut Tx<'_>,
    case: &VisibleCase,
    item_id: Uuid,
    agency_id: Uuid,
    after: Option<i32>,
    limit: i64,
) -> Result<Vec<VersionRow>> {
    Ok(tx.sql(
        "select v.return_id, v.version, v.status, v.private, v.shareable, v.answered_at, v.by_user_id, \
         v.by_actor_id from research_returns r join research_versions v on v.return_id = r.id \
         where r.case_id = $1 and v.case_id = $1 and r.agenda_item_id = $2 and r.agency_id = $3 \
         and ($4::int is null or v.version < $4) order by v.version desc limit $5",
    )
    .bind(case.id)
    .bind(item_id)
    .bind(agency_id)
    .bind(after)
    .bind(limit)
    .load(tx.conn)?)
}
