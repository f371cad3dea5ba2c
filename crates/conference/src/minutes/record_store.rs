//! What minutes are drafted from, beside the record of the hearings: who came, which cases, which
//! actions.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::meetings::{AgendaItemKind, AgendaItemStatus, AttendanceRole, Meeting, Presence};
use casework::actions::{ActionCategory, ActionStatus};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};
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

/// The cases of a meeting that the caller sees: heard, deferred or noted there, with actions left over,
/// or lapsed since the meeting before.
pub fn cases(tx: &mut Tx<'_>, meeting: &Meeting, day: NaiveDate) -> Result<Vec<CaseRow>> {
    Ok(tx
        .sql(statement!("cases" => CaseRow))
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
