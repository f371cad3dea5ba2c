//! An agency's whole list: its requests, locked together.

use chrono::NaiveDate;
use uuid::Uuid;

use super::judge::OpenRequest;
use super::model::{ResearchStanding, ResearchStatus};
use super::rules::RequestState;
use crate::meetings::{AgendaItemStatus, MeetingStatus};
use kernel::crypto::DataKey;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::{Row, statement};

/// A request of the agency's, with its case's key.
#[derive(Row)]
pub struct AskedRow {
    pub id: Uuid,
    pub marac_id: Uuid,
    pub case_id: Uuid,
    pub agenda_item_id: Uuid,
    pub status: ResearchStatus,
    standing: ResearchStanding,
    item_status: AgendaItemStatus,
    meeting_status: MeetingStatus,
    due_on: NaiveDate,
    answered_on: Option<NaiveDate>,
    pub batch_id: Option<Uuid>,
    pub version: i32,
    master_key_id: String,
    wrapped: Option<Vec<u8>>,
}

impl AskedRow {
    /// What decides on it.
    pub const fn asked(&self) -> OpenRequest {
        OpenRequest {
            at: RequestState {
                standing: self.standing,
                item: self.item_status,
                meeting: self.meeting_status,
            },
            due_on: self.due_on,
            answered_on: self.answered_on,
            version: self.version,
        }
    }

    /// Its case's key.
    pub fn key(&self, tx: &Tx<'_>) -> Result<DataKey> {
        let wrapped = self.wrapped.as_deref();
        Ok(tx.keys.unwrap(self.case_id, &self.master_key_id, wrapped)?)
    }
}

/// Those of these items that the agency is asked about and sees, locked until the transaction ends;
/// the meeting does not start meanwhile.
pub fn asked(
    tx: &mut Tx<'_>,
    meeting_id: Uuid,
    agency_id: Uuid,
    items: Vec<Uuid>,
) -> Result<Vec<AskedRow>> {
    tx.sql(statement!("asked" => AskedRow))
        .bind(meeting_id)
        .bind(agency_id)
        .bind(items)
        .locking_all(tx)
}
