//! What goes with one action: its history, and the groups of the case that it needs.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{ActionStatus, Escalation, HistoryKind, Note};
use kernel::crypto::SealPlace;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::schema::{parties, party_addresses, party_contacts};
use kernel::sql::{Row, statement};
use kernel::visibility::VisibleAction;
use practice::party::{AddressKind, ContactKind, PartyRole};
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
                .open_json(SealPlace::new("action_events", "sealed", self.id), sealed)?,
            None => Note::default(),
        })
    }
}

/// The history of an action in sight, oldest first.
pub fn history(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<Vec<EventRow>> {
    let rows = tx
        .sql(statement!("history" => EventRow))
        .bind(action.id)
        .load(tx.conn)?;
    Ok(rows)
}

/// An address of the survivor, sealed.
#[derive(Queryable, Selectable)]
#[diesel(table_name = party_addresses, check_for_backend(Pg))]
pub struct AddressRow {
    pub id: Uuid,
    pub kind: AddressKind,
    pub confidential: bool,
    pub known_to_perpetrator: YesNoUnknown,
    pub sealed: Vec<u8>,
}

/// Where the survivor is or usually lives today.
pub fn addresses(tx: &mut Tx<'_>, action: &VisibleAction) -> Result<Vec<AddressRow>> {
    use party_addresses::dsl;
    let survivor = parties::case_id
        .eq(action.case_id)
        .and(parties::role.eq(PartyRole::Survivor));
    let lives_there = dsl::kind
        .ne(AddressKind::Previous)
        .and(dsl::valid_to.is_null().or(dsl::valid_to.ge(tx.today())));
    Ok(dsl::party_addresses
        .inner_join(parties::table)
        .filter(dsl::case_id.eq(action.case_id))
        .filter(survivor)
        .filter(lives_there)
        .order(dsl::id)
        .select(AddressRow::as_select())
        .load(tx.conn)?)
}

/// A way to reach the survivor, sealed.
#[derive(Queryable, Selectable)]
#[diesel(table_name = party_contacts, check_for_backend(Pg))]
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
    use party_contacts::dsl;
    let survivor = parties::case_id
        .eq(action.case_id)
        .and(parties::role.eq(PartyRole::Survivor));
    let safe = dsl::safe_to_call
        .or(dsl::safe_to_text)
        .or(dsl::safe_voicemail);
    Ok(dsl::party_contacts
        .inner_join(parties::table)
        .filter(dsl::case_id.eq(action.case_id))
        .filter(survivor)
        .filter(safe)
        .order(dsl::id)
        .select(ContactRow::as_select())
        .load(tx.conn)?)
}
