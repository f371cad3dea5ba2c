//! What goes with one action: its history, and the groups of the case that it needs.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{ActionStatus, Escalation, HistoryKind, Note};
use kernel::crypto::Place;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::sql::Row;
use kernel::visibility::VisibleAction;
use practice::party::{AddressKind, ContactKind};
use practice::vocabulary::YesNoUnknown;

/// An entry of an action's history.
#[derive(Row)]
pub struct EventRow {
    pub id: Uuid,
    pub kind: HistoryKind,
    pub step: Option<Escalation>,
    pub status: ActionStatus,
    pub due_on: NaiveDate,
    pub owner_agency_id: Uuid,
    pub owner_agency: String,
    pub effective_on: NaiveDate,
    pub by_user_id: Option<Uuid>,
    pub by_actor_id: Option<Uuid>,
    pub by_agency_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    sealed: Option<Vec<u8>>,
}

impl EventRow {
    /// Opens its note.
    pub(super) fn note(&self, action: &VisibleAction) -> Result<Note> {
        Ok(match &self.sealed {
            Some(sealed) => action
                .key()
                .open_json(Place::new("action_events", "sealed", self.id), sealed)?,
            None => Note::default(),
        })
    }
}

/// The history of an action in sight, oldest first.
pub fn history(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<Vec<EventRow>> {
    let rows = tx
        .sql(
            "select e.*, o.name as owner_agency from ( \
           select e.id, e.kind, null::text as step, e.status, e.due_on, e.owner_agency_id, \
           e.effective_on, e.by_user_id, e.by_actor_id, e.by_agency_id, e.created_at, e.sealed \
           from action_events e where e.action_id = $1 \
           union all select s.id, 'escalated', s.step, s.status, s.due_on, s.owner_agency_id, \
           s.taken_on, null, null, null, s.created_at, null \
           from action_escalations s where s.action_id = $1) e \
         join agencies o on o.id = e.owner_agency_id order by e.effective_on, e.created_at, e.id",
        )
        .bind(action.id)
        .load(tx.conn)?;
    Ok(rows)
}

/// An address of the survivor, sealed.
#[derive(Row)]
pub struct AddressRow {
    pub id: Uuid,
    pub kind: AddressKind,
    pub confidential: bool,
    pub known_to_perpetrator: YesNoUnknown,
    pub sealed: Vec<u8>,
}

/// Where the survivor is or usually lives today.
pub fn addresses(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<Vec<AddressRow>> {
    let rows = tx
        .sql(
            "select d.id, d.kind, d.confidential, d.known_to_perpetrator, d.sealed \
         from party_addresses d join parties p on p.id = d.party_id \
         where d.case_id = $1 and p.case_id = $1 and p.role = 'survivor' \
         and d.kind <> 'previous' and (d.valid_to is null or d.valid_to >= $2) order by d.id",
        )
        .bind(action.case_id)
        .bind(tx.today())
        .load(tx.conn)?;
    Ok(rows)
}

/// A way to reach the survivor, sealed.
#[derive(Row)]
pub struct ContactRow {
    pub id: Uuid,
    pub kind: ContactKind,
    pub safe_to_call: bool,
    pub safe_to_text: bool,
    pub safe_voicemail: bool,
    pub withheld_number: bool,
    pub sealed: Vec<u8>,
}

/// The survivor's contacts that are safe in some way; the others are nobody's to use (R8).
pub fn safe_contacts(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<Vec<ContactRow>> {
    let rows = tx
        .sql(
            "select t.id, t.kind, t.safe_to_call, t.safe_to_text, t.safe_voicemail, \
         t.withheld_number, t.sealed from party_contacts t join parties p on p.id = t.party_id \
         where t.case_id = $1 and p.case_id = $1 and p.role = 'survivor' \
         and (t.safe_to_call or t.safe_to_text or t.safe_voicemail) order by t.id",
        )
        .bind(action.case_id)
        .load(tx.conn)?;
    Ok(rows)
}
