//! Returns: rows and queries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{ResearchStanding, ResearchStatus};
use super::rules::RequestState;
use crate::meetings::{AgendaItemStatus, MeetingStatus};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::hidden;
use kernel::schema::research_returns;
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleCase;

/// Where an item's research belongs.
#[derive(Debug, Row)]
pub struct ItemRow {
    pub id: Uuid,
    pub case_id: Uuid,
    /// The case was listed to the caller's agency for this meeting, the meeting has begun, and the caller
    /// has accepted its confidentiality statement (R19).
    pub at_meeting: bool,
}

/// The item, if its case is in sight and its list is the caller's to see, or their agency was asked about it:
/// what an agency returned stays its own.
pub fn item(tx: &mut Tx<'_>, id: Uuid) -> Result<ItemRow> {
    tx.sql(statement!("item" => ItemRow))
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
    Ok(tx
        .sql(statement!("returns" => ReturnRow))
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
    pub const fn at(&self) -> RequestState {
        RequestState {
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
    tx.sql(statement!("locked" => Locked))
        .bind(case.id)
        .bind(item_id)
        .bind(agency_id)
        .locking(tx)?
        .ok_or_else(hidden)
}

/// An answer to write.
pub struct AnswerToKeep {
    pub id: Uuid,
    pub status: ResearchStatus,
    pub nothing_known: bool,
    pub private: Option<Vec<u8>>,
    pub shareable: Option<Vec<u8>>,
}

/// Writes answers to locked requests; what stood there before is kept.
pub fn write(tx: &mut Tx<'_>, answers: &[AnswerToKeep], batch_id: Option<Uuid>) -> Result<()> {
    let each = || answers.iter();
    let today = tx.today();
    tx.sql(statement!("write"))
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
    diesel::update(research_returns::table.find(id))
        .set((
            research_returns::status.eq(status),
            research_returns::exemption.eq(exemption),
            research_returns::by_user_id.eq(tx.actor.principal.user_id()),
            research_returns::version.eq(research_returns::version + 1),
        ))
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
    Ok(tx
        .sql(statement!("versions" => VersionRow))
        .bind(case.id)
        .bind(item_id)
        .bind(agency_id)
        .bind(after)
        .bind(limit)
        .load(tx.conn)?)
}
