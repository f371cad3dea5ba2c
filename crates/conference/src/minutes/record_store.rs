//! What minutes are drafted from, beside the record of the hearings: who came, which cases, which
//! actions.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::meetings::{AgendaItemKind, AgendaItemStatus, AttendanceRole, Meeting, Presence};
use casework::actions::{ActionCategory, ActionStatus};
use casework::parties::people_of;
use casework::risk::risk_column;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};
use kernel::{file_key, key_columns, not_destroyed, visible_cases};
use practice::party::PartyRole;
use practice::risk::CaseRisk;

/// Who sat at the meeting, but for guests, who came for a case.
#[derive(Debug, Row)]
pub struct SeatRow {
    pub agency_id: Uuid,
    pub agency: String,
    pub name: Option<String>,
    pub role: AttendanceRole,
    pub presence: Presence,
    pub accepted: bool,
    pub information_sent: bool,
    pub received_on: Option<NaiveDate>,
}

/// The seats of a meeting.
pub fn seats(tx: &mut Tx<'_>, meeting_id: Uuid) -> Result<Vec<SeatRow>> {
    Ok(tx
        .sql(statement!("seats" => SeatRow))
        .bind(meeting_id)
        .load(tx.conn)?)
}

/// A case that minutes have something to say of.
#[derive(Debug, Row)]
pub struct CaseRow {
    pub case_id: Uuid,
    pub risk: CaseRisk,
    pub lapsed_on: Option<NaiveDate>,
    pub master_key_id: String,
    pub wrapped: Option<Vec<u8>>,
    pub item_id: Option<Uuid>,
    pub kind: Option<AgendaItemKind>,
    pub status: Option<AgendaItemStatus>,
    pub late: bool,
    pub position: i32,
    pub deferred_to: Option<DateTime<Utc>>,
    pub party_ids: Vec<Uuid>,
    pub party_roles: Vec<PartyRole>,
    pub identities: Vec<Vec<u8>>,
}

/// SQL: the action at `a` was agreed before this meeting's day `$3` and is not done.
macro_rules! left_over {
    () => {
        "a.agreed_on < $3 and ((a.status in ('open', 'in_progress') and a.due_on <= $3) \
         or (not a.resolved and a.status in ('not_done', 'not_possible_circumstances_changed')))"
    };
}

const CASES: &str = concat!(
    "with since as (select coalesce(max((m.starts_at at time zone m.time_zone)::date), $3 - 31) ",
    "as day from meetings m where m.marac_id = $2 and m.status in ('held', 'minuted') ",
    "and m.kind = 'scheduled' and m.starts_at < $4), ",
    "wanted as (select i.case_id from agenda_items i where i.meeting_id = $1 ",
    "and i.status in ('heard', 'deferred', 'alert_noted') ",
    "union select a.case_id from actions a where a.marac_id = $2 and ",
    left_over!(),
    " union select c.id from cases c where c.marac_id = $2 and c.status <> 'joined' ",
    "and c.lapses_on > (select day from since) and c.lapses_on <= $3) ",
    "select c.id as case_id, ",
    risk_column!("c.id"),
    "case when c.lapses_on > (select day from since) and c.lapses_on <= $3 then c.lapses_on end ",
    "as lapsed_on, ",
    key_columns!(),
    ", i.id as item_id, i.kind, i.status, ",
    "coalesce(i.late, false) as late, coalesce(i.position, 2147483647) as position, ",
    "d.starts_at as deferred_to, coalesce(p.ids, '{}') as party_ids, ",
    "coalesce(p.roles, '{}') as party_roles, coalesce(p.identities, '{}') as identities ",
    "from wanted w join cases c on c.id = w.case_id",
    file_key!("c.id"),
    "left join agenda_items i on i.meeting_id = $1 and i.case_id = c.id ",
    "and i.status in ('heard', 'deferred', 'alert_noted') ",
    "left join meetings d on d.id = i.deferred_to_id ",
    people_of!("c.id", "'survivor', 'perpetrator', 'child'"),
    "where ",
    not_destroyed!(),
    " and ",
    visible_cases!("c"),
    " order by position, c.code"
);

/// The cases of a meeting that the caller sees: heard, deferred or noted there, with actions left over,
/// or lapsed since the meeting before.
pub fn cases(tx: &mut Tx<'_>, meeting: &Meeting, day: NaiveDate) -> Result<Vec<CaseRow>> {
    Ok(tx
        .sql(CASES)
        .bind(meeting.id)
        .bind(meeting.marac_id)
        .bind(day)
        .bind(meeting.starts_at)
        .load(tx.conn)?)
}

/// An action agreed at the meeting, or left over from before.
#[derive(Debug, Row)]
pub struct ActionRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub agreed_here: bool,
    pub owner_agency_id: Uuid,
    pub owner: String,
    pub category: ActionCategory,
    pub due_on: NaiveDate,
    pub status: ActionStatus,
    pub sealed: Vec<u8>,
    pub report_id: Option<Uuid>,
    pub report: Option<Vec<u8>>,
}

/// The actions of these cases.
pub fn actions(
    tx: &mut Tx<'_>,
    meeting_id: Uuid,
    cases: Vec<Uuid>,
    day: NaiveDate,
) -> Result<Vec<ActionRow>> {
    Ok(tx
        .sql(statement!("actions" => ActionRow))
        .bind(meeting_id)
        .bind(cases)
        .bind(day)
        .load(tx.conn)?)
}
